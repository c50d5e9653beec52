use std::time::Duration;

use super::{
    change::Change,
    choose::is_due,
    row::{Next, Progress, Row},
    settle,
    source::{Found, Source},
};
use crate::{
    Context,
    exchange::{Answer, Call, Saved, SessionError},
    record::Live,
    session::{Base, OpenSession},
    store::TouchOutcome,
};

/// The deadline of a session that was only read is extended. It is best effort.
///
/// If the touch finds another revision, the request that wrote it has set the deadline. But a session that outlives its
/// request, such as that of a websocket, must go on with that revision, and must learn of its end.
#[derive(Debug)]
pub(super) struct Touch {
    source: Source,
    ttl: Duration,
}

impl Touch {
    pub(super) fn new(from: Base, live: &Live, change: &Change, context: &Context) -> Box<Self> {
        Box::new(Self { source: Source::new(from), ttl: live.ttl(context.config(), change.now) })
    }

    pub(super) fn call(&self) -> Call<'_> {
        let Base { key, revision, .. } = self.source.base;
        self.source.load().unwrap_or(Call::Touch { key, expected: revision, ttl: self.ttl })
    }

    pub(super) fn answer(
        mut self: Box<Self>,
        session: &OpenSession,
        change: &mut Change,
        answer: Answer,
    ) -> Progress {
        match answer {
            Answer::Touch(TouchOutcome::Touched) => return settle::touched(session, change, self.ttl),
            Answer::Touch(TouchOutcome::Gone) if session.state().head_sent => {
                change.count_conflict(session.context())?;
                self.source.reload();
                return Ok(Next::Ask(Row::Touch(self)));
            }
            Answer::Touch(TouchOutcome::Gone) => {
                return Ok(Next::Done(settle::nothing(session, Saved::Nothing)));
            }
            _ => {}
        }
        match self.source.found(answer)? {
            Found::Newer(newer) => {
                self.source.base.revision = newer.revision;
                self.source.base.expires = change.now.after(newer.ttl);
                session.rebase(newer.live, self.source.base.clone())?;
                let (config, state) = (session.context().config(), session.state());
                if !is_due(&state, config, change.now) {
                    drop(state);
                    return Ok(Next::Done(settle::nothing(session, Saved::Nothing)));
                }
                self.ttl = state.live.ttl(config, change.now);
                Ok(Next::Ask(Row::Touch(self)))
            }
            Found::Moved(to) => {
                self.source.follow(to, change, session.context())?;
                Ok(Next::Ask(Row::Touch(self)))
            }
            Found::Superseded(_) | Found::Nothing => {
                settle::found_ended(session, change.now);
                Err(self.source.gone())
            }
            Found::Expected(_) => Err(SessionError::Mismatched),
        }
    }
}
