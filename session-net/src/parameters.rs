use std::{fmt, time::Duration};

use percent_encoding::percent_decode_str;

/// The parameters of a URL, each of which is taken by its name once. In names, `-` and `_` are the same, and so are small and
/// large letters.
///
/// ```
/// use session_net::Parameters;
/// use std::time::Duration;
///
/// let mut parameters = Parameters::parse("connect-timeout=1.5s&pool_size=4&timeout=2", &[])?;
/// assert_eq!(parameters.duration("connect_timeout")?, Some(Duration::from_millis(1500)));
/// assert_eq!(parameters.number("pool_size")?, Some(4));
/// assert_eq!(parameters.number("port")?, None);
/// let error = parameters.finish(&[("timeout", "the limit is `budget`")]).unwrap_err();
/// assert_eq!(error.to_string(), "unknown parameter `timeout`: the limit is `budget`");
/// # Ok::<(), session_net::ParameterError>(())
/// ```
#[derive(Clone)]
pub struct Parameters {
    rest: Vec<(String, String)>,
    /// Whether a part of it may be one of a password with a `?` that is not encoded.
    may_be_secret: bool,
}

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
    /// It is not known here.
    #[error("unknown parameter `{name}`{instead}")]
    Unknown {
        /// Its name, or `…` if that may be a piece of a password.
        name: String,
        /// What to write instead, where that is known.
        instead: String,
    },
    /// The query cannot be decoded.
    #[error("the query {reason}")]
    Encoding {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Not a time.
    #[error("the parameter `{name}` must be a time like `500ms`, `1.5s`, `2m` or `1h`")]
    Duration {
        /// Its name.
        name: String,
    },
}

impl Parameters {
    /// Reads the query of a URL. An alias is another name of a parameter, and the name that it has here.
    ///
    /// # Errors
    /// [`ParameterError::Encoding`] if it cannot be [decoded].
    pub fn parse(query: &str, aliases: &[(&str, &str)]) -> Result<Self, ParameterError> {
        let text = |part| decoded(part).map_err(|reason| ParameterError::Encoding { reason });
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = text(name)?.to_ascii_lowercase();
            let own =
                aliases.iter().find(|(alias, _)| is_same(alias, &name)).map(|(_, own)| (*own).to_owned());
            Ok((own.unwrap_or(name), text(value)?))
        });
        Ok(Self { rest: pairs.collect::<Result<_, _>>()?, may_be_secret: query.contains('@') })
    }

    /// Takes a text.
    ///
    /// # Errors
    /// [`ParameterError`] if it is there twice, or has no value.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, ParameterError> {
        let mut values = Vec::new();
        for (_, value) in self.rest.extract_if(.., |(other, _)| is_same(other, name)) {
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

    /// Refuses what was not taken. `foreign` are names that other programs know, and what to write instead; the empty name
    /// stands for any other.
    ///
    /// # Errors
    /// [`ParameterError::Unknown`] with the first.
    pub fn finish(&self, foreign: &[(&str, &str)]) -> Result<(), ParameterError> {
        let Some((name, _)) = self.rest.first() else { return Ok(()) };
        let found = foreign.iter().find(|(other, _)| is_same(other, name));
        let name = if self.may_be_secret && found.is_none() { "…" } else { name };
        let instead = found.or_else(|| foreign.iter().find(|(other, _)| other.is_empty()));
        let instead = instead.map(|(_, instead)| format!(": {instead}")).unwrap_or_default();
        Err(ParameterError::Unknown { name: name.to_owned(), instead })
    }
}

/// Decodes a part of a URL, in which any byte may be written as `%` and two digits.
///
/// # Errors
/// What is wrong with it, in words that follow its name.
pub fn decoded(part: &str) -> Result<String, &'static str> {
    let is_escape = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    if !part.split('%').skip(1).all(is_escape) {
        return Err("has a `%` without two digits; write `%` as %25");
    }
    Ok(percent_decode_str(part).decode_utf8().map_err(|_| "must be UTF-8")?.into_owned())
}

/// Shows the names and never the values.
impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.rest.iter().map(|(name, _)| name)).finish()
    }
}

fn is_same(name: &str, other: &str) -> bool {
    let dash = |byte| if byte == b'_' { b'-' } else { byte };
    name.bytes().map(dash).eq(other.bytes().map(dash))
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

    fn of(query: &str) -> Parameters {
        Parameters::parse(query, &[("b-old", "b")]).unwrap()
    }

    #[test]
    fn times_have_a_unit() {
        for (text, millis) in
            [("500ms", 500), ("2s", 2000), ("1.5s", 1500), ("2m", 120_000), ("1h", 3_600_000)]
        {
            let expected = Ok(Some(Duration::from_millis(millis)));
            assert_eq!(of(&format!("t={text}")).duration("t"), expected, "{text}");
        }
        for text in ["2", "s", "-1s", "1e3s", "infs", "1,5s", "2 s", "..s", "99999999999999999999999s"] {
            assert!(of(&format!("t={text}")).duration("t").is_err(), "{text}");
        }
    }

    #[test]
    fn a_parameter_that_is_there_twice_or_empty_is_refused() {
        let twice = of("a=1&b=2&a=1").text("a").unwrap_err();
        assert_eq!(twice.to_string(), "the parameter `a` is there twice");
        assert!(of("a=").text("a").is_err());
        assert!(of("a=x").number("a").is_err());
        let mut parameters = of("a=1&b=2");
        assert_eq!(parameters.text("a"), Ok(Some("1".to_owned())));
        assert_eq!(parameters.text("a"), Ok(None));
        assert!(parameters.finish(&[]).is_err());
        for (query, name) in [("a-b=1&A_b=2", "a_b"), ("b=1&B_OLD=1", "b")] {
            let twice = of(query).text(name).unwrap_err();
            assert_eq!(twice.to_string(), format!("the parameter `{name}` is there twice"));
        }
    }

    #[test]
    fn a_value_is_what_was_written_and_a_percent_sign_is_encoded() {
        assert_eq!(of("a=%2Fc+d%20%C3%A4%25").text("a"), Ok(Some("/c+d ä%".to_owned())));
        for (query, reason) in [("a=50%", "%25"), ("a=%2", "%25"), ("a%zz=1", "%25"), ("a=%ff", "UTF-8")] {
            let error = Parameters::parse(query, &[]).unwrap_err().to_string();
            assert!(error.starts_with("the query ") && error.contains(reason), "{error}");
        }
    }

    #[test]
    fn a_name_is_shown_unless_it_may_be_a_piece_of_a_password() {
        let refused = |query| of(query).finish(&[("ssl_mode", "`tls` says it")]).unwrap_err().to_string();
        assert_eq!(refused("tabel=x"), "unknown parameter `tabel`");
        assert_eq!(refused("SSL-Mode=x"), "unknown parameter `ssl-mode`: `tls` says it");
        for query in ["cret@host", "cret=1@host/db?table=t", "cret&x@host", "cret=1&ssl-mode@host"] {
            assert_eq!(refused(query), "unknown parameter `…`");
        }
        let instead = of("a=1").finish(&[("b", "c"), ("", "there is `d`")]).unwrap_err().to_string();
        assert_eq!(instead, "unknown parameter `a`: there is `d`");
        assert_eq!(of("").finish(&[]), Ok(()));
    }
}
