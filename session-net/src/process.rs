use std::{process, sync::OnceLock};

use forkguard::Guard;

/// Returns what tells this process from those that it was forked from, and from those that are forked from it.
///
/// A child of a fork must not speak on the sockets of its parent. Whoever has one remembers this mark, and compares it later. That
/// costs no system call in the process that asked first. A process that was copied by a system call of its own, past `fork` of the C
/// library, has the mark of its parent.
///
/// ```
/// let made_in = session_net::process_mark();
/// assert_eq!(session_net::process_mark(), made_in, "until this process is forked");
/// ```
///
/// # Panics
/// If the system has no memory for a handler of forks, when it is asked for the first time.
#[must_use]
pub fn process_mark() -> u64 {
    static FIRST: OnceLock<Guard> = OnceLock::new();
    let is_forked = FIRST.get_or_init(forkguard::new).clone().detected_fork();
    // A child in another PID namespace may have the number of its parent.
    if is_forked { 1 << 32 | u64::from(process::id()) } else { 0 }
}
