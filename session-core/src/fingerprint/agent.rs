use super::{
    browser::{Browser, Platform},
    words::{HELPERS, Meaning, push},
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
        let is_mozilla = starts_with(header, b"mozilla/");
        let (mut agent, mut is_program) = (Self::default(), false);
        let (mut word, mut words) = (0, 0_u32);
        for byte in header.iter().copied().chain([b' ']) {
            if byte.is_ascii_alphabetic() {
                word = push(word, byte);
                continue;
            }
            if word == 0 {
                continue;
            }
            let meaning = Meaning::of(word);
            (word, words) = (0, words + 1);
            match meaning {
                Meaning::Nothing => continue,
                Meaning::Gecko if byte == b'/' => agent.saw(Browser::Gecko),
                Meaning::Gecko => {}
                Meaning::Browser(browser) => agent.saw(browser),
                Meaning::Platform(platform) => _ = agent.platform.get_or_insert(platform),
                // Elsewhere it may be a part of something else, such as the model of a phone.
                Meaning::Program => is_program |= words == 1,
            }
            // Nothing outranks this browser, and only the first platform counts: later ones are what it is like.
            if is_mozilla && agent.browser == Some(Browser::Blink) && agent.platform.is_some() {
                return agent;
            }
        }
        if agent.platform.is_none() && agent.browser.is_none() {
            is_program |= is_unknown_program(header);
        }
        if is_program {
            agent.browser = Some(Browser::Program);
        } else if agent.platform.is_some() && !is_mozilla {
            // A program of its own that draws with the engine of a browser, or of which a browser is made.
            agent.browser = None;
        }
        agent
    }

    /// Every browser says that it is others as well, in this order.
    fn saw(&mut self, browser: Browser) {
        self.browser = self.browser.max(Some(browser));
    }
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
