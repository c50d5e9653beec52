use super::rules;

rules! {
    /// Every rule of the contract, in its order.
    "session-core" ALL:
    CREATE_1, "CREATE-1":
        "An existing live key is left untouched, and the create returns `Exists`.",
        "An id that an attacker chose must never adopt or overwrite a session.";
    CREATE_2, "CREATE-2":
        "The same attempt again (same `next`) returns `Created`, evicts nothing more and changes nothing, including the deadline; its `evicted` may be empty.",
        "A create whose answer was lost is retried.";
    CREATE_3, "CREATE-3":
        "Of N racing creates of one key exactly one wins.",
        "Check-then-insert lets two callers believe they own one key.";
    LOAD_1, "LOAD-1":
        "An expired record is absent although nothing swept it.",
        "The deadline is a security promise, not a hint to the garbage collector.";
    LOAD_2, "LOAD-2":
        "Keys that differ in one bit, in letter case or in trailing blanks are different keys.",
        "Text columns fold case and blanks; two sessions would become one.";
    LOAD_3, "LOAD-3":
        "The bytes come back exactly: empty, NUL, 0xFF, 1 MiB.",
        "The store does not interpret what it keeps.";
    LOAD_4, "LOAD-4":
        "Loading changes nothing, including the deadline.",
        "A read that writes costs every request a write and races every writer.";
    COMMIT_1, "COMMIT-1":
        "A commit succeeds only with the expected revision; otherwise it returns `Conflict` with the live record and changes nothing.",
        "Two requests on one session never lose each other's writes.";
    COMMIT_2, "COMMIT-2":
        "On an absent, deleted or expired key it returns `Gone` and stores nothing.",
        "A write that finishes after the sign-out must not bring the session back.";
    COMMIT_3, "COMMIT-3":
        "The same `next` again returns `Written` and changes nothing.",
        "A commit whose answer was lost is retried.";
    COMMIT_4, "COMMIT-4":
        "The chain of revisions of a key never forks under any concurrency.",
        "A fork is a lost update.";
    COMMIT_5, "COMMIT-5":
        "An equal payload is still a write, not `Gone`.",
        "Databases count changed rows; a write of the same bytes changes none.";
    COMMIT_6, "COMMIT-6":
        "It sets the deadline to its own ttl, also to an earlier one.",
        "A session whose lifetime was cut must not live on by the time it once had.";
    COMMIT_7, "COMMIT-7":
        "A commit that is told which bytes it replaces does what one without does, also when it is told wrong.",
        "The bytes are there to spare a server work; the revision decides.";
    TOUCH_1, "TOUCH-1":
        "A touch never creates a record and never changes data or revision.",
        "A touch that finishes after the sign-out must not bring the session back.";
    TOUCH_2, "TOUCH-2":
        "Afterwards the remaining time is the ttl asked for; a ttl under the store's resolution rounds up, never to zero or for ever.",
        "Rounding down ends a session in use, rounding to zero can mean no deadline at all.";
    TOUCH_3, "TOUCH-3":
        "A record of another revision keeps its deadline, and the touch returns `Gone`.",
        "A reader that saw the session before it was remembered for 30 days must not shorten it to five minutes.";
    ROTATE_1, "ROTATE-1":
        "Afterwards exactly one live session exists: a tombstone is neither listed nor counted by a cap.",
        "A stolen old id must not stay a second key to the same door.";
    ROTATE_2, "ROTATE-2":
        "Every operation that expects the old revision of `from` is inert.",
        "What was in flight while the id changed must not write to the old one.";
    ROTATE_3, "ROTATE-3":
        "With an occupied target it returns `Exists` and leaves both records untouched.",
        "Rotation never overwrites another session.";
    ROTATE_4, "ROTATE-4":
        "A crash at any point leaves either the old or the new session, never none and never both.",
        "A session that dies in its own rotation signs a user out.";
    ROTATE_5, "ROTATE-5":
        "A tombstone expires by itself.",
        "No other operation removes it.";
    ROTATE_6, "ROTATE-6":
        "The same attempt again returns `Written` and changes nothing, including the deadlines, whatever is under `from` by then.",
        "A rotation whose answer was lost is retried.";
    ROTATE_7, "ROTATE-7":
        "A rotation succeeds only with the expected revision of `from`; otherwise it returns `Gone` if nothing live is there, or `Conflict` with the live record, whatever is under `to`, and changes nothing.",
        "A rotation must not drop the write that came before it, nor revive an ended session under a new id.";
    ROTATE_8, "ROTATE-8":
        "From a key to itself, or to a key of another family, it fails (kind `Other`, not applied) and changes nothing.",
        "A store moves a session within one family, where one step can be atomic; anything else is a mistake of the caller.";
    DELETE_1, "DELETE-1":
        "A delete is final: no later commit, touch or rotate brings the key back.",
        "Signed out is signed out.";
    DELETE_2, "DELETE-2":
        "With another revision than expected it returns `Conflict` with the live record and deletes nothing.",
        "A request that ends a session must have seen its latest state.";
    DELETE_3, "DELETE-3":
        "A tombstone left by a delete is loadable until it expires by itself, and neither listed nor counted by a cap.",
        "A sign-out that races a sign-in must learn that the session lives on under another id.";
    DELETE_4, "DELETE-4":
        "The same attempt again (same tombstone) returns `Deleted` and changes nothing, including the deadline.",
        "A delete whose answer was lost is retried.";
    FAMILY_1, "FAMILY-1":
        "A list has exactly the live owned sessions, newest first; a rotated session is as old as it was, there and when a cap evicts.",
        "A device list that forgets a device hides the thief's.";
    FAMILY_2, "FAMILY-2":
        "After a revoke none of the sessions that existed is loadable, also when an index was lost, while creates, touches, commits and rotations race; `keep` survives.",
        "A user presses \"sign out everywhere\" when an intruder is inside.";
    FAMILY_3, "FAMILY-3":
        "The cap holds under concurrency, ends exactly what it reports, and is ignored for an anonymous family.",
        "Counting before inserting lets racing sign-ins pass the limit together.";
    FAMILY_4, "FAMILY-4":
        "Families and prefixes are isolated, including names with `*?[]\\{}` and 0 bytes.",
        "A pattern in a name must not end other people's sessions.";
    FAMILY_5, "FAMILY-5":
        "A revoke returns how many live sessions it ended, without tombstones and expired records; of an anonymous family it ends none and returns 0.",
        "\"You were signed out on three other devices\" is told to a person.";
    FAMILY_6, "FAMILY-6":
        "A list in pages has each session that lives throughout exactly once, in the order of the whole list; a page has at most as many as were asked for, and goes on behind its cursor though the session there has ended.",
        "An owner of ten thousand sessions must not stop the store, and no page may hide the thief's.";
    TTL_1, "TTL-1":
        "Nothing is ever stored without a deadline.",
        "What never expires is a leak and a liability.";
    TTL_2, "TTL-2":
        "A deadline of up to 400 days is kept as it was set; a longer one may be cut, though not below that, and still comes.",
        "Arithmetic that overflows signs people out at once, or never.";
    SWEEP_1, "SWEEP-1":
        "At most `limit` expired records go, live ones stay, two sweepers do not disturb each other or live traffic; sweeping again and again removes all, past what cannot be read.",
        "Garbage collection must never be the outage.";
    SWEEP_2, "SWEEP-2":
        "Of what has expired nothing is left after sweeping, or after a grace where expiry is native: no record, tombstone, index entry, mark or lock.",
        "What is left behind each session fills a disk in a year, and nobody looks for it.";
    CLOCK_1, "CLOCK-1":
        "A clock of the store that steps back or jumps ahead changes deadlines only: order, age, caps, revokes and revisions hold.",
        "Machines resume, replicas take over and time servers correct; none of that may end a session, or hide one.";
    CLOCK_2, "CLOCK-2":
        "A write that waits for its turn decides by the clock of its turn: it revives nothing that has expired meanwhile.",
        "A write that waited for a lock must not bring back a session that others have seen end.";
    PEER_1, "PEER-1":
        "What one instance did, every other instance over the same data sees at once.",
        "Two application servers share one store, and the one that was not asked to sign out must not serve the session from its cache.";
    FAULT_1, "FAULT-1":
        "Server down, restarting, read-only, out of memory, loading, too many connections: a typed error in bounded time, `applied` truthful.",
        "A request that hangs takes the application with it; a wrong `applied` loses or doubles a write.";
    FAULT_2, "FAULT-2":
        "After a timeout or a cancelled call no operation ever returns another key's bytes.",
        "A connection that is out of step hands one user's session to another.";
    FAULT_3, "FAULT-3":
        "The store works again by itself once the server does.",
        "No operator should have to restart a thousand processes at three in the morning.";
    FAULT_4, "FAULT-4":
        "An undecodable record is an error of its own and is not overwritten or deleted by reading it; a delete without an expectation and a revoke end it.",
        "A newer release's record is not garbage, and a failure is never an empty session.";
    COST_1, "COST-1":
        "An operation asks the server at most as often as the store declares.",
        "A request waits for each round trip, and a database in another building makes two of them felt.";
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    const CONTRACT: &str = include_str!("../../../session-core/src/store/contract.md");
    const TRAIT: &str = include_str!("../../../session-core/src/store/nonblocking.rs");

    #[test]
    fn the_contract_and_the_kit_say_the_same() {
        let contract: Vec<&str> = CONTRACT.lines().filter(|line| line.starts_with("- **")).collect();
        let kit: Vec<String> = ALL
            .iter()
            .map(|rule| format!("- **{}** {} *{}*", rule.name(), rule.sentence(), rule.reason()))
            .collect();
        assert_eq!(contract, kit);
    }

    /// The names of rules in the documentation of each method of the trait, and of the trait itself under `Store`.
    fn named_in_the_trait() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
        let (mut named, mut pending) = (BTreeMap::new(), BTreeSet::new());
        for line in TRAIT.lines().map(str::trim_start) {
            if let Some(text) = line.strip_prefix("///") {
                let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
                pending.extend(words.filter(|word| is_name(word)));
            }
            let item = line.strip_prefix("fn ").or_else(|| line.strip_prefix("pub trait "));
            let ends = |c: char| !c.is_alphanumeric() && c != '_';
            if let Some(name) = item.and_then(|item| item.split(ends).next()) {
                named.insert(name, std::mem::take(&mut pending));
            }
        }
        named
    }

    fn is_name(word: &str) -> bool {
        word.split_once('-').is_some_and(|(group, number)| {
            group.len() > 1 && group.chars().all(|c| c.is_ascii_uppercase()) && number.parse::<u32>().is_ok()
        })
    }

    #[test]
    fn the_trait_names_every_rule_and_no_other() {
        let named: BTreeSet<&str> = named_in_the_trait().into_values().flatten().collect();
        let known: BTreeSet<&str> = ALL.iter().map(|rule| rule.name()).collect();
        assert_eq!(named, known);
    }

    #[test]
    fn every_method_names_the_rules_of_its_group() {
        let named = named_in_the_trait();
        for method in ["load", "create", "commit", "touch", "rotate", "delete", "sweep"] {
            let group = format!("{}-", method.to_uppercase());
            let rules = ALL.iter().map(|rule| rule.name()).filter(|name| name.starts_with(&group));
            for rule in rules {
                assert!(named[method].contains(rule), "`Store::{method}` does not name {rule}");
            }
        }
    }
}
