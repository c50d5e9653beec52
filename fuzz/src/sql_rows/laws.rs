use session_core::{
    exchange::{Answer, Call},
    store::{
        Applied, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Revision, RotateOutcome, StoreError,
        Stored, TouchOutcome,
    },
};
use session_sql::fuzzing::Sent;

/// A value of a row, in the types of a client library.
pub(crate) trait Word {
    fn bytes(&self) -> Option<&[u8]>;
    fn number(&self) -> Option<i128>;
}

/// What was said to a statement: how many rows were changed, and the rows. Nothing, if that was an error.
pub(crate) type Words<W> = Option<(u64, Vec<Vec<W>>)>;

pub(crate) fn check<W: Word>(
    call: &Call<'_>,
    answer: &Result<Answer, StoreError>,
    sent: &[Sent],
    words: &[Words<W>],
) {
    assert!(sent.len() <= words.len() + 4, "a server that says nothing is asked for ever");
    let lost = is_lost(sent);
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            assert_eq!(error.applied() == Applied::Unknown, lost, "{error:?} after {sent:?}");
            assert!(std::error::Error::source(error).is_some_and(|source| !source.to_string().is_empty()));
            return;
        }
    };
    assert!(!lost || is_done(answer), "it may be the lost try that is seen: {answer:?}");
    let last = sent.iter().zip(words).rfind(|(sent, _)| sent.text != "ROLLBACK");
    let last = last.and_then(|(sent, words)| Some((sent, words.as_ref()?)));
    let rows = || match last {
        Some((sent, (_, rows))) if !sent.writes => rows.as_slice(),
        _ => panic!("nobody was asked: {answer:?}"),
    };
    let changed = last.filter(|(sent, _)| sent.writes).map(|(_, (changed, _))| *changed);
    match (call, answer) {
        (
            _,
            Answer::Load(None) | Answer::Commit(CommitOutcome::Gone) | Answer::Delete(DeleteOutcome::Gone),
        ) => {
            assert!(rows().first().is_none_or(|row| is_over(row)), "there is something");
        }
        (Call::Rotate { from, .. }, Answer::Rotate(RotateOutcome::Gone)) => {
            let is_from = |row: &Vec<W>| is_bytes(row.first(), from.digest.as_bytes());
            assert!(!rows().iter().any(is_from), "there is something");
        }
        (_, Answer::Touch(outcome)) => {
            assert_eq!(*outcome == TouchOutcome::Gone, changed.expect("it was written") == 0);
        }
        (_, Answer::Load(Some(stored))) => check_stored(stored, rows(), 0),
        (Call::Commit { write, .. }, Answer::Commit(CommitOutcome::Conflict(stored))) => {
            assert_ne!(stored.revision, write.next, "its own");
            check_stored(stored, rows(), 0);
        }
        (Call::Commit { write, .. }, Answer::Commit(CommitOutcome::Written)) => {
            assert!(
                changed.is_some_and(|changed| changed > 0) || changed.is_none() && holds(rows(), write.next)
            );
        }
        (Call::Rotate { expected, .. }, Answer::Rotate(RotateOutcome::Conflict(stored))) => {
            assert_ne!(stored.revision, *expected, "it was not changed");
            check_stored(stored, rows(), 1);
        }
        (Call::Delete { .. }, Answer::Delete(DeleteOutcome::Conflict(stored))) => {
            check_stored(stored, rows(), 0)
        }
        (Call::List { family, .. }, Answer::List(Listed { sessions, .. })) if family.is_owned() => {
            assert_eq!(sessions.len(), rows().len());
            for ((digest, stored), row) in sessions.iter().zip(rows()) {
                assert!(is_bytes(row.get(1), digest.as_bytes()));
                check_stored(stored, std::slice::from_ref(row), 2);
            }
        }
        _ => {}
    }
}

/// Whether something that lasts may have been done, and nobody was told.
fn is_lost(sent: &[Sent]) -> bool {
    let (mut in_transaction, mut lost) = (false, false);
    for Sent { text, writes, is_doubtful, has_failed } in sent {
        let lasts = *writes && (!in_transaction || text == "COMMIT");
        lost |= lasts && *is_doubtful;
        in_transaction = match text.as_str() {
            // A read that took too long leaves the transaction open.
            begin if begin.starts_with("BEGIN") => !has_failed,
            _ if *has_failed && *writes => false,
            "COMMIT" | "ROLLBACK" => false,
            _ => in_transaction,
        };
    }
    lost
}

fn is_done(answer: &Answer) -> bool {
    match answer {
        Answer::Create(outcome) => matches!(outcome, CreateOutcome::Created { .. }),
        Answer::Commit(outcome) => *outcome == CommitOutcome::Written,
        Answer::Touch(outcome) => *outcome == TouchOutcome::Touched,
        Answer::Rotate(outcome) => *outcome == RotateOutcome::Written,
        Answer::Delete(outcome) => *outcome == DeleteOutcome::Deleted,
        Answer::Revoke(_) => true,
        // A second sweep would remove more than the limit, and what reads loses nothing.
        Answer::Sweep(_) | Answer::Load(_) | Answer::List(_) => false,
    }
}

/// A session is one of the rows, behind so many other columns.
fn check_stored<W: Word>(stored: &Stored, rows: &[Vec<W>], before: usize) {
    assert!(!stored.remaining.is_zero(), "a session without a deadline");
    let is_it = |row: &Vec<W>| {
        let Some(millis) = row.get(before + 1).and_then(Word::number) else { return false };
        is_bytes(row.get(before), stored.revision.as_bytes())
            && stored.remaining.as_millis() == millis.max(1).unsigned_abs()
            && is_bytes(row.get(before + 2), &stored.data)
    };
    assert!(rows.iter().any(is_it), "{stored:?} is in no row");
}

/// Whether nothing remains of its time.
fn is_over<W: Word>(row: &[W]) -> bool {
    row.get(1).and_then(Word::number).is_some_and(|millis| millis <= 0)
}

fn holds<W: Word>(rows: &[Vec<W>], revision: Revision) -> bool {
    rows.iter().any(|row| is_bytes(row.first(), revision.as_bytes()))
}

fn is_bytes<W: Word>(value: Option<&W>, bytes: &[u8]) -> bool {
    value.and_then(Word::bytes) == Some(bytes)
}
