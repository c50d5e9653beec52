use std::cell::RefCell;

use forkguard::Guard;
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
/// process that was copied by a system call of its own instead of `fork` of the C library. Start the program after the
/// snapshot, or give the [`Context`](crate::Context) a source of entropy that asks the system each time.
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
    fork: Guard,
    fills_left: u32,
}

impl Seeded {
    fn from_system() -> Result<Self, EntropyError> {
        let fork = guard()?;
        let rng = ChaCha20Rng::try_from_rng(&mut SysRng)
            .map_err(|error| EntropyError::new(format!("the operating system's source failed: {error}")))?;
        Ok(Self { rng, fork, fills_left: FILLS_PER_SEED })
    }

    /// A forked child inherits the state of the generator, and would repeat what its parent draws.
    fn is_spent(&mut self) -> bool {
        self.fills_left == 0 || self.fork.detected_fork()
    }

    fn fill(&mut self, out: &mut [u8]) {
        self.rng.fill_bytes(out);
        self.fills_left -= 1;
    }
}

/// A handler that counts the forks of this process.
#[cfg(unix)]
fn guard() -> Result<Guard, EntropyError> {
    Guard::try_new().map_err(|error| EntropyError::new(format!("no fork could be noticed: {error}")))
}

#[cfg(not(unix))]
fn guard() -> Result<Guard, EntropyError> {
    Ok(Guard::default())
}

impl Entropy for Generator {
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        SEEDED.with_borrow_mut(|seeded| fill_in(seeded, out))
    }
}

fn fill_in(seeded: &mut Option<Seeded>, out: &mut [u8]) -> Result<(), EntropyError> {
    if let Some(current) = seeded
        && !current.is_spent()
    {
        current.fill(out);
    } else {
        seeded.insert(Seeded::from_system()?).fill(out);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(seeded: &Option<Seeded>) -> Option<Seeded> {
        seeded.as_ref().map(|s| Seeded { rng: s.rng.clone(), fork: s.fork.clone(), ..*s })
    }

    fn next(seeded: &mut Option<Seeded>) -> [u8; 32] {
        let mut out = [0; 32];
        fill_in(seeded, &mut out).unwrap();
        out
    }

    #[test]
    fn the_seed_is_renewed() {
        let mut one = None;
        for _ in 1..FILLS_PER_SEED {
            next(&mut one);
        }
        let mut twin = copy(&one);
        assert_eq!(next(&mut one), next(&mut twin), "the state is what repeats");
        assert_ne!(next(&mut one), next(&mut twin), "both reseed from the system");
    }
}
