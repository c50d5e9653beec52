use std::time::Duration;

use alo_session::Timestamp;
use maud::{Markup, html};

/// A moment, for a person and for a program.
pub(crate) fn moment(moment: Timestamp) -> Markup {
    let machine = humantime::format_rfc3339_seconds(moment.into()).to_string();
    let human = machine.replace('T', " ").replace('Z', " UTC");
    html! { time datetime=(machine) { (human) } }
}

/// Returns a length of time in whole seconds, such as `4m 52s`.
pub(crate) fn length(length: Duration) -> String {
    humantime::format_duration(Duration::from_secs(length.as_secs())).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_readable() {
        let markup = moment(Timestamp::from_millis(1_800_000_000_999)).into_string();
        assert_eq!(markup, r#"<time datetime="2027-01-15T08:00:00Z">2027-01-15 08:00:00 UTC</time>"#);
        assert_eq!(length(Duration::from_millis(292_900)), "4m 52s");
        assert_eq!(length(Duration::ZERO), "0s");
    }
}
