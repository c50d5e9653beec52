//! What the errors of PostgreSQL and of the poolers in front of it mean: one table.

use session_core::store::{
    Applied::{No, Unknown},
    StoreErrorKind::{
        Denied, Other, OutOfSpace, Overloaded, ReadOnly, Timeout, TooLarge, Unavailable, Unsupported,
    },
};
use session_sql::{Class, Meaning, Refusal};

/// What is not known to mean "refused before anything was done" is doubtful. The server names an error by its SQLSTATE alone.
pub(super) fn meaning(refusal: &Refusal) -> Meaning {
    let (answer, of) = (Meaning::answer, Meaning::of);
    match &refusal.state {
        // A serialization failure, a deadlock. A key that another request has just taken: where that is not an error, the
        // statement says so itself.
        b"40001" | b"40P01" | b"23505" => of(Class::Conflict, Overloaded, No),
        // A session that ended while its row was waited for: see the texts.
        b"22012" => of(Class::Conflict, Overloaded, No),
        b"40003" => answer(Unavailable, Unknown),
        [b'4', b'0', ..] => answer(Other, No),

        // A standby, or `default_transaction_read_only`.
        b"25006" => of(Class::WrongServer, ReadOnly, No),
        // The limits of idle and of long transactions end the connection.
        b"25P03" | b"25P04" => of(Class::Broken, Unavailable, No),

        // The server starts and takes nobody yet; it has no room for one more.
        b"57P03" => of(Class::Broken, Unavailable, No),
        b"53300" => of(Class::Broken, Overloaded, No),
        // `statement_timeout`, or somebody cancelled it; a lock that is not released.
        b"57014" => of(Class::OutOfTime, Timeout, No),
        b"55P03" => answer(Timeout, No),
        // Shut down, crashed, database dropped, idle for too long.
        [b'5', b'7', ..] => of(Class::Broken, Unavailable, Unknown),
        // Poolers name nearly all errors of their own so.
        b"08P01" => of(Class::Proxy, Unavailable, Unknown),
        b"08001" | b"08004" => of(Class::Broken, Unavailable, No),
        [b'0', b'8', ..] => of(Class::Broken, Unavailable, Unknown),
        // A statement that a pooler has prepared elsewhere, or whose table has changed.
        b"26000" | b"42P05" | b"0A000" => of(Class::Broken, Unavailable, No),

        b"42P01" => of(Class::MissingTable, Unsupported, No),
        // No such column, schema, database; a column of another type.
        b"42703" | b"42804" | b"42P10" | b"428C9" | b"3D000" | b"3F000" => answer(Unsupported, No),
        b"42501" | [b'2', b'8', ..] => answer(Denied, No),
        b"53100" | b"53200" => answer(OutOfSpace, No),
        [b'5', b'3', ..] => answer(Overloaded, No),
        b"22001" | b"23514" | [b'5', b'4', ..] => answer(TooLarge, No),
        // The data, a constraint, the transaction, syntax and access, the state of an object.
        [b'2', b'2' | b'3' | b'5', ..] | [b'4', b'2', ..] | [b'5', b'5', ..] => answer(Other, No),
        _ => answer(Other, Unknown),
    }
}

#[cfg(test)]
mod tests {
    use session_core::store::{Applied, StoreErrorKind};

    use super::*;

    fn of(state: &str) -> (Class, StoreErrorKind, Applied) {
        let state = state.as_bytes().try_into().unwrap();
        let Meaning { class, kind, applied } =
            meaning(&Refusal { code: None, state, at_once: false, message: String::new() });
        (class, kind, applied)
    }

    #[test]
    fn what_is_not_known_may_have_been_applied() {
        for state in [
            "XX000", "58030", "58000", "F0000", "HV000", "P0001", "40003", "08006", "57P01", "57P02",
            "08P01", "     ",
        ] {
            assert_eq!(of(state).2, Unknown, "{state}");
        }
        for state in [
            "42601", "23502", "22003", "28000", "08004", "40001", "25006", "25P02", "57P03", "53300", "54000",
        ] {
            assert_eq!(of(state).2, No, "{state}");
        }
    }

    #[test]
    fn a_server_that_does_not_serve_is_left_and_what_was_rolled_back_for_others_is_repeated() {
        assert_eq!(of("25006"), (Class::WrongServer, ReadOnly, No));
        for state in ["40001", "40P01", "23505", "22012"] {
            assert_eq!(of(state), (Class::Conflict, Overloaded, No), "{state}");
        }
    }

    #[test]
    fn a_connection_is_left_that_is_out_of_step_or_ends() {
        for state in
            ["57P01", "57P05", "08006", "08003", "25P03", "26000", "42P05", "0A000", "57P03", "53300"]
        {
            assert_eq!(of(state).0, Class::Broken, "{state}");
        }
        assert_eq!(of("08P01").0, Class::Proxy);
        for state in ["57014", "55P03", "42P01", "42501", "53100", "22001", "XX000"] {
            assert!(matches!(of(state).0, Class::Answer | Class::OutOfTime | Class::MissingTable), "{state}");
        }
    }

    #[test]
    fn the_caller_is_told_what_can_be_done() {
        for (state, kind) in [
            ("57014", Timeout),
            ("55P03", Timeout),
            ("53300", Overloaded),
            ("53100", OutOfSpace),
            ("42P01", Unsupported),
            ("42703", Unsupported),
            ("3F000", Unsupported),
            ("42501", Denied),
            ("28P01", Denied),
            ("54000", TooLarge),
            ("57P01", Unavailable),
        ] {
            assert_eq!(of(state).1, kind, "{state}");
        }
    }
}
