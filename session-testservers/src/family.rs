use std::{
    fs,
    path::{Path, PathBuf},
};

/// Every process whose working directory is this private directory or below it: a server and its children, also those
/// that have left its process group or have lost their parent. Empty where the system has no `/proc`.
pub(crate) fn family(directory: &Path) -> Vec<u32> {
    let Ok(processes) = fs::read_dir("/proc") else { return vec![] };
    let works_there = |process: &PathBuf| {
        fs::read_link(process.join("cwd")).is_ok_and(|works_in| works_in.starts_with(directory))
    };
    let number = |process: PathBuf| process.file_name()?.to_str()?.parse().ok();
    processes.flatten().map(|process| process.path()).filter(works_there).filter_map(number).collect()
}

/// Whether every thread of a process has stopped, or is no more. Assumes so where the system has no `/proc`.
pub(crate) fn has_stopped(id: u32) -> bool {
    all_threads_are(id, &['T', 't', 'Z', 'X'])
}

/// Whether a process is no more, or nobody has waited for it yet. Assumes so where the system has no `/proc`.
pub(crate) fn has_ended(id: u32) -> bool {
    all_threads_are(id, &['Z', 'X'])
}

fn all_threads_are(id: u32, states: &[char]) -> bool {
    let Ok(threads) = fs::read_dir(format!("/proc/{id}/task")) else { return true };
    threads.flatten().all(|thread| {
        let stat = fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        // The state follows the name, which is in parentheses and can contain parentheses.
        stat.rsplit_once(')').is_none_or(|(_, rest)| rest.trim_start().starts_with(states))
    })
}
