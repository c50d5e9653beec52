//! The chapters of the book as documentation, so that the tests of the documentation compile and run their programs.

macro_rules! chapters {
    ($($name:ident = $file:literal;)*) => {
        $(
            #[cfg(doctest)]
            #[doc = include_str!(concat!("src/", $file))]
            mod $name {}
        )*
    };
}

chapters! {
    start = "start.md";
    sign_in = "sign-in.md";
    devices = "devices.md";
    csrf = "csrf.md";
    testing = "testing.md";
    choosing = "choosing.md";
    memory = "memory.md";
    mysql = "mysql.md";
    postgresql = "postgresql.md";
    settings = "settings.md";
    hosts = "hosts.md";
    sockets = "sockets.md";
    watching = "watching.md";
    from_tower_sessions = "from-tower-sessions.md";
    from_axum_login = "from-axum-login.md";
    from_actix_session = "from-actix-session.md";
    from_php = "from-php.md";
    framework = "framework.md";
}
