use crate::OpenError;

/// Which store a URL is of.
#[derive(Clone, Copy)]
pub(crate) enum Backend {
    Memory,
    Redis,
    Mysql,
    Postgres,
    Sqlite,
}

impl Backend {
    pub(crate) fn of(url: &str) -> Result<Self, OpenError> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("memory") => Ok(Self::Memory),
            Some("mysql" | "mariadb") => Ok(Self::Mysql),
            Some("postgres" | "postgresql") => Ok(Self::Postgres),
            Some("sqlite") => Ok(Self::Sqlite),
            Some("unix") => Ok(Self::Redis),
            Some(scheme) if scheme.starts_with("redis") || scheme.starts_with("valkey") => Ok(Self::Redis),
            _ => Err(OpenError::Scheme),
        }
    }

    pub(crate) const fn feature(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Redis => "redis",
            Self::Mysql => "mysql",
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        }
    }

    #[cfg(feature = "blocking")]
    pub(crate) const fn blocking_feature(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Redis => "redis-blocking",
            Self::Mysql => "mysql-blocking",
            Self::Postgres => "postgres-blocking",
            Self::Sqlite => "sqlite-blocking",
        }
    }
}
