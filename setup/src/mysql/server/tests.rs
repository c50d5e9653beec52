#![allow(clippy::unwrap_used, reason = "a test may fail")]

use super::*;
use crate::Level;

fn server(variables: &[(&str, &str)]) -> ServerState {
    let mut server = ServerState::default();
    server.version = "10.11.6-MariaDB".to_owned();
    server.variables =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    server
}

#[test]
fn versions_are_told_apart() {
    for (text, level) in [
        ("10.11.6-MariaDB-0+deb12u1", Level::Fine),
        ("10.6.0-MariaDB", Level::Fine),
        ("11.4.2-MariaDB", Level::Fine),
        ("10.5.9-MariaDB", Level::Problem),
        ("8.0.36", Level::Fine),
        ("8.4.0-commercial", Level::Fine),
        ("5.7.44-log", Level::Problem),
        ("", Level::Problem),
    ] {
        let mut server = server(&[]);
        text.clone_into(&mut server.version);
        assert_eq!(version(&server).level, level, "{text}");
    }
}

#[test]
fn each_way_to_take_no_writes_is_a_problem() {
    for name in ["read_only", "super_read_only", "innodb_read_only", "offline_mode"] {
        for (value, is_problem) in [("ON", true), ("1", true), ("OFF", false), ("0", false)] {
            let server = server(&[(name, value)]);
            assert_eq!(writes(&server).level == Level::Problem, is_problem, "{name} {value}");
            assert_eq!(is_no_place_for_changes(&server), is_problem);
            assert_eq!(writes(&server).seen.contains(name), is_problem);
        }
    }
}

#[test]
fn a_server_that_follows_another_one_is_changed_on_purpose_only() {
    for (is_replica, force, level) in [
        (Some(true), false, Level::Problem),
        (Some(true), true, Level::Warning),
        (Some(false), false, Level::Fine),
        (None, false, Level::Unknown),
    ] {
        let mut server = server(&[]);
        server.is_replica = is_replica;
        assert_eq!(replication(&server, force).level, level);
        assert_eq!(is_no_place_for_changes(&server), is_replica == Some(true));
    }
}

#[test]
fn a_member_of_a_group_must_be_a_primary_one_in_it() {
    for (state, role, level) in [
        ("online", "primary", Some(Level::Fine)),
        ("online", "secondary", Some(Level::Problem)),
        ("recovering", "secondary", Some(Level::Problem)),
        ("error", "", Some(Level::Problem)),
        ("unreachable", "primary", Some(Level::Problem)),
        ("offline", "", None),
    ] {
        let mut server = server(&[]);
        server.group = Some((state.to_owned(), role.to_owned()));
        assert_eq!(group(&server).map(|finding| finding.level), level, "{state} {role}");
    }
    assert_eq!(group(&server(&[])), None);
}

#[test]
fn a_node_of_galera_must_be_in_its_cluster_and_should_wait_for_the_others() {
    for (status, ready, size, wait, level) in [
        ("Primary", "ON", "3", "1", Level::Fine),
        ("Primary", "ON", "3", "7", Level::Fine),
        ("Primary", "ON", "1", "0", Level::Fine),
        ("Primary", "ON", "3", "0", Level::Warning),
        ("non-Primary", "ON", "1", "1", Level::Problem),
        ("Primary", "OFF", "3", "1", Level::Problem),
        ("Disconnected", "OFF", "0", "1", Level::Problem),
    ] {
        let server = server(&[
            ("wsrep_on", "ON"),
            ("wsrep_cluster_status", status),
            ("wsrep_ready", ready),
            ("wsrep_cluster_size", size),
            ("wsrep_sync_wait", wait),
        ]);
        assert_eq!(galera(&server).unwrap().level, level, "{status} {ready} {size} {wait}");
    }
    assert_eq!(galera(&server(&[("wsrep_on", "OFF")])), None);
}

#[test]
fn settings_that_refuse_writes_are_named() {
    for (variables, level) in [
        (&[("log_bin", "ON"), ("binlog_format", "STATEMENT")][..], Some(Level::Problem)),
        (&[("log_bin", "ON"), ("binlog_format", "MIXED")], Some(Level::Fine)),
        (&[("log_bin", "ON"), ("binlog_format", "ROW")], Some(Level::Fine)),
        (&[("log_bin", "OFF"), ("binlog_format", "STATEMENT")], Some(Level::Fine)),
        (&[("log_bin", "ON")], None),
    ] {
        assert_eq!(binary_log(&server(variables)).map(|finding| finding.level), level, "{variables:?}");
    }
    for (bytes, level) in [("1048576", Level::Warning), ("16777216", Level::Fine)] {
        assert_eq!(packet(&server(&[("max_allowed_packet", bytes)])).unwrap().level, level);
    }
    for (name, value, level) in [
        ("tx_isolation", "READ-COMMITTED", Level::Fine),
        ("transaction_isolation", "REPEATABLE-READ", Level::Problem),
    ] {
        assert_eq!(isolation(&server(&[(name, value)])).unwrap().level, level);
    }
}

#[test]
fn a_line_to_another_machine_must_be_encrypted() {
    let encrypted = server(&[("ssl_cipher", "TLS_AES_256_GCM_SHA384")]);
    assert_eq!(access(&encrypted, false).unwrap().level, Level::Fine);
    assert_eq!(access(&server(&[("ssl_cipher", "")]), false).unwrap().level, Level::Warning);
    assert_eq!(access(&server(&[]), true), None);
}
