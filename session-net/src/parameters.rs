use std::{fmt, time::Duration};

/// The parameters of a URL, each of which is taken by its name once. In names, `-` and `_` are the same.
///
/// ```
/// use session_net::Parameters;
/// use std::time::Duration;
///
/// let pairs = [("connect_timeout", "1.5s"), ("pool_size", "4")];
/// let mut parameters = Parameters::new(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
/// assert_eq!(parameters.duration("connect_timeout"), Ok(Some(Duration::from_millis(1500))));
/// assert_eq!(parameters.number("pool_size"), Ok(Some(4)));
/// assert_eq!(parameters.number("port"), Ok(None));
/// assert!(parameters.rest().next().is_none());
/// ```
#[derive(Clone)]
pub struct Parameters(Vec<(String, String)>);

/// A parameter that cannot be used. Its value is never shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParameterError {
    /// Two values, of which only one could count.
    #[error("the parameter `{name}` is there twice")]
    Twice {
        /// Its name.
        name: String,
    },
    /// There is nothing after its name.
    #[error("the parameter `{name}` has no value")]
    Empty {
        /// Its name.
        name: String,
    },
    /// Not a number.
    #[error("the parameter `{name}` must be a number")]
    Number {
        /// Its name.
        name: String,
    },
    /// It means nothing without another one.
    #[error("the parameter `{name}` needs `{other}`, which belongs to it")]
    Alone {
        /// Its name.
        name: String,
        /// The name of the other one.
        other: String,
    },
    /// Not a time.
    #[error("the parameter `{name}` must be a time like `500ms`, `1.5s`, `2m` or `1h`")]
    Duration {
        /// Its name.
        name: String,
    },
}

impl Parameters {
    /// The names and values of a URL, decoded.
    #[must_use]
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// Takes a text.
    ///
    /// # Errors
    /// [`ParameterError`] if it is there twice, or has no value.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, ParameterError> {
        let mut values = Vec::new();
        let is_same = |other: &str| other.bytes().map(dash).eq(name.bytes().map(dash));
        for (_, value) in self.0.extract_if(.., |(other, _)| is_same(other)) {
            values.push(value);
        }
        if values.len() > 1 {
            return Err(ParameterError::Twice { name: name.to_owned() });
        }
        match values.pop() {
            Some(value) if value.is_empty() => Err(ParameterError::Empty { name: name.to_owned() }),
            value => Ok(value),
        }
    }

    /// Takes a time: a number with `ms`, `s`, `m` or `h`.
    ///
    /// # Errors
    /// [`ParameterError`] if it is there twice, or is no time.
    pub fn duration(&mut self, name: &str) -> Result<Option<Duration>, ParameterError> {
        let no_time = || ParameterError::Duration { name: name.to_owned() };
        self.text(name)?.map(|text| duration(&text).ok_or_else(no_time)).transpose()
    }

    /// Takes a whole number.
    ///
    /// # Errors
    /// [`ParameterError`] if it is there twice, or is no number.
    pub fn number(&mut self, name: &str) -> Result<Option<u32>, ParameterError> {
        let no_number = |_| ParameterError::Number { name: name.to_owned() };
        self.text(name)?.map(|text| text.parse().map_err(no_number)).transpose()
    }

    /// The names of the parameters that were not taken.
    pub fn rest(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

/// Shows the names and never the values.
impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.rest()).finish()
    }
}

const fn dash(byte: u8) -> u8 {
    if byte == b'_' { b'-' } else { byte }
}

fn duration(text: &str) -> Option<Duration> {
    const UNITS: [(&str, f64); 4] = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];

    let (number, seconds) =
        UNITS.into_iter().find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)))?;
    // A float would also be `inf`, `1e3` or `-1`.
    if !number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    Duration::try_from_secs_f64(number.parse::<f64>().ok()? * seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Parameters {
        Parameters::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn times_have_a_unit() {
        for (text, millis) in
            [("500ms", 500), ("2s", 2000), ("1.5s", 1500), ("2m", 120_000), ("1h", 3_600_000)]
        {
            assert_eq!(of(&[("t", text)]).duration("t"), Ok(Some(Duration::from_millis(millis))), "{text}");
        }
        for text in ["2", "s", "-1s", "1e3s", "infs", "1,5s", "2 s", "..s", "99999999999999999999999s"] {
            assert!(of(&[("t", text)]).duration("t").is_err(), "{text}");
        }
    }

    #[test]
    fn a_parameter_that_is_there_twice_or_empty_is_refused() {
        let twice = of(&[("a", "1"), ("b", "2"), ("a", "1")]).text("a").unwrap_err();
        assert_eq!(twice.to_string(), "the parameter `a` is there twice");
        assert!(of(&[("a", "")]).text("a").is_err());
        assert!(of(&[("a", "x")]).number("a").is_err());
        let mut parameters = of(&[("a", "1"), ("b", "2")]);
        assert_eq!(parameters.text("a"), Ok(Some("1".to_owned())));
        let twice = of(&[("a-b", "1"), ("a_b", "2")]).text("a_b").unwrap_err();
        assert_eq!(twice.to_string(), "the parameter `a_b` is there twice");
        assert_eq!(parameters.text("a"), Ok(None));
        assert_eq!(parameters.rest().collect::<Vec<_>>(), ["b"]);
    }
}
