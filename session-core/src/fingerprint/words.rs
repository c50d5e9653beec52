//! The words of user agents that tell something.

use super::browser::{Browser, Platform};

/// The last eight letters of a word, in lower case.
pub(super) type Word = u64;

/// What a word tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Nothing,
    Browser(Browser),
    /// "Gecko" with a version is Firefox; without one, others say that they are like it.
    Gecko,
    Platform(Platform),
    /// The name of a program that is not a browser, if it comes first. Such a program may name a platform.
    Program,
}

/// Adds a letter to a word.
pub(super) const fn push(word: Word, letter: u8) -> Word {
    word << 8 | (letter | 0x20) as Word
}

/// Adds the first `count` letters to a word. The lowest byte of `letters` is the first letter.
pub(super) const fn push_all(word: Word, letters: u64, count: usize) -> Word {
    let letters = (letters | 0x2020_2020_2020_2020).swap_bytes();
    match count {
        0 => word,
        1..8 => word << (8 * count) | letters >> (64 - 8 * count),
        _ => letters,
    }
}

const fn word(text: &str) -> Word {
    let mut rest = text.as_bytes();
    let mut word = 0;
    while let [letter, others @ ..] = rest {
        (word, rest) = (push(word, *letter), others);
    }
    word
}

macro_rules! words {
    ($($name:ident)*) => { $(const $name: Word = word(stringify!($name));)* };
}

words! {
    CHROME CHROMIUM HEADLESSCHROME CRMO GECKO FIREFOX APPLEWEBKIT SAFARI
    WINDOWS WIN MINGW CYGWIN MSYS XBOX
    IPHONE IPAD IPOD IOS IPADOS MACINTOSH MAC MACOS DARWIN TVOS WATCHOS VISIONOS APPLECOREMEDIA CFNETWORK
    ANDROID LINUX CROS UBUNTU FREEBSD OPENBSD NETBSD DRAGONFLY SUNOS TIZEN KAIOS OPENHARMONY HARMONYOS FUCHSIA ADR
    DALVIK OKHTTP STAGEFRIGHT EXOPLAYERLIB ANDROIDDOWNLOADMANAGER
    PLAYSTATION NINTENDO
    CURL LIBCURL PYCURL WGET PYTHON POWERSHELL HTTPIE BOTO AWS JAVA RUBY PERL PHP NODE GO
}

impl Meaning {
    pub(super) const fn of(word: Word) -> Self {
        match word {
            CHROME | CHROMIUM | HEADLESSCHROME | CRMO => Self::Browser(Browser::Blink),
            FIREFOX => Self::Browser(Browser::Gecko),
            GECKO => Self::Gecko,
            APPLEWEBKIT | SAFARI => Self::Browser(Browser::WebKit),
            WINDOWS | WIN | MINGW | CYGWIN | MSYS | XBOX => Self::Platform(Platform::Windows),
            IPHONE | IPAD | IPOD | IOS | IPADOS | MACINTOSH | MAC | MACOS | DARWIN | TVOS | WATCHOS
            | VISIONOS | APPLECOREMEDIA | CFNETWORK => Self::Platform(Platform::Apple),
            ANDROID
            | LINUX
            | CROS
            | UBUNTU
            | FREEBSD
            | OPENBSD
            | NETBSD
            | DRAGONFLY
            | SUNOS
            | TIZEN
            | KAIOS
            | OPENHARMONY
            | HARMONYOS
            | FUCHSIA
            | ADR
            | DALVIK
            | OKHTTP
            | STAGEFRIGHT
            | EXOPLAYERLIB
            | ANDROIDDOWNLOADMANAGER => Self::Platform(Platform::Unix),
            PLAYSTATION => Self::Platform(Platform::PlayStation),
            NINTENDO => Self::Platform(Platform::Nintendo),
            // Also the end of "WindowsPowerShell".
            POWERSHELL => Self::Browser(Browser::Program),
            CURL | LIBCURL | PYCURL | WGET | PYTHON | HTTPIE | BOTO | AWS | JAVA | RUBY | PERL | PHP
            | NODE | GO => Self::Program,
            _ => Self::Nothing,
        }
    }
}

/// Parts of the names of programs to which a browser hands its cookie, or which share its cookies: players, download
/// managers, office programs, viewers, browsers that draw on a server, the other half of an application. They are looked
/// for only in user agents that name neither browser nor platform.
pub(super) const HELPERS: &str = "player media lavf vlc mpv stream quicktime itunes kodi roku cast upnp dlna download aria2 \
    bits fdm office microsoft dav pdf acro reader viewer ucweb opera dart:io";
