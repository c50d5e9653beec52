//! The sessions of owners, in any store, through the operations of the core.

use std::{process::ExitCode, sync::Arc, time::SystemTime};

use serde_json::json;
use session_core::{
    SessionConfig, Timestamp, blocking::Sessions, id::Family, session::SessionInfo, store::BlockingStore,
};
use session_mysql::Mysql;
use session_postgres::Postgres;
use session_redis::maintenance::Maintenance;

use crate::{
    Failure, Report,
    args::{RevokeArgs, SecretArgs, SessionsArgs, StoreArgs},
    mysql, postgres,
    question::confirmed,
    redis, sql, sqlite,
    utc::utc,
};

type AnyStore = Arc<dyn BlockingStore>;

/// Prints the sessions of an owner, newest first.
pub(crate) fn list(args: &SessionsArgs) -> Result<ExitCode, Failure> {
    let sessions = sessions(&args.store, &args.secret)?.of(&args.owner, SystemTime::now().into())?;
    if args.output.json {
        let sessions: Vec<_> = sessions.iter().map(json_of).collect();
        println!("{:#}", json!({ "format": 1, "ok": true, "sessions": sessions }));
        return Ok(ExitCode::SUCCESS);
    }
    for session in &sessions {
        println!("{}", line_of(session));
    }
    match sessions.len() {
        0 => println!("{}", nobody(&args.secret)?),
        count => println!("{count} sessions"),
    }
    Ok(ExitCode::SUCCESS)
}

/// Ends the sessions of one owner or of all.
pub(crate) fn revoke(args: &RevokeArgs) -> Result<ExitCode, Failure> {
    let Some(owner) = &args.owner else { return revoke_all(args) };
    match sessions(&args.store, &args.secret)?.end_all(owner)? {
        0 => println!("{}", nobody(&args.secret)?),
        count => println!("{count} sessions ended"),
    }
    Ok(ExitCode::SUCCESS)
}

fn revoke_all(args: &RevokeArgs) -> Result<ExitCode, Failure> {
    let url = args.store.url.read()?;
    let store = store(&url, &args.store)?;
    let question =
        Report { heading: "Everyone is signed out, on every device.".to_owned(), ..Report::default() };
    if !args.yes && !confirmed(&question, "End the sessions of all owners?") {
        return Err(Failure::of("nothing was ended: confirm it on a terminal, or add --yes"));
    }
    let (mut owners, mut count) = (0_u64, 0_u64);
    let mut end = |family: &Family| -> Result<(), Failure> {
        count += store.revoke(family, None)?;
        owners += 1;
        Ok(())
    };
    let table = args.store.table.as_deref();
    let result = if sqlite::is_url(&url) {
        let maintenance = session_sqlite::maintenance::Maintenance::open(&url)?;
        end_in_pages(|last| Ok(maintenance.owners_after(last)?), &mut end)
    } else if postgres::is_url(&url) {
        end_in_pages(sql::owners::<Postgres>(&url, table)?, &mut end)
    } else if mysql::is_url(&url) {
        end_in_pages(sql::owners::<Mysql>(&url, table)?, &mut end)
    } else {
        end_in_redis(&url, &args.store.prefix, &mut end)
    };
    println!("{count} sessions of {owners} owners ended");
    result.map(|()| ExitCode::SUCCESS)
}

fn end_in_pages(
    mut owners_after: impl FnMut(Option<Family>) -> Result<Vec<Family>, Failure>,
    end: &mut impl FnMut(&Family) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut last = None;
    loop {
        let families = owners_after(last)?;
        families.iter().try_for_each(&mut *end)?;
        last = families.last().copied();
        if last.is_none() {
            return Ok(());
        }
    }
}

fn end_in_redis(
    url: &str,
    prefix: &str,
    end: &mut impl FnMut(&Family) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let maintenance = Maintenance::connect(url, prefix)?;
    for server in maintenance.masters() {
        let mut seen = std::collections::HashSet::new();
        redis::pages(&maintenance, server, prefix, |keys| -> Result<(), Failure> {
            let families = keys.iter().filter_map(|key| maintenance.family_of(key));
            let mut new = families.filter(|family| family.is_owned() && seen.insert(*family));
            new.try_for_each(|family| end(&family))
        })?;
    }
    Ok(())
}

fn sessions(args: &StoreArgs, secret: &SecretArgs) -> Result<Sessions<AnyStore>, Failure> {
    let secrets = secret.read()?;
    let config =
        SessionConfig::with(|settings| settings.secrets = secrets.into_iter().map(Into::into).collect())?;
    Ok(Sessions::new(store(&args.url.read()?, args)?, config))
}

fn store(url: &str, args: &StoreArgs) -> Result<AnyStore, Failure> {
    let table = args.table.as_deref();
    Ok(if sqlite::is_url(url) {
        Arc::new(sqlite::open(url)?)
    } else if postgres::is_url(url) {
        Arc::new(sql::open::<Postgres>(url, table)?)
    } else if mysql::is_url(url) {
        Arc::new(sql::open::<Mysql>(url, table)?)
    } else {
        redis::open(url, &args.prefix)?
    })
}

/// What nobody's sessions may mean. An owner is found under the right secret only.
fn nobody(secret: &SecretArgs) -> Result<&'static str, Failure> {
    Ok(if secret.read()?.is_empty() {
        "no sessions of this owner; if the application has a secret, give it by --secret-file"
    } else {
        "no sessions of this owner under this secret"
    })
}

fn line_of(session: &SessionInfo) -> String {
    if session.unreadable {
        return format!("unreadable, until {}", utc(session.expires));
    }
    let time = |time: Option<Timestamp>| time.map_or_else(|| "-".to_owned(), utc);
    let label = session.label.as_deref().unwrap_or("-").escape_debug();
    format!(
        "signed in {}  seen {}  until {}  {label}",
        time(session.authenticated),
        utc(session.last_seen),
        utc(session.expires)
    )
}

fn json_of(session: &SessionInfo) -> serde_json::Value {
    json!({
        "unreadable": session.unreadable,
        "created": utc(session.created),
        "signed_in": session.authenticated.map(utc),
        "last_seen": utc(session.last_seen),
        "expires": utc(session.expires),
        "label": session.label,
    })
}
