/// The family of a browser: what stays although it is updated, translated, embedded in an application or asked for the
/// desktop site. The numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Browser {
    /// A program that is not a browser, such as curl or a script.
    Program = 1,
    /// Safari, and every browser of iOS.
    WebKit = 2,
    /// Firefox.
    Gecko = 3,
    /// Chrome, Edge, Opera, Samsung Internet, a WebView of Android and all others that say `Chrome`.
    Blink = 4,
}

/// What a browser runs on. One class holds what one device says of itself: the desktop site of an iPhone is one for macOS,
/// that of Android one for Linux. The numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Platform {
    Windows = 1,
    /// iOS, iPadOS, macOS, tvOS, watchOS, visionOS.
    Apple = 2,
    /// Android, Linux, ChromeOS, the BSDs, and the televisions among them.
    Unix = 3,
    PlayStation = 4,
    Nintendo = 5,
}
