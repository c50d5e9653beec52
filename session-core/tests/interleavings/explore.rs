//! Goes through every order in which concurrent requests can reach the store, and every fault on the way.

use session_core::{
    SessionError,
    exchange::{Exchange, Saved, Saving, Settled, Step, begin, finish},
    session::Session,
    store::{Applied, StoreError, StoreErrorKind},
};
use std::sync::Arc;

use session_core::{Context, Visit};

use crate::support::World;

/// What one request does between opening and saving its session.
pub(crate) type Handler = fn(&Session) -> Result<(), session_core::ValueError>;

/// What came of one request.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// It found the stored session, and its handler did what it wanted.
    pub(crate) handled: bool,
    /// How the save ended; none if the request crashed.
    pub(crate) settled: Option<Result<Settled, SessionError>>,
    /// A fault befell it.
    pub(crate) faulted: bool,
}

impl Outcome {
    pub(crate) fn saved(&self) -> Option<Saved> {
        self.settled.as_ref()?.as_ref().ok().map(|settled| settled.saved)
    }

    /// The request was told that its change is stored, and it was about the stored session.
    pub(crate) fn is_acknowledged(&self) -> bool {
        self.handled && matches!(self.settled, Some(Ok(_)))
    }

    /// Nobody can say whether its change is stored.
    pub(crate) fn is_uncertain(&self) -> bool {
        self.faulted && !matches!(self.settled, Some(Ok(_)))
    }
}

/// How a call of the store goes.
#[derive(Clone, Copy)]
enum Fate {
    Answered,
    /// Applied, but the answer is lost.
    Lost,
    /// Neither applied nor answered, and the caller cannot know.
    Unsent,
    /// The program ends right after it.
    Crash,
    /// Applied, but the future that waits for it is dropped; then the session is saved again.
    Cancelled,
    /// The future is dropped before anything is sent; then the session is saved again.
    CancelledUnsent,
}

const FATES: [Fate; 6] =
    [Fate::Answered, Fate::Lost, Fate::Unsent, Fate::Crash, Fate::Cancelled, Fate::CancelledUnsent];

/// A walk through a tree of choices, one leaf at a time.
#[derive(Default)]
struct Walk {
    path: Vec<(usize, usize)>,
    at: usize,
}

impl Walk {
    fn choose(&mut self, count: usize) -> usize {
        if self.at == self.path.len() {
            self.path.push((0, count));
        }
        let (chosen, of) = self.path[self.at];
        assert_eq!(of, count, "a run depends on nothing but its choices");
        self.at += 1;
        chosen
    }

    /// Turns to the next leaf; answers whether there is one.
    fn advance(&mut self) -> bool {
        self.at = 0;
        while let Some((chosen, count)) = self.path.pop() {
            if chosen + 1 < count {
                self.path.push((chosen + 1, count));
                return true;
            }
        }
        false
    }
}

enum Actor<'v> {
    Opening(Box<session_core::exchange::Opening<'v>>),
    Saving(Box<Saving>, Session),
    Done,
}

/// Looks at the end of a run: the store, the cookie all requests came with, and what came of them.
pub(crate) type Check<'a> = &'a dyn Fn(&Arc<Context>, &World, &[u8], &[Outcome]);

/// Runs the requests in every order, with at most `faults` faults in one run, and hands each end to `check`.
/// Answers how many runs there were.
pub(crate) fn explore(
    prepare: &dyn Fn() -> (Arc<Context>, World, Vec<u8>),
    handlers: &[Handler],
    faults: usize,
    check: Check<'_>,
) -> u64 {
    let mut walk = Walk::default();
    let mut runs = 0;
    loop {
        let (context, mut world, cookie) = prepare();
        let outcomes = run(&context, &mut world, &cookie, handlers, faults, &mut walk);
        check(&context, &world, &cookie, &outcomes);
        runs += 1;
        if !walk.advance() {
            return runs;
        }
    }
}

fn run(
    context: &Arc<Context>,
    world: &mut World,
    cookie: &[u8],
    handlers: &[Handler],
    mut faults: usize,
    walk: &mut Walk,
) -> Vec<Outcome> {
    let visit = Visit::new().cookie(cookie);
    let mut outcomes: Vec<_> =
        handlers.iter().map(|_| Outcome { handled: false, settled: None, faulted: false }).collect();
    let mut actors: Vec<_> = handlers
        .iter()
        .map(|_| match begin(context, &visit, world.timestamp()) {
            Step::Ask(opening) => Actor::Opening(Box::new(opening)),
            Step::Done(_) => panic!("the cookie holds an id"),
        })
        .collect();
    loop {
        let waiting: Vec<_> = (0..actors.len()).filter(|at| !matches!(actors[*at], Actor::Done)).collect();
        if waiting.is_empty() {
            return outcomes;
        }
        let at = waiting[walk.choose(waiting.len())];
        let fate = if faults > 0 { FATES[walk.choose(FATES.len())] } else { Fate::Answered };
        if !matches!(fate, Fate::Answered) {
            faults -= 1;
            outcomes[at].faulted = true;
        }
        let actor = std::mem::replace(&mut actors[at], Actor::Done);
        actors[at] = step(actor, world, fate, handlers[at], &mut outcomes[at]);
    }
}

fn step<'v>(
    actor: Actor<'v>,
    world: &mut World,
    fate: Fate,
    handler: Handler,
    outcome: &mut Outcome,
) -> Actor<'v> {
    let mut perform = |call: &session_core::exchange::Call<'_>| {
        let answer = (!matches!(fate, Fate::Unsent | Fate::CancelledUnsent)).then(|| world.perform(call));
        match fate {
            Fate::Answered => answer.ok_or(StoreError::new(StoreErrorKind::Other, Applied::No)),
            _ => Err(StoreError::new(StoreErrorKind::Timeout, Applied::Unknown)),
        }
    };
    match actor {
        Actor::Opening(opening) => {
            let answer = perform(&opening.call());
            if matches!(fate, Fate::Crash) {
                return Actor::Done;
            }
            match opening.answer(answer) {
                Ok(Step::Ask(opening)) => Actor::Opening(Box::new(opening)),
                Ok(Step::Done(session)) => handle(&session, world, handler, outcome),
                Err(error) => {
                    outcome.settled = Some(Err(error));
                    Actor::Done
                }
            }
        }
        Actor::Saving(saving, session) => {
            let answer = perform(&saving.call());
            match fate {
                Fate::Crash => Actor::Done,
                Fate::Cancelled | Fate::CancelledUnsent => {
                    drop(saving);
                    next(finish(&session, world.timestamp()), session, outcome)
                }
                _ => next(saving.answer(answer), session, outcome),
            }
        }
        Actor::Done => Actor::Done,
    }
}

fn handle<'v>(session: &Session, world: &World, handler: Handler, outcome: &mut Outcome) -> Actor<'v> {
    let found = !session.is_new();
    match handler(session) {
        Ok(()) => outcome.handled = found,
        Err(error) => {
            outcome.settled = Some(Err(error.into()));
            return Actor::Done;
        }
    }
    next(finish(session, world.timestamp()), session.clone(), outcome)
}

fn next<'v>(
    step: Result<Step<Saving, Settled>, SessionError>,
    session: Session,
    outcome: &mut Outcome,
) -> Actor<'v> {
    match step {
        Ok(Step::Ask(saving)) => Actor::Saving(Box::new(saving), session),
        Ok(Step::Done(settled)) => {
            outcome.settled = Some(Ok(settled));
            Actor::Done
        }
        Err(error) => {
            outcome.settled = Some(Err(error));
            Actor::Done
        }
    }
}
