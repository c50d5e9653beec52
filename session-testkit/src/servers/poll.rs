use std::{
    thread,
    time::{Duration, Instant},
};

/// Asks again and again, at first every millisecond, until there is an answer or no patience left.
pub(super) fn poll<T>(patience: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        let answer = ask();
        if answer.is_some() || start.elapsed() >= patience {
            return answer;
        }
        thread::sleep(pause);
        pause = (pause + Duration::from_millis(1)).min(Duration::from_millis(10));
    }
}
