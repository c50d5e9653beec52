use std::{borrow::Cow, fmt::Write as _};

use super::Gate;

/// What a handler of the kit does, in its order. The query of a request says it, as `set=name:Ada&save&status=502`.
#[derive(Debug, Clone, Default)]
#[must_use]
pub(crate) struct Act {
    steps: Vec<(String, String)>,
}

impl Act {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Reads the query of a request.
    pub(crate) fn of(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes());
        Self { steps: pairs.map(|(word, what)| (word.into_owned(), what.into_owned())).collect() }
    }

    /// Adds a step by its word.
    pub(crate) fn then(mut self, word: &str, what: impl std::fmt::Display) -> Self {
        self.steps.push((word.to_owned(), what.to_string()));
        self
    }

    pub(crate) fn set(self, key: &str, value: &str) -> Self {
        self.then("set", format_args!("{key}:{value}"))
    }

    /// Says what is under the key.
    pub(crate) fn get(self, key: &str) -> Self {
        self.then("get", key)
    }

    /// Adds one to the number under the key, and says it.
    pub(crate) fn add(self, key: &str) -> Self {
        self.then("add", key)
    }

    pub(crate) fn login(self, owner: &str) -> Self {
        self.then("login", owner)
    }

    /// Says who is signed in.
    pub(crate) fn owner(self) -> Self {
        self.then("owner", "")
    }

    pub(crate) fn status(self, status: u16) -> Self {
        self.then("status", status)
    }

    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        self.then("header", format_args!("{name}:{value}"))
    }

    /// Saves by itself. An error ends the handler.
    pub(crate) fn save(self) -> Self {
        self.then("save", "")
    }

    /// Waits at a gate.
    pub(crate) fn gate(self, gate: &Gate) -> Self {
        self.then("gate", gate.name())
    }

    /// What follows happens after the head of the response, while the body streams.
    pub(crate) fn head(self) -> Self {
        self.then("head", "")
    }

    pub(crate) fn steps(self) -> impl Iterator<Item = (String, String)> {
        self.steps.into_iter()
    }

    /// The query of a request that asks for this.
    pub(crate) fn query(&self) -> String {
        let mut out = String::new();
        for (at, (word, what)) in self.steps.iter().enumerate() {
            let and = if at == 0 { "" } else { "&" };
            let encoded = |text| form_urlencoded::byte_serialize(text).map(Cow::from).collect::<String>();
            // Writing to a string cannot fail.
            let _ = match what.is_empty() {
                true => write!(out, "{and}{word}"),
                // A colon may stand in a query, and is easier to read.
                false => write!(out, "{and}{word}={}", encoded(what.as_bytes()).replace("%3A", ":")),
            };
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_what_it_was_made_of() {
        let act = Act::new().set("name", "Ada & Bob").save().header("set-cookie", "a=b; Path=/").status(502);
        assert_eq!(act.query(), "set=name:Ada+%26+Bob&save&header=set-cookie:a%3Db%3B+Path%3D%2F&status=502");
        assert_eq!(Act::of(&act.query()).steps, act.steps);
    }
}
