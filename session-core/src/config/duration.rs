//! Durations in a file: a whole number of seconds, or digits and one unit.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize as _, Serializer, de::Error as _};

fn parse(text: &str) -> Option<Duration> {
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

/// Writes what [`deserialize`] reads back.
pub(super) fn serialize<T, S>(duration: &T, serializer: S) -> Result<S::Ok, S::Error>
where
    T: Copy + Into<Option<Duration>>,
    S: Serializer,
{
    match (*duration).into() {
        None => serializer.serialize_none(),
        Some(duration) if duration.subsec_nanos() == 0 => duration.as_secs().serialize(serializer),
        Some(duration) => serializer.collect_str(&format_args!("{}ms", duration.as_millis())),
    }
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    Given::deserialize(deserializer).map(Given::into)
}

pub(super) fn deserialize_option<'de, D>(deserializer: D) -> Result<Option<Duration>, D::Error>
where
    D: Deserializer<'de>,
{
    Ok(Option::<Given>::deserialize(deserializer)?.map(Given::into))
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "invalid duration: expected whole seconds or a text like \"1500ms\", \"300s\", \"5m\", \"12h\", \"30d\""
)]
enum Given {
    Seconds(u64),
    Text(#[serde(deserialize_with = "spelled")] Duration),
}

fn spelled<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    parse(&String::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("unknown unit"))
}

impl From<Given> for Duration {
    fn from(given: Given) -> Self {
        match given {
            Given::Seconds(seconds) => Self::from_secs(seconds),
            Given::Text(duration) => duration,
        }
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
