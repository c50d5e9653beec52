use std::cell::RefCell;

use getrandom::SysRng;
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng as _, SeedableRng as _},
};

use super::{Entropy, EntropyError};

/// The default source of entropy: ChaCha20 per thread, seeded by the operating system, and seeded again after 4,096
/// fills and in a forked process.
///
/// A snapshot of a virtual machine that is started twice repeats up to 4,096 fills in each of its threads, and so does a
/// process that is forked into another PID namespace under the same number. Start the program after the snapshot, or give
/// the [`Context`](crate::Context) a source of entropy that asks the system each time.
///
/// ```
/// use alo_session::id::{Entropy as _, Generator};
///
/// let mut token = [0; 32];
/// Generator.fill(&mut token)?;
/// # Ok::<(), alo_session::id::EntropyError>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::exhaustive_structs, reason = "the name of the type is its value")]
pub struct Generator;

const FILLS_PER_SEED: u32 = 4096;

thread_local! {
    static SEEDED: RefCell<Option<Seeded>> = const { RefCell::new(None) };
}

struct Seeded {
    rng: ChaCha20Rng,
    process: u32,
    fills_left: u32,
}

impl Seeded {
    fn from_system(process: u32) -> Result<Self, EntropyError> {
        let rng = ChaCha20Rng::try_from_rng(&mut SysRng)
            .map_err(|error| EntropyError::new(format!("the operating system's source failed: {error}")))?;
        Ok(Self { rng, process, fills_left: FILLS_PER_SEED })
    }
}

impl Entropy for Generator {
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        // A forked child inherits the state of the generator, but not the process id.
        SEEDED.with_borrow_mut(|seeded| fill_in(seeded, std::process::id(), out))
    }
}

fn fill_in(seeded: &mut Option<Seeded>, process: u32, out: &mut [u8]) -> Result<(), EntropyError> {
    let current = match seeded {
        Some(current) if current.process == process && current.fills_left > 0 => current,
        _ => seeded.insert(Seeded::from_system(process)?),
    };
    current.rng.fill_bytes(out);
    current.fills_left -= 1;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(seeded: &Option<Seeded>) -> Option<Seeded> {
        seeded.as_ref().map(|s| Seeded { rng: s.rng.clone(), ..*s })
    }

    fn next(seeded: &mut Option<Seeded>, process: u32) -> [u8; 32] {
        let mut out = [0; 32];
        fill_in(seeded, process, &mut out).unwrap();
        out
    }

    #[test]
    fn a_forked_child_does_not_repeat_its_parent() {
        let mut parent = None;
        next(&mut parent, 1);
        let mut child = copy(&parent);
        let mut twin = copy(&parent);
        let bytes = next(&mut parent, 1);
        assert_eq!(bytes, next(&mut twin, 1), "the state is what repeats without the check");
        assert_ne!(bytes, next(&mut child, 2));
    }

    #[test]
    fn the_seed_is_renewed() {
        let mut one = None;
        for _ in 0..FILLS_PER_SEED {
            next(&mut one, 1);
        }
        let mut twin = copy(&one);
        assert_ne!(next(&mut one, 1), next(&mut twin, 1), "both reseed from the system");
    }
}
