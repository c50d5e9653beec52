use std::fmt;

/// The kinds of stores that a crate can be written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Api {
    Async,
    Blocking,
    Embedded,
}

impl Api {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "async" => Ok(Self::Async),
            "blocking" => Ok(Self::Blocking),
            "embedded" => Ok(Self::Embedded),
            _ => Err(format!("unknown API `{text}`: it must be async, blocking or embedded")),
        }
    }
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Async => "a store with an asynchronous client",
            Self::Blocking => "a store with a blocking client",
            Self::Embedded => "a store inside the process",
        })
    }
}
