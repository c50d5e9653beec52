use std::{
    thread,
    time::{Duration, Instant},
};

use crate::{ServerError, limits::GROUP_READY};

/// Asks again and again, at first every millisecond, until there is an answer or the time is over.
pub(crate) fn poll<T>(limit: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        let answer = ask();
        if answer.is_some() || start.elapsed() >= limit {
            return answer;
        }
        thread::sleep(pause);
        pause = (pause + Duration::from_millis(1)).min(Duration::from_millis(10));
    }
}

/// Waits until no obstacle is left. An error of the question counts as an obstacle.
pub(crate) fn wait_for(
    what: &str,
    obstacle: impl Fn() -> Result<Option<String>, ServerError>,
) -> Result<(), ServerError> {
    let mut last = String::new();
    let ready = poll(GROUP_READY, || match obstacle() {
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
