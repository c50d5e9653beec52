use std::{
    io,
    sync::{Arc, Mutex},
};

use super::lookup::Lookup;
use crate::process_mark;

/// The lookups of this process that others may join. Without them a name that takes longer than the limit would never be
/// known, and each attempt would leave a thread behind.
static OPEN: Mutex<Vec<Open>> = Mutex::new(Vec::new());

struct Open {
    /// After a fork the child has the list but not the threads.
    process: u64,
    host: String,
    lookup: Arc<Lookup>,
}

/// Joins the lookup of this host that is under way, or starts one.
pub(super) fn join(host: &str) -> io::Result<Arc<Lookup>> {
    // Never waits: in the child of a fork, the lock may be held by a thread that does not exist there.
    let Ok(mut open) = OPEN.try_lock() else {
        return Lookup::start(host);
    };
    let process = process_mark();
    open.retain(|open| open.process == process && open.lookup.is_open());
    if let Some(found) = open.iter().find(|open| open.host == host) {
        return Ok(Arc::clone(&found.lookup));
    }
    let lookup = Lookup::start(host)?;
    open.push(Open { process, host: host.to_owned(), lookup: Arc::clone(&lookup) });
    Ok(lookup)
}
