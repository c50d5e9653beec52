use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::runtime::Runtime;

use super::{process::Process, remote};
use crate::{OpenError, Opened, fixture::Reason, violation::describe};

/// Opens another instance over the data at a place ([`Fixture::join`](crate::Fixture::join)).
pub(crate) type Join = Box<dyn Fn(&Runtime, &str) -> Result<Opened, OpenError> + Send + Sync>;

/// Where the peers of a fixture are.
pub(crate) enum Peers {
    /// In this process.
    Here(Join),
    /// In a process of their own, which serves the fixture of this number and name.
    Apart { number: usize, name: String, process: Mutex<State> },
}

/// The process is started when the first case needs it, so that a list of the cases starts none.
#[derive(Default)]
pub(crate) enum State {
    #[default]
    Unstarted,
    Running(Arc<Process>),
    Failed(String),
}

impl Peers {
    pub(crate) fn apart(number: usize, name: &str) -> Self {
        Self::Apart { number, name: name.to_owned(), process: Mutex::default() }
    }

    /// Opens another instance over the data at the place.
    pub(crate) fn join(&self, runtime: &Runtime, place: &str) -> Result<Opened, String> {
        match self {
            Self::Here(join) => {
                let joined = catch_unwind(AssertUnwindSafe(|| join(runtime, place)));
                let joined = joined.unwrap_or_else(|panic| Err(describe(panic.as_ref()).into()));
                joined.map_err(|error| could_not_join(&error, place))
            }
            Self::Apart { number, name, process } => remote::open(running(process, *number, name)?, place),
        }
    }
}

/// The process, started again if the store has ended it, so that this fails one case and not all that follow.
fn running(state: &Mutex<State>, number: usize, name: &str) -> Result<Arc<Process>, String> {
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    match &*state {
        State::Running(process) if !process.has_ended() => return Ok(Arc::clone(process)),
        State::Failed(reason) => return Err(reason.clone()),
        State::Running(_) | State::Unstarted => {}
    }
    let started = Process::start(number, name).map(Arc::new);
    *state = match &started {
        Ok(process) => State::Running(Arc::clone(process)),
        Err(reason) => State::Failed(reason.clone()),
    };
    started
}

pub(super) fn could_not_join(OpenError(reason): &OpenError, place: &str) -> String {
    let reason = match reason {
        Reason::Failed(error) => error.to_string(),
        other => other.to_string(),
    };
    format!(
        "the fixture could not open another instance over the data at {place:?} (`Fixture::join`): {reason}"
    )
}
