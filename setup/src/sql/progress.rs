use std::io::{IsTerminal as _, Write as _, stderr};

/// Shows on a terminal how much is done: changing a large table takes a while.
#[derive(Default)]
pub(super) struct Bar {
    is_shown: bool,
}

impl Bar {
    pub(super) fn show(&mut self, part: f64) {
        const WIDTH: usize = 40;
        if !stderr().is_terminal() {
            return;
        }
        let filled = (part.clamp(0.0, 1.0) * WIDTH as f64) as usize;
        let bar = format!("{}{}", "#".repeat(filled), ".".repeat(WIDTH.saturating_sub(filled)));
        // A bar that cannot be shown is no reason to stop the statement.
        let _ = write!(stderr(), "\r[{bar}] {:3.0} %", part * 100.0);
        self.is_shown = true;
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if self.is_shown {
            let _ = writeln!(stderr());
        }
    }
}
