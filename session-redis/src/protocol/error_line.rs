/// An error as its command raised it, whichever way the server tells it. No I/O.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ErrorLine<'a> {
    /// The first word of the error.
    pub(crate) code: &'a str,
    /// The error, its code first.
    pub(crate) text: &'a str,
    /// A command within a script has raised it, so the script may have written before.
    pub(crate) is_in_script: bool,
}

impl<'a> ErrorLine<'a> {
    /// Redis 7, Valkey: `OOM command not … script: <hash>, on @user_script:6.`
    /// Redis 6.2, MemoryDB, KeyDB: `ERR Error running script (call to f_<hash>): @user_script:6: @user_script: 6: -OOM …`,
    /// without the dash where the command itself failed. Dragonfly: `… (call to <hash>): @user_script:2: -OOM …`
    pub(crate) fn of(line: &'a str) -> Self {
        let line = line.trim_end().trim_start_matches('-');
        let is_in_script = ["user_script", "running script", "in script", " script: "]
            .iter()
            .any(|mark| line.contains(mark));
        let text = if is_in_script { raised(line).unwrap_or(line) } else { line };
        // Redis 8 leaves the code out.
        let code = if text.starts_with("ERR ACL failure in script") { "NOPERM" } else { first_word(text) };
        Self { code, text, is_in_script }
    }
}

/// What is behind the hash and the numbers of the lines, if that is an error with a code.
fn raised(line: &str) -> Option<&str> {
    let (_, mut rest) = line.strip_prefix("ERR ")?.split_once(": ")?;
    loop {
        let text = rest.trim_start_matches('-');
        if is_code(first_word(text)) {
            return Some(text);
        }
        // A place ends with a number; behind other words, `: ` is part of the message.
        let (place, behind) = rest.split_once(": ")?;
        if !place.ends_with(|letter: char| letter.is_ascii_digit() || letter == 't') {
            return None;
        }
        rest = behind;
    }
}

fn is_code(word: &str) -> bool {
    word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// The code of an error that is not wrapped.
pub(crate) fn first_word(line: &str) -> &str {
    line.split_once(' ').map_or(line, |(word, _)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "f_1028a5dba704e1d8a01fd96efeba25bb78f62df2";
    const READONLY: &str = "READONLY You can't write against a read only replica.";

    fn read(line: &str) -> (&str, bool) {
        let line = ErrorLine::of(line);
        (line.code, line.is_in_script)
    }

    #[test]
    fn an_error_of_a_script_is_that_of_its_command() {
        for (name, place) in [
            (HASH, "@user_script:6: @user_script: 6: "),
            (&HASH[2..], "@user_script:2: "),
            (HASH, "user_script:6: user_script:6: "),
            (HASH, ""),
        ] {
            for dash in ["", "-"] {
                let line = format!("ERR Error running script (call to {name}): {place}{dash}{READONLY}\r\n");
                let read = ErrorLine::of(&line);
                assert_eq!((read.code, read.text, read.is_in_script), ("READONLY", READONLY, true), "{line}");
            }
        }
        assert_eq!(
            read(&format!("{READONLY} script: {}, on @user_script:6.", &HASH[2..])),
            ("READONLY", true)
        );
        assert_eq!(read(READONLY), ("READONLY", false));
        assert_eq!(read("OOM"), ("OOM", false));
        assert_eq!(read(""), ("", false));
    }

    #[test]
    fn the_error_of_a_script_itself_has_no_other_code() {
        for message in [
            "@user_script:1: attempt to index a nil value",
            "@enable_strict_lua:15: user_script:1: Script attempted to access nonexistent global variable 'OOM'",
            "@user_script:1: not found: OOM command",
            "user_script:1: A OOM",
        ] {
            let line = format!("ERR Error running script (call to {HASH}): {message}");
            assert_eq!(read(&line), ("ERR", true), "{line}");
        }
        assert_eq!(read("ERR value: OOM is not an integer"), ("ERR", false));
        assert_eq!(read("NOPERM ACL failure in script: User x has no permissions"), ("NOPERM", true));
        let redis8 = "ERR ACL failure in script: User x has no permissions to run the 'zadd' command script: ab, on @user_script:6.";
        assert_eq!(read(redis8), ("NOPERM", true));
        assert_eq!(read("ERR user_script:1: bad argument script: x, on @user_script:1."), ("ERR", true));
    }
}
