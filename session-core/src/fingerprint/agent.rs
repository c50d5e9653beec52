use super::{
    browser::{Browser, Platform},
    words::{HELPERS, Meaning, Word, push_all},
};

/// What a `User-Agent` header tells that the browser behind it cannot change by itself; `None` where it tells nothing.
///
/// Only its words count, never a number, so that no update changes it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Agent {
    pub(super) browser: Option<Browser>,
    pub(super) platform: Option<Platform>,
}

/// The most bytes that are read. No browser sends as many.
const LONGEST: usize = 1024;

/// The most bytes in which the name of a program is looked for.
const LONGEST_NAME: usize = 128;

impl Agent {
    pub(super) fn of(header: &[u8]) -> Self {
        let header = header.get(..LONGEST).unwrap_or(header);
        let mut agent = Self::default();
        let (mut rest, mut first) = (header, None);
        while let Some((word, behind)) = split_word(rest) {
            let meaning = Meaning::of(word);
            first.get_or_insert(meaning);
            if agent.read(meaning, behind.first()) {
                break;
            }
            rest = behind;
        }
        let is_mozilla = starts_with(header, b"mozilla/");
        let is_known = agent.platform.is_some() || agent.browser.is_some();
        // Elsewhere its name may be a part of something else, such as the model of a phone.
        if first == Some(Meaning::Program) || !is_known && is_unknown_program(header) {
            agent.browser = Some(Browser::Program);
        } else if agent.platform.is_some() && !is_mozilla {
            // A program of its own that draws with the engine of a browser, or of which a browser is made.
            agent.browser = None;
        }
        agent
    }

    /// Reads a word, and returns whether the rest can tell nothing more.
    fn read(&mut self, meaning: Meaning, next: Option<&u8>) -> bool {
        match meaning {
            Meaning::Gecko if next == Some(&b'/') => self.saw(Browser::Gecko),
            Meaning::Browser(browser) => self.saw(browser),
            // Only the first one counts: later ones are what it is like.
            Meaning::Platform(platform) => _ = self.platform.get_or_insert(platform),
            Meaning::Gecko | Meaning::Program | Meaning::Nothing => return false,
        }
        self.platform.is_some() && self.browser >= Some(Browser::Gecko)
    }

    /// Blink says that it is WebKit as well, and before that.
    fn saw(&mut self, browser: Browser) {
        self.browser = self.browser.max(Some(browser));
    }
}

/// Returns the first word and what follows it. It looks at eight bytes at once.
fn split_word(mut text: &[u8]) -> Option<(Word, &[u8])> {
    let mut bytes = eight(text);
    while letters(bytes) == 0 {
        text = text.get(8..)?;
        bytes = eight(text);
    }
    let before = count_zeros(letters(bytes));
    text = text.get(before..)?;
    let (mut word, mut left) = (0, 8 - before);
    bytes >>= 8 * before;
    loop {
        let count = count_zeros(!letters(bytes) & HIGHEST);
        word = push_all(word, bytes, count);
        text = text.get(count..)?;
        if count < left {
            return Some((word, text));
        }
        (bytes, left) = (eight(text), 8);
    }
}

/// The first eight bytes, the first of which is the lowest, and zeros behind the end.
fn eight(text: &[u8]) -> u64 {
    let bytes = text.first_chunk().copied().unwrap_or_else(|| {
        let mut bytes = [0; 8];
        bytes.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
        bytes
    });
    u64::from_le_bytes(bytes)
}

/// The highest bit of each byte.
const HIGHEST: u64 = 0x8080_8080_8080_8080;

/// Marks the bytes that are letters by their highest bits.
const fn letters(bytes: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // Folded first, an upper-case letter needs no comparison of its own. Without their highest bits no sum reaches the next byte.
    let folded = (bytes | (0x20 * ONES)) & !HIGHEST;
    let from_a = folded + (0x80 - b'a' as u64) * ONES;
    let behind_z = folded + (0x7f - b'z' as u64) * ONES;
    from_a & !behind_z & !bytes & HIGHEST
}

/// The number of bytes before the first marked one.
const fn count_zeros(marks: u64) -> usize {
    marks.trailing_zeros() as usize / 8
}

/// Whether a user agent that names neither browser nor platform is that of a program of its own. `Mozilla/5.0` and the like
/// are what is left of a browser's that hides the rest, except for robots, which say `compatible`.
fn is_unknown_program(header: &[u8]) -> bool {
    let name = header.get(..LONGEST_NAME).unwrap_or(header);
    let is_there =
        |part: &str| name.windows(part.len()).any(|bytes| bytes.eq_ignore_ascii_case(part.as_bytes()));
    header.first().is_some_and(u8::is_ascii_alphabetic)
        && (!is_there("mozilla/") || is_there("compatible"))
        && !HELPERS.split_ascii_whitespace().any(is_there)
}

fn starts_with(header: &[u8], name: &[u8]) -> bool {
    header.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::words::push;
    use super::*;

    proptest! {
        #[test]
        fn eight_bytes_at_once_are_the_same_words_as_one(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), b'a'..=b'z', b'A'..=b'Z'], 0..40),
        ) {
            let words = bytes.split(|byte| !byte.is_ascii_alphabetic()).filter(|word| !word.is_empty());
            let words: Vec<_> =
                words.map(|word| word.iter().fold(0, |word, letter| push(word, *letter))).collect();
            let (mut found, mut rest) = (Vec::new(), &*bytes);
            while let Some((word, behind)) = split_word(rest) {
                prop_assert!(!behind.first().is_some_and(u8::is_ascii_alphabetic));
                found.push(word);
                rest = behind;
            }
            prop_assert_eq!(found, words);
        }
    }
}
