//! Concurrent requests on a model store, driven by bytes.

mod fate;
mod ledger;
mod request;

use std::{sync::Arc, time::Duration};

use session_core::{Context, SessionConfig, Visit};
use typed_arena::Arena;

use crate::support::{Counted, World};
use ledger::Ledger;
use request::Request;

/// The values that all requests share.
struct Site<'a> {
    context: Arc<Context>,
    world: World,
    ledger: Ledger<'a>,
    visits: &'a Arena<Visit<'a>>,
}

/// Takes the bytes in pairs: which request or the clock continues, and how.
pub fn run(input: &[u8]) {
    let [choice, steps @ ..] = input else { return };
    let config = SessionConfig::with(|settings| {
        settings.fingerprint.properties.clear();
        settings.sweep_one_in = u32::from(choice & 1);
        if choice & 2 != 0 {
            settings.rotate_after = Some(Duration::from_secs(60));
        }
        if choice & 4 != 0 {
            settings.conflict_retries = 1;
        }
    });
    let context = Context::with_entropy(config.unwrap(), Counted::default());
    let (texts, visits) = (Arena::new(), Arena::new());
    let mut site = Site { context, world: World::default(), ledger: Ledger::new(&texts), visits: &visits };
    let mut requests = [Request::Idle, Request::Idle, Request::Idle];
    for [who, what] in steps.as_chunks().0.iter().take(128) {
        if who & 3 == 3 {
            site.world.now += Duration::from_millis(u64::from(*what) * u64::from(who >> 2) * 10);
            continue;
        }
        let request = &mut requests[usize::from(who & 3)];
        *request = std::mem::replace(request, Request::Idle).step(&mut site, who >> 2, *what);
    }
    site.ledger.reopen_all(&site.context, &mut site.world);
}
