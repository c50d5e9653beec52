use super::{
    browser::{Browser, Platform},
    words::{HELPERS, Meaning, Word, push},
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
        while !rest.is_empty() {
            let (word, behind) = split_word(rest);
            if word != 0 {
                let meaning = Meaning::of(word);
                first.get_or_insert(meaning);
                if agent.read(meaning, behind.first()) {
                    break;
                }
            }
            rest = behind.get(1..).unwrap_or_default();
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

/// Returns the word at the front, which is 0 if there is none, and what follows it.
fn split_word(text: &[u8]) -> (Word, &[u8]) {
    let (mut word, mut rest) = (0, text);
    while let [letter, behind @ ..] = rest
        // Folded first, an upper-case letter needs no comparison of its own.
        && (letter | 0x20).is_ascii_lowercase()
    {
        (word, rest) = (push(word, *letter), behind);
    }
    (word, rest)
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
