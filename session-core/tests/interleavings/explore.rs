//! Goes through every order in which concurrent requests can reach the store, and every fault on the way.

use session_core::{
    SessionError,
    exchange::{
        self, Answer, Call, Ending, Exchange, Revoking, Saved, Saving, Settled, Step, begin, end_all, finish,
    },
    id::CookieId,
    session::OpenSession,
    store::{Applied, StoreError, StoreErrorKind},
};
use std::sync::Arc;

use session_core::{Context, Visit};

use crate::support::World;

/// The work of a request between opening and saving its session.
type OnSession = fn(&OpenSession) -> Result<(), SessionError>;

/// The task of one request.
#[derive(Clone, Copy)]
pub(crate) enum Handler {
    OpenSession(OnSession),
    /// It signs Ada in on another device.
    Elsewhere,
    /// It ends all sessions of Ada.
    EndAll,
    /// It ends the session of the other requests, if that is Ada's.
    End,
}

/// The result of one request.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// It found the stored session, and its handler succeeded.
    pub(crate) handled: bool,
    /// The result of the save. `None` if the request crashed.
    pub(crate) settled: Option<Result<Settled, SessionError>>,
    /// The number of sessions that it ended. `None` if it crashed or had another task.
    pub(crate) ended: Option<Result<u64, SessionError>>,
    /// It met a fault.
    pub(crate) faulted: bool,
}

impl Outcome {
    pub(crate) fn saved(&self) -> Option<Saved> {
        self.settled.as_ref()?.as_ref().ok().map(|settled| settled.saved)
    }

    /// The request found the stored session and was told that its change is stored, or that sessions ended.
    pub(crate) fn is_acknowledged(&self) -> bool {
        self.handled && matches!(self.settled, Some(Ok(_))) || matches!(self.ended, Some(Ok(1..)))
    }

    /// The request was told that its change is stored, whatever session it found.
    pub(crate) fn is_saved(&self) -> bool {
        self.saved().is_some_and(|saved| !matches!(saved, Saved::Nothing | Saved::Withheld))
    }

    /// It is unknown whether its change is stored.
    pub(crate) fn is_uncertain(&self) -> bool {
        self.faulted && !matches!(self.settled, Some(Ok(_))) && !matches!(self.ended, Some(Ok(1..)))
    }
}

/// The fate of a call of the store.
#[derive(Clone, Copy)]
enum Fate {
    Answered,
    /// Applied, but the answer is lost.
    Lost,
    /// Neither applied nor answered, which the caller cannot know.
    Unsent,
    /// The program ends right after the call.
    Crash,
    /// Applied, but the future that waits for it is dropped; then the session is saved again.
    Cancelled,
    /// The future is dropped before anything is sent; then the session is saved again.
    CancelledUnsent,
}

impl Fate {
    fn perform(self, world: &mut World, call: &Call<'_>) -> Result<Answer, StoreError> {
        let answer = (!matches!(self, Self::Unsent | Self::CancelledUnsent)).then(|| world.perform(call));
        match self {
            Self::Answered => answer.ok_or(StoreError::new(StoreErrorKind::Other, Applied::No)),
            _ => Err(StoreError::new(StoreErrorKind::Timeout, Applied::Unknown)),
        }
    }
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

    /// Moves to the next leaf. Returns whether there is one.
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
    Opening(Box<exchange::Opening<'v>>),
    Saving(Box<Saving>, OpenSession),
    Revoking(Revoking),
    Ending(Ending),
    Done,
}

impl<'v> Actor<'v> {
    fn start(
        handler: Handler,
        context: &Arc<Context>,
        visit: &'v Visit<'v>,
        cookie: &[u8],
        world: &World,
    ) -> Self {
        match handler {
            Handler::OpenSession(_) => match begin(context, visit, world.timestamp()) {
                Step::Ask(opening) => Self::Opening(Box::new(opening)),
                Step::Done(_) => panic!("the cookie holds an id"),
            },
            Handler::Elsewhere => {
                let session = exchange::fresh(context, &Visit::new(), world.timestamp());
                session.login("ada").unwrap();
                match finish(&session, world.timestamp()) {
                    Ok(Step::Ask(saving)) => Self::Saving(Box::new(saving), session),
                    other => panic!("a sign-in asks the store: {other:?}"),
                }
            }
            Handler::EndAll => Self::Revoking(end_all(context, "ada").unwrap()),
            Handler::End => {
                let id = cookie.strip_prefix(b"AloSession=").unwrap();
                let id = CookieId::parse(id).unwrap();
                Self::Ending(exchange::end(context, "ada", id.key().digest.handle()).unwrap())
            }
        }
    }
}

/// Checks the end of a run: the store, the cookie of all requests, and their results.
pub(crate) type Check<'a> = &'a dyn Fn(&Arc<Context>, &World, &[u8], &[Outcome]);

/// Runs the requests in every order, with at most `faults` faults in one run, and calls `check` with each end.
/// Returns the number of runs.
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
    let mut outcomes: Vec<_> = handlers
        .iter()
        .map(|_| Outcome { handled: false, settled: None, ended: None, faulted: false })
        .collect();
    let mut actors: Vec<_> =
        handlers.iter().map(|handler| Actor::start(*handler, context, &visit, cookie, world)).collect();
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
        actors[at] = match handlers[at] {
            Handler::OpenSession(handler) => step(actor, world, fate, handler, &mut outcomes[at]),
            Handler::Elsewhere => step(actor, world, fate, |_| Ok(()), &mut outcomes[at]),
            other => match end(actor, world, fate, &mut outcomes[at]) {
                Some(actor) => actor,
                // A caller whose future was dropped saves again.
                None => Actor::start(other, context, &visit, cookie, world),
            },
        };
    }
}

fn step<'v>(
    actor: Actor<'v>,
    world: &mut World,
    fate: Fate,
    handler: OnSession,
    outcome: &mut Outcome,
) -> Actor<'v> {
    match actor {
        Actor::Opening(opening) => {
            let answer = fate.perform(world, &opening.call());
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
            let answer = fate.perform(world, &saving.call());
            match fate {
                Fate::Crash => Actor::Done,
                Fate::Cancelled | Fate::CancelledUnsent => {
                    drop(saving);
                    next(finish(&session, world.timestamp()), session, outcome)
                }
                _ => next(saving.answer(answer), session, outcome),
            }
        }
        other => other,
    }
}

/// One step of a request that ends other sessions. Returns `None` if its future was dropped.
fn end<'v>(actor: Actor<'v>, world: &mut World, fate: Fate, outcome: &mut Outcome) -> Option<Actor<'v>> {
    let stepped = match actor {
        Actor::Revoking(revoking) => {
            let answer = fate.perform(world, &revoking.call());
            revoking.answer(answer).map(|step| match step {
                Step::Ask(revoking) => Step::Ask(Actor::Revoking(revoking)),
                Step::Done(count) => Step::Done(count),
            })
        }
        Actor::Ending(ending) => {
            let answer = fate.perform(world, &ending.call());
            ending.answer(answer).map(|step| match step {
                Step::Ask(ending) => Step::Ask(Actor::Ending(ending)),
                Step::Done(ended) => Step::Done(u64::from(ended)),
            })
        }
        other => return Some(other),
    };
    match (fate, stepped) {
        (Fate::Crash, _) => {}
        (Fate::Cancelled | Fate::CancelledUnsent, _) => return None,
        (_, Ok(Step::Ask(actor))) => return Some(actor),
        (_, Ok(Step::Done(count))) => outcome.ended = Some(Ok(count)),
        (_, Err(error)) => outcome.ended = Some(Err(error)),
    }
    Some(Actor::Done)
}

fn handle<'v>(session: &OpenSession, world: &World, handler: OnSession, outcome: &mut Outcome) -> Actor<'v> {
    let found = !session.is_new();
    match handler(session) {
        Ok(()) => outcome.handled = found,
        Err(error) => {
            outcome.settled = Some(Err(error));
            return Actor::Done;
        }
    }
    next(finish(session, world.timestamp()), session.clone(), outcome)
}

fn next<'v>(
    step: Result<Step<Saving, Settled>, SessionError>,
    session: OpenSession,
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
