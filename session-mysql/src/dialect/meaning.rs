//! What the errors of MySQL, MariaDB, their clusters and their proxies mean: one table.

use session_core::store::{
    Applied::{self, No, Unknown},
    StoreErrorKind::{
        self, Denied, Other, OutOfSpace, Overloaded, ReadOnly, Timeout, TooLarge, Unavailable, Unsupported,
    },
};

use session_sql::{Class, Meaning, Refusal};

/// What is not known to mean "refused before anything was done" is doubtful.
pub(super) fn meaning(refusal: &Refusal) -> Meaning {
    by_code(refusal).unwrap_or_else(|| by_state(&refusal.state))
}

const fn answer(kind: StoreErrorKind, applied: Applied) -> Meaning {
    Meaning::answer(kind, applied)
}

const fn class(class: Class, kind: StoreErrorKind, applied: Applied) -> Meaning {
    Meaning::of(class, kind, applied)
}

fn by_code(refusal: &Refusal) -> Option<Meaning> {
    let says = |part| refusal.message.contains(part);
    Some(match refusal.code? {
        // A deadlock, also one found at the commit; a snapshot or a table that changed; group replication's certification.
        1213 | 1614 | 1020 | 1412 | 3101 => class(Class::Conflict, Overloaded, No),
        1180 if says("149") => class(Class::Conflict, Overloaded, No),

        // `read_only`, `super_read_only`, `innodb_read_only`, a read-only transaction. 1290 is also said of other options.
        1290 if says("read-only") || says("read_only") => class(Class::WrongServer, ReadOnly, No),
        1036 | 1792 | 1836 | 1874 => class(Class::WrongServer, ReadOnly, No),
        // Galera outside the primary part; offline; group replication without a quorum, or too large a transaction.
        1047 | 3032 | 3100 => class(Class::WrongServer, Unavailable, No),
        // Galera outside the primary part with `wsrep_sync_wait` does not wait at all.
        1205 if refusal.at_once => class(Class::WrongServer, Unavailable, No),

        // Shut down, killed, interrupted; the connection to the client failed.
        1053 | 1080 | 1152 | 1158..=1161 | 1184 | 1927 | 3169 => class(Class::Broken, Unavailable, Unknown),
        1153 => class(Class::Broken, TooLarge, No),
        // Idle for too long; the server does not know the prepared statement (any more).
        1243 | 1615 | 4031 => class(Class::Broken, Unavailable, No),
        1317 => answer(Unavailable, Unknown),
        // Vitess; client libraries inside proxies; ProxySQL, TiDB.
        1105 | 2000..=2999 | 9000.. => class(Class::Proxy, Unavailable, Unknown),

        // Waited for a lock; `max_execution_time`, which ends reads; `max_statement_time`.
        1205 => answer(Timeout, No),
        3024 => class(Class::OutOfTime, Timeout, No),
        1969 => class(Class::OutOfTime, Timeout, Unknown),
        // Disk, memory, table, temporary table; 28 is the system's number for a full disk.
        1037 | 1038 | 1041 | 1114 => answer(OutOfSpace, No),
        3 | 20 | 1021 | 1026 => answer(OutOfSpace, Unknown),
        1030 if says("error 28") => answer(OutOfSpace, Unknown),
        // Connections of all, of one user; threads, locks, transactions; a lock that is not waited for; prepared statements.
        1040 | 1135 | 1203 | 1206 | 1226 | 1461 | 1637 | 3572 => answer(Overloaded, No),
        // Privileges; host; password or account locked or expired; encryption required.
        1044 | 1045 | 1129 | 1130 | 1142 | 1143 | 1227 | 1251 | 1370 | 1410 | 1698 | 1820 | 1862 | 3118
        | 3159 | 3955 | 4151 => answer(Denied, No),
        // No database, table or column; a table of another kind; statement-based replication; no primary key.
        1046 | 1049 | 1054 | 1136 | 1364 | 1665 | 3098 => answer(Unsupported, No),
        1146 => class(Class::MissingTable, Unsupported, No),
        1118 | 1301 | 1406 => answer(TooLarge, No),
        1062 => class(Class::Duplicate, Other, No),
        // Wrong value, argument or variable; a constraint.
        1193 | 1210 | 1290 | 1295 | 1366 | 1526 | 1586 | 3819 => answer(Other, No),
        _ => return None,
    })
}

fn by_state(state: &[u8; 5]) -> Meaning {
    match state {
        b"40001" => class(Class::Conflict, Overloaded, No),
        b"25006" => class(Class::WrongServer, ReadOnly, No),
        b"08004" => class(Class::Broken, Unavailable, No),
        [b'0', b'8', ..] => class(Class::Broken, Unavailable, Unknown),
        [b'2', b'8', ..] => answer(Denied, No),
        b"22001" => answer(TooLarge, No),
        b"42S02" | b"42S22" => answer(Unsupported, No),
        // Syntax and access, a constraint, the data or their number.
        [b'4', b'2', ..] | [b'2', b'1'..=b'3', ..] => answer(Other, No),
        _ => answer(Other, Unknown),
    }
}

#[cfg(test)]
mod tests {
    use session_sql::ErrorKind;

    use super::*;
    use crate::Mysql;

    fn of(code: u16, state: &str, message: &str) -> Meaning {
        ErrorKind::refused::<Mysql>(Some(code), state, message.to_owned()).meaning()
    }

    #[test]
    fn what_is_not_known_may_have_been_applied() {
        for code in [1, 1105, 1180, 1234, 2006, 2013, 2999, 3500, 9001, 65000] {
            for state in ["HY000", "45000", "01000", "40003", "", "a state that is none"] {
                assert_eq!(of(code, state, "no").applied, Unknown, "{code} {state}");
            }
        }
        for state in ["42000", "23000", "22003", "28000", "08004", "40001", "25006"] {
            assert_eq!(of(1234, state, "no").applied, No, "{state}");
        }
    }

    #[test]
    fn a_server_that_does_not_serve_is_left() {
        for (code, message, kind) in [
            (1290, "running with the --read-only option", ReadOnly),
            (1290, "running with the --super-read-only option", ReadOnly),
            (1792, "", ReadOnly),
            (1836, "", ReadOnly),
            (1047, "WSREP has not yet prepared node for application use", Unavailable),
            (3032, "", Unavailable),
            (3100, "Error on observer while running replication hook 'before_commit'.", Unavailable),
        ] {
            let found = of(code, "HY000", message);
            assert_eq!((found.class, found.kind, found.applied), (Class::WrongServer, kind, No), "{code}");
        }
        assert_eq!(of(1290, "HY000", "the --secure-file-priv option").class, Class::Answer);
        let lock = ErrorKind::refused::<Mysql>(Some(1205), "HY000", String::new());
        assert_eq!((lock.meaning().class, lock.meaning().kind), (Class::Answer, Timeout));
        assert_eq!(lock.at_once::<Mysql>().meaning().class, Class::WrongServer);
    }

    #[test]
    fn three_answers_have_a_meaning_of_their_own() {
        for (code, class) in [
            (1062, Class::Duplicate),
            (1146, Class::MissingTable),
            (1969, Class::OutOfTime),
            (3024, Class::OutOfTime),
        ] {
            assert_eq!(of(code, "HY000", "").class, class, "{code}");
        }
    }

    #[test]
    fn what_was_rolled_back_for_others_is_repeated() {
        for (code, state, message) in [
            (1213, "40001", "Deadlock found"),
            (3101, "40000", "Plugin instructed the server to rollback the current transaction."),
            (1180, "HY000", "Got error 149 - 'Lock deadlock; Retry transaction' during COMMIT"),
            (7777, "40001", "of another product"),
        ] {
            assert_eq!(of(code, state, message).class, Class::Conflict, "{code}");
        }
        assert_eq!(of(1180, "HY000", "Got error 6 during COMMIT").class, Class::Answer);
    }
}
