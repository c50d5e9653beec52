//! The targets on any compiler: on the seeds, then on random changes of them, without the guidance of coverage.
//!
//! unguided SECONDS [TARGET...]   that long each, on all processors
//! unguided TARGET FILE...        on these inputs

use std::{
    env, fs,
    panic::catch_unwind,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use session_fuzz::{TARGETS, Target};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (first, rest) = arguments.split_first().expect("unguided SECONDS [TARGET...] or TARGET FILE...");
    let named =
        |name: &String| TARGETS.into_iter().find(|(target, _)| target == name).ok_or_else(|| name.clone());
    if let Ok((_, run)) = named(first) {
        rest.iter().for_each(|file| run(&fs::read(file).expect("the file can be read")));
        return ExitCode::SUCCESS;
    }
    let time = Duration::from_secs(first.parse().expect("a number of seconds or a target"));
    let targets: Vec<Target> = rest.iter().map(named).collect::<Result<_, _>>().expect("they are targets");
    let targets = if targets.is_empty() { TARGETS.to_vec() } else { targets };
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(target) = targets.get(next.fetch_add(1, Ordering::Relaxed)) {
                    failed.fetch_or(!stands(*target, time), Ordering::Relaxed);
                }
            });
        }
    });
    if failed.into_inner() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Returns whether nothing was found in the time. An input that fails is saved.
fn stands((name, run): Target, time: Duration) -> bool {
    const LONGEST: Duration = Duration::from_secs(5);

    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let seeds = read_all(&home.join("seeds").join(name));
    assert!(!seeds.is_empty(), "{name} has no seeds");
    let (mut left, mut random) = (seeds.iter(), Random(0x5eed));
    let (start, mut executions, mut before) = (Instant::now(), 0_u64, Duration::ZERO);
    while before < time || left.len() > 0 {
        let input = left.next().cloned().unwrap_or_else(|| random.change(&seeds));
        let found = catch_unwind(|| run(&input)).is_err();
        let after = start.elapsed();
        executions += 1;
        if found || after - before > LONGEST {
            let file = home.join("artifacts").join(name).join(format!("unguided-{executions}"));
            fs::create_dir_all(file.with_file_name("")).expect("a directory can be made");
            fs::write(&file, &input).expect("the input can be written");
            println!("{name:<14} FAILED in {:?}: {}", after - before, file.display());
            return false;
        }
        before = after;
    }
    println!("{name:<14} {executions:>12} executions");
    true
}

fn read_all(directory: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files.into_iter().map(|file| fs::read(file).expect("a seed can be read")).collect()
}

/// Xorshift, with the same sequence in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 as usize % bound.max(1)
    }

    fn byte(&mut self) -> u8 {
        self.below(256) as u8
    }

    /// A seed with a few changes.
    fn change(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut input = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(6) {
            let at = self.below(input.len() + 1);
            let end = at + self.below((input.len() - at).min(16) + 1);
            match (self.below(6), input.get_mut(at)) {
                (0, Some(byte)) => *byte = self.byte(),
                (1, Some(byte)) => *byte ^= 1 << self.below(8),
                (2, Some(byte)) => *byte = byte.wrapping_add_signed(self.below(9) as i8 - 4),
                (3, _) => drop(input.drain(at..end)),
                (4, _) => {
                    let other = &seeds[self.below(seeds.len())];
                    let from = self.below(other.len());
                    let to = (from + 1 + self.below(32)).min(other.len());
                    drop(input.splice(at..end, other[from..to].iter().copied()));
                }
                _ => {
                    let random: Vec<u8> = (0..self.below(16)).map(|_| self.byte()).collect();
                    drop(input.splice(at..at, random));
                }
            }
        }
        input
    }
}
