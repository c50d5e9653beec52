use std::{sync::Arc, time::Duration};

use session_core::store::{Answer, BlockingAdapter, Call, StoreError};

use super::{
    lost::Lost,
    process::Process,
    wire::{Api, Reply, Request},
};
use crate::Opened;

/// An API of an instance in the process of the peer.
struct Remote {
    instance: Arc<Instance>,
    api: Api,
}

/// An instance in the process of the peer, which is closed when the case ends.
struct Instance {
    process: Arc<Process>,
    number: u64,
}

/// Opens an instance over the data at the place.
pub(super) fn open(process: Arc<Process>, place: &str) -> Result<Opened, String> {
    let (number, nonblocking, blocking) = match process.ask(&Request::Open { place: place.to_owned() })? {
        Reply::Opened { instance, nonblocking, blocking } => (instance, nonblocking, blocking),
        Reply::Failed { reason } => return Err(reason),
        other => return Err(unexpected(&other)),
    };
    let instance = Arc::new(Instance { process, number });
    let clock = Arc::clone(&instance);
    let remote = |api| Remote { instance: Arc::clone(&instance), api };
    let opened = Opened::remote(
        nonblocking.then(|| remote(Api::Nonblocking)),
        blocking.then(|| remote(Api::Blocking)),
    );
    Ok(opened.with_clock(move |time| clock.set_clock(time)))
}

impl Instance {
    fn set_clock(&self, time: Duration) {
        match self.process.ask(&Request::Clock { instance: self.number, time }) {
            Ok(Reply::Done) => {}
            Ok(Reply::Failed { reason }) => std::panic::resume_unwind(Box::new(reason)),
            Ok(other) => Lost::end(unexpected(&other)),
            Err(reason) => Lost::end(reason),
        }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // A process that has ended has closed everything.
        let _ = self.process.ask(&Request::Close { instance: self.number });
    }
}

impl BlockingAdapter for Remote {
    fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        let request = Request::Call { instance: self.instance.number, api: self.api, call };
        match self.instance.process.ask(&request) {
            Ok(Reply::Answered { answer }) => answer,
            // The store panicked there, and so it does here.
            Ok(Reply::Failed { reason }) => std::panic::resume_unwind(Box::new(reason)),
            Ok(other) => Lost::end(unexpected(&other)),
            Err(reason) => Lost::end(reason),
        }
    }
}

fn unexpected(reply: &Reply) -> String {
    format!("the process of the peer answered {reply:?}")
}
