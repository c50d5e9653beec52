/// Encodes a text for the part of a URL in front of the host.
pub(crate) fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_a_url_is_made_of_is_encoded() {
        assert_eq!(super::percent_encoded("p:a/s@s-w%ö"), "p%3Aa%2Fs%40s-w%25%C3%B6");
    }
}
