use std::{collections::HashMap, fmt};

/// The reply to `INFO`, by field.
#[derive(Debug, Clone, Default)]
pub(crate) struct Info(HashMap<String, String>);

impl Info {
    /// Reads the text of `INFO`. Skips lines that are not fields.
    pub(crate) fn parse(text: &str) -> Self {
        let fields =
            text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(':'));
        Self(fields.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }

    /// Returns the state of a replica that does not follow, from `slave0:ip=…,port=…,state=online,…`.
    pub(crate) fn replica_in_trouble(&self) -> Option<&str> {
        let replicas = self.0.iter().filter(|(name, _)| {
            name.strip_prefix("slave").is_some_and(|number| number.parse::<u32>().is_ok())
        });
        let mut states =
            replicas.filter_map(|(_, value)| value.split(',').find_map(|part| part.strip_prefix("state=")));
        states.find(|state| *state != "online")
    }

    /// Returns the product and its full version.
    pub(crate) fn server(&self) -> Option<(Product, &str)> {
        let valkey = self.get("valkey_version").map(|version| (Product::Valkey, version));
        valkey.or_else(|| self.get("redis_version").map(|version| (Product::Redis, version)))
    }

    /// Returns the version of Redis whose commands the server has.
    pub(crate) fn compatible_with(&self) -> Option<(u32, u32)> {
        let mut parts = self.get("redis_version")?.split('.').map(|part| part.parse().ok());
        Some((parts.next()??, parts.next()??))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Product {
    Redis,
    Valkey,
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Redis => "Redis",
            Self::Valkey => "Valkey",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_the_rest_is_left_out() {
        let info = Info::parse("# Server\r\nredis_version:7.0.15\r\nnonsense\r\nused_memory:1024\r\n\r\n");
        assert_eq!(info.server(), Some((Product::Redis, "7.0.15")));
        assert_eq!(info.compatible_with(), Some((7, 0)));
        assert_eq!((info.number("used_memory"), info.number("redis_version")), (Some(1024), None));
        assert_eq!(Info::parse("redis_version:unstable").compatible_with(), None);
    }

    #[test]
    fn a_replica_that_does_not_follow_is_found() {
        let info = |state: &str| {
            Info::parse(&format!(
                "slave0:ip=a,port=1,state=online,lag=0\nslave1:ip=b,port=2,state={state},lag=9"
            ))
        };
        assert_eq!(info("online").replica_in_trouble(), None);
        assert_eq!(info("wait_bgsave").replica_in_trouble(), Some("wait_bgsave"));
        assert_eq!(Info::parse("slave_repl_offset:7\nslave_read_only:1").replica_in_trouble(), None);
    }

    #[test]
    fn valkey_says_what_it_is_and_what_it_is_compatible_with() {
        let info = Info::parse("redis_version:7.2.4\nserver_name:valkey\nvalkey_version:9.1.0\n");
        assert_eq!(info.server(), Some((Product::Valkey, "9.1.0")));
        assert_eq!(info.compatible_with(), Some((7, 2)));
    }
}
