//! The rules a store keeps, as data: the same names, sentences and reasons as
//! [`session_core::store::contract`]. And beside them what whole sessions keep over such a store, [`SESSIONS`].
//!
//! ```
//! use session_testkit::rules;
//!
//! assert_eq!(rules::CREATE_3.sentence(), "Of N racing creates of one key exactly one wins.");
//! assert!(rules::ALL.iter().any(|rule| rule.name() == "CREATE-3"));
//! ```

mod session;

pub use session::{
    SESSION_1, SESSION_2, SESSION_3, SESSION_4, SESSION_5, SESSION_6, SESSION_7, SESSION_8, SESSION_9,
    SESSION_10, SESSION_11, SESSIONS,
};

use crate::Rule;

/// Every rule, in the order of the contract.
pub const ALL: &[&Rule] = &[
    &CREATE_1, &CREATE_2, &CREATE_3, &LOAD_1, &LOAD_2, &LOAD_3, &LOAD_4, &COMMIT_1, &COMMIT_2, &COMMIT_3,
    &COMMIT_4, &COMMIT_5, &COMMIT_6, &TOUCH_1, &TOUCH_2, &TOUCH_3, &ROTATE_1, &ROTATE_2, &ROTATE_3,
    &ROTATE_4, &ROTATE_5, &ROTATE_6, &ROTATE_7, &ROTATE_8, &DELETE_1, &DELETE_2, &DELETE_3, &DELETE_4,
    &FAMILY_1, &FAMILY_2, &FAMILY_3, &FAMILY_4, &FAMILY_5, &FAMILY_6, &TTL_1, &TTL_2, &SWEEP_1, &FAULT_1,
    &FAULT_2, &FAULT_3, &FAULT_4,
];

/// The rules about what a store's server does to it: their cases open the store behind a proxy
/// ([`Fixture::open_behind_proxy`](crate::Fixture::open_behind_proxy)).
pub const OF_A_SERVER: &[&Rule] = &[&FAULT_1, &FAULT_2, &FAULT_3];

/// CREATE-1.
pub const CREATE_1: Rule = Rule {
    name: "CREATE-1",
    sentence: "An existing live key is left untouched and answers `Exists`.",
    reason: "An id chosen by somebody else must never adopt or overwrite a session.",
};

/// CREATE-2.
pub const CREATE_2: Rule = Rule {
    name: "CREATE-2",
    sentence: "The same attempt again (same `next`) answers `Created`, evicts nothing more and changes nothing, the deadline included; its `evicted` may be empty.",
    reason: "A create whose answer was lost is retried.",
};

/// CREATE-3.
pub const CREATE_3: Rule = Rule {
    name: "CREATE-3",
    sentence: "Of N racing creates of one key exactly one wins.",
    reason: "Check-then-insert lets two callers believe they own one key.",
};

/// LOAD-1.
pub const LOAD_1: Rule = Rule {
    name: "LOAD-1",
    sentence: "An expired record is absent although nothing swept it.",
    reason: "The deadline is a security promise, not a hint to the garbage collector.",
};

/// LOAD-2.
pub const LOAD_2: Rule = Rule {
    name: "LOAD-2",
    sentence: "Keys that differ in one bit, in letter case or in trailing blanks are different keys.",
    reason: "Text columns fold case and blanks; two sessions would become one.",
};

/// LOAD-3.
pub const LOAD_3: Rule = Rule {
    name: "LOAD-3",
    sentence: "The bytes come back exactly: empty, NUL, 0xFF, 1 MiB.",
    reason: "The store does not interpret what it keeps.",
};

/// LOAD-4.
pub const LOAD_4: Rule = Rule {
    name: "LOAD-4",
    sentence: "Loading changes nothing, the deadline included.",
    reason: "A read that writes costs every request a write and races every writer.",
};

/// COMMIT-1.
pub const COMMIT_1: Rule = Rule {
    name: "COMMIT-1",
    sentence: "Only with the expected revision; otherwise it answers `Conflict` with the live record and changes nothing.",
    reason: "Two requests on one session never lose each other's writes.",
};

/// COMMIT-2.
pub const COMMIT_2: Rule = Rule {
    name: "COMMIT-2",
    sentence: "On an absent, deleted or expired key it answers `Gone` and stores nothing.",
    reason: "A write that finishes after the sign-out must not bring the session back.",
};

/// COMMIT-3.
pub const COMMIT_3: Rule = Rule {
    name: "COMMIT-3",
    sentence: "The same `next` again answers `Written` and changes nothing.",
    reason: "A commit whose answer was lost is retried.",
};

/// COMMIT-4.
pub const COMMIT_4: Rule = Rule {
    name: "COMMIT-4",
    sentence: "The chain of revisions of a key never forks under any concurrency.",
    reason: "A fork is a lost update.",
};

/// COMMIT-5.
pub const COMMIT_5: Rule = Rule {
    name: "COMMIT-5",
    sentence: "An equal payload is still a write, not `Gone`.",
    reason: "Databases count changed rows; a write of the same bytes changes none.",
};

/// COMMIT-6.
pub const COMMIT_6: Rule = Rule {
    name: "COMMIT-6",
    sentence: "It sets the deadline to its own ttl, also to an earlier one.",
    reason: "A session whose lifetime was cut must not live on by the time it once had.",
};

/// TOUCH-1.
pub const TOUCH_1: Rule = Rule {
    name: "TOUCH-1",
    sentence: "Never creates, never changes data or revision.",
    reason: "A touch that finishes after the sign-out must not bring the session back.",
};

/// TOUCH-2.
pub const TOUCH_2: Rule = Rule {
    name: "TOUCH-2",
    sentence: "Afterwards the remaining time is the ttl asked for; a ttl under the store's resolution rounds up, never to zero or for ever.",
    reason: "Rounding down ends a session in use, rounding to zero can mean no deadline at all.",
};

/// TOUCH-3.
pub const TOUCH_3: Rule = Rule {
    name: "TOUCH-3",
    sentence: "A record of another revision keeps its deadline, and the answer is `Gone`.",
    reason: "A reader that saw the session before it was remembered for 30 days must not shorten it to five minutes.",
};

/// ROTATE-1.
pub const ROTATE_1: Rule = Rule {
    name: "ROTATE-1",
    sentence: "Afterwards exactly one live session exists: a tombstone is neither listed nor counted by a cap.",
    reason: "A stolen old id must not stay a second key to the same door.",
};

/// ROTATE-2.
pub const ROTATE_2: Rule = Rule {
    name: "ROTATE-2",
    sentence: "Every operation that expects the old revision of `from` is inert.",
    reason: "What was in flight while the id changed must not write to the old one.",
};

/// ROTATE-3.
pub const ROTATE_3: Rule = Rule {
    name: "ROTATE-3",
    sentence: "An occupied target answers `Exists`, both records untouched.",
    reason: "Rotation never overwrites another session.",
};

/// ROTATE-4.
pub const ROTATE_4: Rule = Rule {
    name: "ROTATE-4",
    sentence: "A crash at any point leaves the old or the new session, never none, never both live.",
    reason: "A session that dies in its own rotation signs a user out.",
};

/// ROTATE-5.
pub const ROTATE_5: Rule =
    Rule { name: "ROTATE-5", sentence: "A tombstone expires by itself.", reason: "Nobody deletes it." };

/// ROTATE-6.
pub const ROTATE_6: Rule = Rule {
    name: "ROTATE-6",
    sentence: "The same attempt again answers `Written` and changes nothing, the deadlines included, whatever is under `from` by then.",
    reason: "A rotation whose answer was lost is retried.",
};

/// ROTATE-7.
pub const ROTATE_7: Rule = Rule {
    name: "ROTATE-7",
    sentence: "Only with the expected revision of `from`: otherwise `Gone` if there is none, or `Conflict` with the live record, whatever is under `to`, and nothing changes.",
    reason: "A rotation must not drop the write that came before it, nor revive an ended session under a new id.",
};

/// ROTATE-8.
pub const ROTATE_8: Rule = Rule {
    name: "ROTATE-8",
    sentence: "From a key to itself, or to a key of another family, it fails (kind `Other`, not applied) and changes nothing.",
    reason: "A store moves a session within one family, where one step can be atomic; anything else is a mistake of the caller.",
};

/// DELETE-1.
pub const DELETE_1: Rule = Rule {
    name: "DELETE-1",
    sentence: "Final: no later commit, touch or rotate brings the key back.",
    reason: "Signed out is signed out.",
};

/// DELETE-2.
pub const DELETE_2: Rule = Rule {
    name: "DELETE-2",
    sentence: "With another revision than expected it answers `Conflict` with the live record and deletes nothing.",
    reason: "Whoever ends a session must have seen where it went.",
};

/// DELETE-3.
pub const DELETE_3: Rule = Rule {
    name: "DELETE-3",
    sentence: "A tombstone left by a delete is loadable until it expires by itself, and neither listed nor counted by a cap.",
    reason: "A sign-out that races a sign-in must learn that the session lives on under another id.",
};

/// DELETE-4.
pub const DELETE_4: Rule = Rule {
    name: "DELETE-4",
    sentence: "The same attempt again (same tombstone) answers `Deleted` and changes nothing, the deadline included.",
    reason: "A delete whose answer was lost is retried.",
};

/// FAMILY-1.
pub const FAMILY_1: Rule = Rule {
    name: "FAMILY-1",
    sentence: "A list has exactly the live owned sessions, newest first; a rotated session is as old as it was, there and when a cap evicts.",
    reason: "A device list that forgets a device hides the thief's.",
};

/// FAMILY-2.
pub const FAMILY_2: Rule = Rule {
    name: "FAMILY-2",
    sentence: "After a revoke none of the sessions that existed is loadable, also when an index was lost, while creates, touches, commits and rotations race; `keep` survives.",
    reason: "\"Sign out everywhere\" is pressed when somebody else is inside.",
};

/// FAMILY-3.
pub const FAMILY_3: Rule = Rule {
    name: "FAMILY-3",
    sentence: "The cap holds under concurrency, and is ignored for an anonymous family.",
    reason: "Counting before inserting lets racing sign-ins pass the limit together.",
};

/// FAMILY-4.
pub const FAMILY_4: Rule = Rule {
    name: "FAMILY-4",
    sentence: "Families and prefixes are isolated, including names with `*?[]\\{}` and 0 bytes.",
    reason: "A pattern in a name must not end other people's sessions.",
};

/// FAMILY-5.
pub const FAMILY_5: Rule = Rule {
    name: "FAMILY-5",
    sentence: "A revoke answers how many live sessions it ended, no tombstone and nothing expired among them; of an anonymous family it ends none and answers 0.",
    reason: "\"You were signed out on three other devices\" is told to a person.",
};

/// FAMILY-6.
pub const FAMILY_6: Rule = Rule {
    name: "FAMILY-6",
    sentence: "A list in pages has each session that lives throughout exactly once, in the order of the whole list; a page has at most as many as were asked for, and goes on behind its cursor though the session there has ended.",
    reason: "An owner of ten thousand sessions must not stop the store, and no page may hide the thief's.",
};

/// TTL-1.
pub const TTL_1: Rule = Rule {
    name: "TTL-1",
    sentence: "Nothing is ever stored without a deadline.",
    reason: "What never expires is a leak and a liability.",
};

/// TTL-2.
pub const TTL_2: Rule = Rule {
    name: "TTL-2",
    sentence: "A deadline of up to 400 days is kept as it was set; a longer one may be cut, though not below that, and still comes.",
    reason: "Arithmetic that overflows signs people out at once, or never.",
};

/// SWEEP-1.
pub const SWEEP_1: Rule = Rule {
    name: "SWEEP-1",
    sentence: "At most `limit` expired records go, live ones stay, two sweepers do not disturb each other or live traffic, an error does not end the sweeping.",
    reason: "Garbage collection must never be the outage.",
};

/// FAULT-1.
pub const FAULT_1: Rule = Rule {
    name: "FAULT-1",
    sentence: "Server down, restarting, read-only, out of memory, loading, too many connections: a typed error in bounded time, `applied` truthful.",
    reason: "A request that hangs takes the application with it; a wrong `applied` loses or doubles a write.",
};

/// FAULT-2.
pub const FAULT_2: Rule = Rule {
    name: "FAULT-2",
    sentence: "After a timeout or a cancelled call no operation ever returns another key's bytes.",
    reason: "A connection that is out of step hands one user's session to another.",
};

/// FAULT-3.
pub const FAULT_3: Rule = Rule {
    name: "FAULT-3",
    sentence: "The store works again by itself once the server does.",
    reason: "Nobody restarts a thousand processes at three in the morning.",
};

/// FAULT-4.
pub const FAULT_4: Rule = Rule {
    name: "FAULT-4",
    sentence: "An undecodable record is an error of its own and is not overwritten or deleted by reading it.",
    reason: "A newer release's record is not garbage, and a failure is never an empty session.",
};

#[cfg(test)]
mod tests {
    use super::*;

    const CONTRACT: &str = include_str!("../../../session-core/src/store/contract.md");

    #[test]
    fn the_contract_and_the_kit_say_the_same() {
        let contract: Vec<&str> = CONTRACT.lines().filter(|line| line.starts_with("- **")).collect();
        let kit: Vec<String> = ALL
            .iter()
            .map(|rule| format!("- **{}** {} *{}*", rule.name(), rule.sentence(), rule.reason()))
            .collect();
        assert_eq!(contract, kit);
    }
}
