use std::time::Duration;

use serde::de::{DeserializeOwned, value};

use super::{duration, error::Problems, raw::Raw, secret::Secret, settings::Settings};

/// Moves single values of a file into the settings and keeps account of what does not fit.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) problems: Problems,
}

impl Reader {
    pub(super) fn secret(&mut self, raw: Option<Raw>, settings: &mut Settings) {
        match raw {
            None => {}
            Some(Raw::Text(mut text)) => {
                settings.secret = Some(Secret::new(std::mem::take(&mut *text).into_bytes()));
            }
            Some(_) => self.problems.add("secret", "must be a text"),
        }
    }

    pub(super) fn duration<T: From<Duration>>(&mut self, field: &'static str, raw: Option<Raw>, to: &mut T) {
        let parsed = match raw {
            None => return,
            Some(Raw::Number(seconds)) => Some(Duration::from_secs(seconds)),
            Some(Raw::Text(text)) => duration::parse(&text),
            Some(_) => None,
        };
        match parsed {
            Some(duration) => *to = duration.into(),
            None => self.problems.add(field, duration::SPELLINGS),
        }
    }

    pub(super) fn number<T: TryFrom<u64>>(&mut self, field: &'static str, raw: Option<Raw>, to: &mut T) {
        let number = match raw {
            None => return,
            Some(Raw::Number(number)) => number.try_into().ok(),
            Some(_) => None,
        };
        match number {
            Some(number) => *to = number,
            None => self.problems.add(field, "must be a whole number in its range"),
        }
    }

    pub(super) fn text<T: From<String>>(&mut self, field: &'static str, raw: Option<Raw>, to: &mut T) {
        match raw {
            None => {}
            Some(Raw::Text(text)) => *to = String::clone(&text).into(),
            Some(_) => self.problems.add(field, "must be a text"),
        }
    }

    pub(super) fn flag(&mut self, field: &'static str, raw: Option<Raw>, to: &mut bool) {
        match raw {
            None => {}
            Some(Raw::Flag(flag)) => *to = flag,
            Some(_) => self.problems.add(field, "must be true or false"),
        }
    }

    pub(super) fn variant<T: DeserializeOwned>(&mut self, field: &'static str, raw: Option<Raw>, to: &mut T) {
        if let Some(variant) = raw.and_then(|raw| self.parse_variant(field, raw)) {
            *to = variant;
        }
    }

    pub(super) fn parse_variant<T: DeserializeOwned>(&mut self, field: &'static str, raw: Raw) -> Option<T> {
        let Raw::Text(text) = raw else {
            self.problems.add(field, "must be a text");
            return None;
        };
        T::deserialize(value::StrDeserializer::<value::Error>::new(&text))
            .map_err(|error| self.problems.add(field, format!("has an {error}")))
            .ok()
    }
}
