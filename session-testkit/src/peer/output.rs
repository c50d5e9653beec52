use std::{
    io::{BufRead as _, BufReader, Read},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

/// The last lines that a process has printed. They are not shown unless it fails.
#[derive(Debug, Clone, Default)]
pub(super) struct Output(Arc<Mutex<Vec<String>>>);

impl Output {
    const LINES: usize = 12;

    /// Reads everything on a thread of its own and shows each line to `see`.
    pub(super) fn drain(&self, from: impl Read + Send + 'static, mut see: impl FnMut(&str) + Send + 'static) {
        let output = self.clone();
        thread::spawn(move || {
            let mut from = BufReader::new(from);
            let mut line = Vec::new();
            while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                let text = String::from_utf8_lossy(&line).trim_end().to_owned();
                see(&text);
                output.keep(text);
                line.clear();
            }
        });
    }

    fn keep(&self, line: String) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let surplus = (lines.len() + 1).saturating_sub(Self::LINES);
        lines.drain(..surplus);
        lines.push(line);
    }

    /// The lines as the end of a sentence, or nothing if there are none.
    pub(super) fn told(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.is_empty() { String::new() } else { format!("; it printed:\n    {}", lines.join("\n    ")) }
    }
}
