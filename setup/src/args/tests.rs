#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::time::Duration;

use clap::{CommandFactory as _, error::ErrorKind};

use super::*;

fn read(args: &[&str]) -> Result<Command, Error> {
    let program = [OsString::from("session-setup")];
    Args::read(program.into_iter().chain(args.iter().map(OsString::from))).map(|args| args.command)
}

#[test]
fn the_command_line_is_well_formed() {
    Args::command().debug_assert();
}

#[test]
fn the_options_of_each_are_read() {
    let Ok(Command::Redis(redis)) =
        read(&["redis", "--scan", "--no-trial", "--prefix=p", "redis://:secret@b/"])
    else {
        panic!("all of these are good");
    };
    assert_eq!(
        (redis.url.read().unwrap().as_str(), redis.prefix.as_str(), redis.scan, redis.no_trial),
        ("redis://:secret@b/", "p", true, true)
    );
    let args = [
        "mysql",
        "mysql://r:secret@h/d",
        "--table=t",
        "--event",
        "--every",
        "5",
        "--batch=9",
        "--grant",
        "a@b",
    ];
    let Ok(Command::Mysql(mysql)) = read(&args) else { panic!("all of these are good") };
    assert_eq!(
        (mysql.set_up.table.table.as_deref(), mysql.set_up.print, mysql.set_up.verify),
        (Some("t"), false, false)
    );
    let event = EventChange::Make { every: Duration::from_secs(5), batch: 9 };
    assert_eq!((mysql.event(), &*mysql.grant), (Some(event), "a@b"));
    let Ok(Command::Gc(gc)) = read(&["gc", "mysql://r:secret@h/d", "--batch", "7"]) else {
        panic!("all of these are good");
    };
    assert_eq!((gc.table.url.read().unwrap().as_str(), gc.batch.batch), ("mysql://r:secret@h/d", 7));
    assert!(!format!("{redis:?} {mysql:?} {gc:?}").contains("secret"));
}

#[test]
fn defaults_are_those_of_the_stores() {
    let Ok(Command::Redis(redis)) = read(&["redis", "redis://b/"]) else { panic!("this is good") };
    assert_eq!((redis.prefix.as_str(), redis.scan, redis.no_trial), ("_alo_sess_", false, false));
    let Ok(Command::Mysql(mysql)) = read(&["mysql", "mysql://h/d", "--event"]) else {
        panic!("this is good")
    };
    let event = EventChange::Make { every: Duration::from_secs(60), batch: 1000 };
    assert_eq!((mysql.set_up.table.table.as_deref(), mysql.event()), (None, Some(event)));
    assert_eq!(mysql.grant, "sessions@%");
    let Ok(Command::Mysql(mysql)) = read(&["mysql", "mysql://h/d", "--no-event"]) else {
        panic!("this is good")
    };
    assert_eq!(mysql.event(), Some(EventChange::Remove));
}

#[test]
fn all_owners_have_no_name() {
    for (args, owner) in [
        (&["revoke", "ada", "x://a/"][..], Some("ada")),
        (&["revoke", "--all", "x://a/"], None),
        (&["revoke", "--all", "--yes", "x://a/"], None),
    ] {
        let Ok(Command::Revoke(revoke)) = read(args) else { panic!("all of these are good") };
        assert_eq!((revoke.owner.as_deref(), revoke.store.url.read().unwrap().as_str()), (owner, "x://a/"));
    }
}

#[test]
fn printing_needs_no_server() {
    let Ok(Command::Mysql(mysql)) = read(&["mysql", "--print"]) else { panic!("this is good") };
    assert!(mysql.set_up.print && mysql.event().is_none());
}

#[test]
fn what_is_wrong_is_named() {
    let error = |args: &[&str]| read(args).unwrap_err().to_string();
    assert!(error(&[]).contains("Usage:"));
    for kind in ["redis", "mysql", "gc", "stats"] {
        assert!(error(&[kind]).contains("URL"), "{kind}");
        assert!(error(&[kind, "x://a/", "x://:secret@b/"]).contains("unexpected argument 'URL'"));
        assert!(error(&[kind, "x://a/", "--nonsense"]).contains("--nonsense"));
    }
    for kind in ["sessions", "revoke"] {
        assert!(error(&[kind]).contains("OWNER"), "{kind}");
        assert!(error(&[kind, "ada"]).contains("URL"), "{kind}");
    }
    assert!(error(&["revoke", "--all"]).contains("URL"));
    assert!(error(&["revoke", "ada", "x://a/", "--yes"]).contains("--all"));
    assert!(error(&["mongodb"]).contains("mongodb"));
    assert!(error(&["mysql", "x://a/", "--event", "--no-event"]).contains("--no-event"));
    assert!(error(&["mysql", "x://a/", "--print", "--verify"]).contains("--verify"));
    assert!(error(&["mysql", "x://a/", "--apply", "--verify"]).contains("--apply"));
    assert!(error(&["mysql", "x://a/", "--every", "0"]).contains("--every"));
    assert!(error(&["gc", "x://a/", "--batch", "0"]).contains("--batch"));
    assert!(error(&["mysql", "x://a/", "--grant", "nobody"]).contains("must be USER@HOST"));
    assert!(error(&["redis", "x://a/", "--table", "t"]).contains("--table"));
}

#[test]
fn no_error_shows_a_password() {
    let url = "x://:secret@b/";
    for args in [
        &["redis", "x://a/", url][..],
        &[url],
        &["gc", "--batch", url],
        &["mysql", "--every", url],
        &["mysql", "--grant", "x://:secret"],
        &["completions", url],
        &["stats", "x://a/", "--nonsense=x://:secret@b/"],
    ] {
        let error = read(args).unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
    }
}

#[test]
fn help_and_version_need_nothing() {
    assert_eq!(read(&["--help"]).unwrap_err().kind(), ErrorKind::DisplayHelp);
    assert_eq!(read(&["redis", "--help"]).unwrap_err().kind(), ErrorKind::DisplayHelp);
    assert_eq!(read(&["-V"]).unwrap_err().kind(), ErrorKind::DisplayVersion);
}
