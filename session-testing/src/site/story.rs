//! What a failed assertion tells: what happened, and never an id.

use std::fmt::{self, Write as _};

use super::Page;

/// The most characters of a response that are shown.
const EXCERPT: usize = 300;

/// Fails the test with this message unless it `holds`.
#[track_caller]
pub(crate) fn verdict(holds: bool, message: impl FnOnce() -> String) {
    if !holds {
        fail(&message());
    }
}

/// Fails the test with this message.
#[track_caller]
#[expect(clippy::panic, reason = "that is how a test fails")]
pub(crate) fn fail(message: &str) -> ! {
    panic!("{message}")
}

/// Says what was expected and what happened.
pub(crate) fn tell(page: &Page, expected: &str) -> String {
    let mut text = String::new();
    // Writing to a text never fails.
    let _ = write_story(&mut text, page, expected);
    page.browser.cookies().hide(&text)
}

fn write_story(text: &mut String, page: &Page, expected: &str) -> fmt::Result {
    write!(text, "{expected}\n\n  {} {} was answered {}", page.method, page.target, page.status())?;
    if let Some(to) = page.header("location") {
        write!(text, ", to {to}")?;
    }
    if let Some(failure) = &page.failure {
        write!(text, "\n  because: {}", failure.cause())?;
    }
    if let Some(seen) = &page.seen {
        write!(text, "\n  before:  {}\n  after:   {}", seen.before, seen.after)?;
        write!(text, "\n  store:  ")?;
        if seen.asked.is_empty() {
            text.push_str(" was not asked");
        }
        for (number, asked) in seen.asked.iter().enumerate() {
            write!(text, "{} {}: {}", if number == 0 { "" } else { ";" }, asked.operation, asked.told)?;
        }
    }
    let body = words(&page.text());
    if !body.is_empty() {
        write!(text, "\n  page:    {}", body.chars().take(EXCERPT).collect::<String>())?;
    }
    text.push('\n');
    Ok(())
}

/// The words of a page, without tags.
fn words(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, behind)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        match behind.split_once('>') {
            Some((_, after)) => rest = after,
            None => rest = "",
        }
    }
    text.push_str(rest);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
