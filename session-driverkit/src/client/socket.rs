use super::Connection;
use crate::{
    case::{Checked, Seen},
    handler::Act,
};

/// A websocket, frame by frame.
pub(crate) struct Socket(Connection);

impl Socket {
    pub(super) const fn new(connection: Connection) -> Self {
        Self(connection)
    }

    /// Says what the handler shall do, and returns what the server answers.
    pub(crate) fn ask(&mut self, act: &Act) -> Checked<String> {
        let text = act.query();
        let Some(length) = u8::try_from(text.len()).ok().filter(|length| *length < 126) else {
            return Err(Seen::new(format!("the kit says more to a socket than it can: {text}")));
        };
        // A masked text frame, under a mask of zeros.
        let mut frame = vec![0x81, 0x80 | length, 0, 0, 0, 0];
        frame.extend_from_slice(text.as_bytes());
        self.0.write(&frame)?;
        loop {
            let head = self.0.exactly(2)?;
            let [first, length] = head.as_slice() else { continue };
            let length = match length & 0x7f {
                126 => self.0.exactly(2)?.into_iter().fold(0, |length, byte| length << 8 | usize::from(byte)),
                length => usize::from(length),
            };
            let answer = self.0.exactly(length)?;
            // Pings and the like are not answers.
            if first & 0x0f == 1 {
                return Ok(String::from_utf8_lossy(&answer).into_owned());
            }
        }
    }
}
