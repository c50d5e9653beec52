//! How [`session_testservers`] fits in, with the feature `testservers`.

use std::error::Error;

#[cfg(feature = "testservers")]
use std::time::Duration;

#[cfg(feature = "testservers")]
use session_testservers::proxy::{Direction, Mode, Proxy};

#[cfg(feature = "testservers")]
use crate::{Condition, Network};

#[cfg(feature = "testservers")]
impl Network for Proxy {
    fn set(&self, condition: Condition) {
        self.set(match condition {
            Condition::Working | Condition::ConnectionsDead => Mode::Pass,
            Condition::Down => Mode::Refuse,
            Condition::Hung => Mode::Stall,
            Condition::RepliesHeld => Mode::HoldReplies,
            Condition::Slow(time) => Mode::Delay(time),
            Condition::RequestsCutAfter(bytes) => Mode::CutAfter { direction: Direction::ToServer, bytes },
            Condition::RepliesCutAfter(bytes) => Mode::CutAfter { direction: Direction::ToClient, bytes },
        });
        match condition {
            Condition::Down => self.cut(),
            Condition::ConnectionsDead => self.half_open(),
            _ => {}
        }
    }

    fn delivers(&self, within: Duration) -> bool {
        self.wait(within, |traffic| traffic.held == 0)
    }
}

/// Why the server that a fixture needs is not there, if that is what the error says.
pub(crate) fn absence(error: &(dyn Error + Send + Sync + 'static)) -> Option<String> {
    #[cfg(all(unix, feature = "testservers"))]
    return error.downcast_ref().and_then(session_testservers::ServerError::absence);
    #[cfg(not(all(unix, feature = "testservers")))]
    {
        let _ = error;
        None
    }
}
