use std::time::Duration;

use serde::Serializer;

/// The only spellings of a duration, for error messages.
pub(super) const SPELLINGS: &str =
    r#"must be a number of whole seconds or a text like "1500ms", "300s", "5m", "12h", "30d""#;

/// Reads digits and one unit, nothing between or around them.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(unit_at)?;
    let number: u64 = number.parse().ok()?;
    let seconds = match unit {
        "ms" => return Some(Duration::from_millis(number)),
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    number.checked_mul(seconds).map(Duration::from_secs)
}

/// Writes what [`parse`] or a number of seconds reads back.
pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    if duration.subsec_nanos() == 0 {
        serializer.serialize_u64(duration.as_secs())
    } else {
        serializer.collect_str(&format_args!("{}ms", duration.as_millis()))
    }
}

/// As [`serialize`], for a setting that may be absent.
pub(super) fn serialize_option<S: Serializer>(
    duration: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match duration {
        Some(duration) => serialize(duration, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_and_one_unit() {
        for (text, milliseconds) in [
            ("1500ms", 1500),
            ("300s", 300_000),
            ("5m", 300_000),
            ("12h", 43_200_000),
            ("2d", 172_800_000),
            ("0s", 0),
            ("007s", 7000),
        ] {
            assert_eq!(parse(text), Some(Duration::from_millis(milliseconds)), "{text}");
        }
    }

    #[test]
    fn no_other_spelling() {
        let bad = "|s|ms|5|5 m| 5m|5m |+5m|-5m|5M|5min|5.5m|1h30m|5e2s|0x5s|٥m|99999999999999999999s|18446744073709551615d|∞";
        for text in bad.split('|') {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
