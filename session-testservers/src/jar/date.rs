//! Reads the date of `Expires` (RFC 6265bis, section 5.1.1), which comes in more forms than one.

use std::time::Duration;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Returns the time since 1970; zero for dates before. `None` if it is not a date.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    let tokens = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == ':' || !c.is_ascii()));
    for token in tokens.filter(|token| !token.is_empty()) {
        if time.is_none()
            && let Some(found) = time_of_day(token)
        {
            time = Some(found);
        } else if day.is_none()
            && let Some(found) = number(token, 1, 2)
        {
            day = Some(found);
        } else if month.is_none()
            && let Some(found) = month_of(token)
        {
            month = Some(found);
        } else if year.is_none()
            && let Some(found) = number(token, 2, 4)
        {
            year = Some(found);
        }
    }
    let year = match year? {
        year @ 70..=99 => year + 1900,
        year @ 0..=69 => year + 2000,
        year => year,
    };
    let (day, month, time) = (day?, month?, time?);
    if !(1..=31).contains(&day) || year < 1601 {
        return None;
    }
    let seconds = days_since_1970(year, month, day) * 86_400 + time;
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

fn time_of_day(token: &str) -> Option<i64> {
    let mut parts = token.splitn(3, ':');
    let [hour, minute] = [parts.next()?, parts.next()?].map(number_alone);
    let second = number(parts.next()?, 1, 2)?;
    let (hour, minute) = (hour?, minute?);
    (hour < 24 && minute < 60 && second < 60).then_some(hour * 3600 + minute * 60 + second)
}

fn number_alone(text: &str) -> Option<i64> {
    (1..=2).contains(&text.len()).then(|| text.parse().ok()).flatten()
}

/// Returns the digits that a token begins with, if there are as many as that and no more.
fn number(token: &str, least: usize, most: usize) -> Option<i64> {
    let digits = token.bytes().take_while(u8::is_ascii_digit).count();
    if (least..=most).contains(&digits) { token.get(..digits)?.parse().ok() } else { None }
}

fn month_of(token: &str) -> Option<i64> {
    let name = token.get(..3)?.to_ascii_lowercase();
    MONTHS.iter().position(|month| **month == name).and_then(|index| i64::try_from(index + 1).ok())
}

/// Counts days in the civil calendar; years begin in March, so that the leap day is the last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_date_is_read() {
        let expected = Some(Duration::from_secs(784_111_777));
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "6 november 1994 8:49:37",
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
        assert_eq!(parse("Thu, 01 Jan 1970 00:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(parse("29 Feb 2024 00:00:00"), Some(Duration::from_secs(1_709_164_800)));
        assert_eq!(parse("1 Jan 1601 00:00:00"), Some(Duration::ZERO), "the past is over");
    }

    #[test]
    fn what_is_not_a_date_is_none() {
        for text in [
            "",
            "tomorrow",
            "06 Nov 1994",
            "06 Nov 1994 24:00:00",
            "32 Nov 1994 08:49:37",
            "Nov 1994 08:49:37",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
