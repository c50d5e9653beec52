use std::{
    thread,
    time::{Duration, Instant},
};

use super::ServerError;

/// Asks again and again, at first every millisecond, until there is an answer or no patience left.
pub(crate) fn poll<T>(patience: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
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

/// Waits until no obstacle is left. One that cannot be asked about is one.
pub(crate) fn wait_for(
    what: &str,
    obstacle: impl Fn() -> Result<Option<String>, ServerError>,
) -> Result<(), ServerError> {
    const PATIENCE: Duration = Duration::from_secs(30);

    let mut last = String::new();
    let ready = poll(PATIENCE, || match obstacle() {
        Ok(None) => Some(()),
        Ok(Some(obstacle)) => {
            last = obstacle;
            None
        }
        Err(error) => {
            last = error.to_string();
            None
        }
    });
    ready.ok_or_else(|| ServerError::failed(format!("waiting for {what}"), last))
}
