use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use session_core::store::{AnyStore, Call, Store as _};
use tokio::runtime::Runtime;

use super::{
    peers::{Join, could_not_join},
    wire::{Api, Reply, Request},
};
use crate::{Opened, subject::block_on, violation::describe};

/// The instances that the process of a peer has opened.
pub(super) struct Instances {
    runtime: Runtime,
    join: Join,
    opened: Mutex<HashMap<u64, Arc<Opened>>>,
    last: AtomicU64,
}

impl Instances {
    pub(super) fn new(runtime: Runtime, join: Join) -> Self {
        Self { runtime, join, opened: Mutex::default(), last: AtomicU64::new(0) }
    }

    /// Does what is asked. A panic of the store is an answer, too.
    pub(super) fn answer(&self, request: Request<'_>) -> Reply {
        let answered = catch_unwind(AssertUnwindSafe(|| match request {
            Request::Open { place } => self.open(&place),
            Request::Call { instance, api, call } => self.call(instance, api, call),
            Request::Clock { instance, time } => {
                let opened = self.find(instance)?;
                opened.hooks.set_clock(time);
                Ok(Reply::Done)
            }
            Request::Close { instance } => {
                let closed = self.opened.lock().unwrap_or_else(PoisonError::into_inner).remove(&instance);
                drop(closed);
                Ok(Reply::Done)
            }
        }));
        let answered = answered
            .unwrap_or_else(|panic| Err(format!("in the process of the peer, {}", describe(panic.as_ref()))));
        answered.unwrap_or_else(|reason| Reply::Failed { reason })
    }

    fn open(&self, place: &str) -> Result<Reply, String> {
        let opened = (self.join)(&self.runtime, place).map_err(|error| could_not_join(&error, place))?;
        let (nonblocking, blocking) = (opened.nonblocking.is_some(), opened.blocking.is_some());
        let instance = self.last.fetch_add(1, Ordering::Relaxed);
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).insert(instance, Arc::new(opened));
        Ok(Reply::Opened { instance, nonblocking, blocking })
    }

    fn call(&self, instance: u64, api: Api, call: Call<'_>) -> Result<Reply, String> {
        let opened = self.find(instance)?;
        let api_of = |store: &Option<AnyStore>| store.clone().ok_or("the instance lacks an API".to_owned());
        let answer = match api {
            Api::Nonblocking => {
                let store = api_of(&opened.nonblocking)?;
                self.runtime.block_on(store.perform(call))
            }
            // A blocking store is called outside any runtime.
            Api::Blocking => block_on(api_of(&opened.blocking)?.perform(call)),
        };
        Ok(Reply::Answered { answer })
    }

    fn find(&self, instance: u64) -> Result<Arc<Opened>, String> {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.get(&instance).cloned().ok_or_else(|| format!("instance {instance} is not open"))
    }
}
