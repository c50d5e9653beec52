//! PostgreSQL with a standby, and behind PgBouncer.

use session_testservers::{PgBouncer, Postgres, PostgresPair};

use crate::support::{Checked, is_gone, is_silent, until};

pub(crate) fn a_standby_reads_and_is_promoted() -> Checked {
    let pair = PostgresPair::start()?;
    pair.commit_on_both()?;
    let (primary, standby) = (pair.primary(), pair.standby());
    primary.sql("CREATE TABLE kept (id INT); INSERT INTO kept VALUES (7)")?;
    pair.wait_until_equal()?;
    assert_eq!(standby.sql("SELECT id FROM kept; SELECT pg_is_in_recovery()")?, "7\nt\n");
    let refused = standby.sql("INSERT INTO kept VALUES (8)").map_err(|error| error.to_string());
    assert!(refused.as_ref().is_err_and(|text| text.contains("read-only")), "{refused:?}");
    // The standby comes back as one.
    standby.kill()?;
    standby.restart()?;
    pair.wait_until_equal()?;
    primary.sql("INSERT INTO kept VALUES (9)")?;
    primary.kill()?;
    pair.promote()?;
    assert_eq!(standby.sql("INSERT INTO kept VALUES (10); SELECT id FROM kept ORDER BY id")?, "7\n9\n10\n");
    assert!(pair.promote().is_err(), "it is no standby any more");
    Ok(())
}

/// The process id of the connection that the server sees.
const CONNECTION: &str = "SELECT pg_backend_pid()";

pub(crate) fn transactions_share_connections() -> Checked {
    let server = Postgres::start()?;
    let bouncer = PgBouncer::start(&server, &["default_pool_size=1"])?;
    let url = bouncer.url();
    assert!(url.starts_with("postgres://postgres@127.0.0.1:") && url.ends_with("/session_test"), "{url}");
    assert_eq!(bouncer.sql(CONNECTION)?, bouncer.sql(CONNECTION)?);
    server.sql("CREATE ROLE ada LOGIN")?;
    let ada = format!("{}?", bouncer.url().replace("postgres@", "ada@"));
    let asked = std::process::Command::new("psql").args(["-XAtc", "SELECT current_user", &ada]).output()?;
    assert_eq!(String::from_utf8_lossy(&asked.stdout), "ada\n", "{}", String::from_utf8_lossy(&asked.stderr));
    assert!(bouncer.console("SHOW CONFIG")?.contains("pool_mode\ttransaction"));
    Ok(())
}

pub(crate) fn a_bouncer_comes_back_and_is_gone_after_drop() -> Checked {
    let server = Postgres::start()?;
    let bouncer = PgBouncer::start(&server, &[])?;
    let address = bouncer.address();
    bouncer.kill()?;
    assert!(bouncer.sql("SELECT 1").is_err());
    bouncer.restart()?;
    assert_eq!(bouncer.sql("SELECT 1")?, "1\n");
    assert_eq!(bouncer.address(), address);
    bouncer.freeze()?;
    assert!(is_silent(&mut crate::support::connect(address)?)?);
    bouncer.thaw()?;
    bouncer.restart()?;
    assert_eq!(bouncer.sql("SELECT 1")?, "1\n");
    assert!(bouncer.console("SHOW NOTHING").is_err());
    let process = bouncer.process_id().ok_or("it runs")?;
    let directory = bouncer.directory().to_owned();
    drop(bouncer);
    until("gone", || is_gone(process, address, &directory))
}
