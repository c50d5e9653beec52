/// Where a contender keeps its sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Nowhere: there are none.
    None,
    /// In the memory of its process.
    Memory,
    /// In Redis.
    Redis,
    /// In MySQL.
    Mysql,
    /// In a file of SQLite.
    Sqlite,
    /// In PostgreSQL.
    Postgres,
}

impl Kind {
    /// As programs are told, and people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Memory => "memory",
            Self::Redis => "redis",
            Self::Mysql => "mysql",
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// A program with a library and a store of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contender {
    /// As in the tables.
    pub name: &'static str,
    /// The file that is run.
    pub program: &'static str,
    /// Its store.
    pub kind: Kind,
}

impl Contender {
    const fn new(name: &'static str, program: &'static str, kind: Kind) -> Self {
        Self { name, program, kind }
    }

    /// Whether it is a floor: the work without a library.
    #[must_use]
    pub fn is_floor(&self) -> bool {
        self.name.starts_with("floor")
    }

    /// Whether it is this project's.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.name.starts_with("alo-session")
    }

    /// Whether actix-web serves it, which has a floor of its own.
    #[must_use]
    pub fn is_on_actix(&self) -> bool {
        self.name.contains("actix")
    }

    /// Both names.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{}, {}", self.name, self.kind.name())
    }
}

/// All of them, those with the same store together, the floor first.
pub const CONTENDERS: &[Contender] = &[
    Contender::new("floor (axum)", "peer-floors", Kind::None),
    Contender::new("floor (actix-web)", "peer-floors-actix", Kind::None),
    Contender::new("alo-session", "peer-ours", Kind::Memory),
    Contender::new("alo-session (actix-web)", "peer-ours-actix", Kind::Memory),
    Contender::new("tower-sessions", "peer-tower-sessions", Kind::Memory),
    Contender::new("axum_session", "peer-axum-session", Kind::Memory),
    Contender::new("floor (axum, redis)", "peer-floors", Kind::Redis),
    Contender::new("alo-session", "peer-ours", Kind::Redis),
    Contender::new("alo-session (blocking)", "peer-ours-blocking", Kind::Redis),
    Contender::new("tower-sessions", "peer-tower-sessions", Kind::Redis),
    Contender::new("axum_session", "peer-axum-session", Kind::Redis),
    Contender::new("floor (actix-web, redis)", "peer-floors-actix", Kind::Redis),
    Contender::new("alo-session (actix-web)", "peer-ours-actix", Kind::Redis),
    Contender::new("actix-session", "peer-actix-session", Kind::Redis),
    Contender::new("floor (axum, mysql_async)", "peer-floors", Kind::Mysql),
    Contender::new("alo-session", "peer-ours", Kind::Mysql),
    Contender::new("alo-session (blocking)", "peer-ours-blocking", Kind::Mysql),
    Contender::new("tower-sessions", "peer-tower-sessions", Kind::Mysql),
    Contender::new("floor (axum, rusqlite)", "peer-floors", Kind::Sqlite),
    Contender::new("alo-session", "peer-ours", Kind::Sqlite),
    Contender::new("alo-session (blocking)", "peer-ours-blocking", Kind::Sqlite),
    Contender::new("tower-sessions", "peer-tower-sessions", Kind::Sqlite),
    Contender::new("floor (axum, tokio-postgres)", "peer-floors", Kind::Postgres),
    Contender::new("alo-session", "peer-ours", Kind::Postgres),
    Contender::new("tower-sessions", "peer-tower-sessions", Kind::Postgres),
];
