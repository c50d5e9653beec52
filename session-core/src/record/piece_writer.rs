use std::io;

use super::Piece;

/// Collects the bytes of a piece. Those of a short one need no allocation.
#[derive(Default)]
pub(crate) struct PieceWriter {
    short: [u8; Piece::SHORT],
    length: usize,
    /// All bytes, if there are more than fit.
    long: Vec<u8>,
}

impl PieceWriter {
    pub(crate) fn finish(self) -> Piece {
        match self.long.is_empty() {
            true => Piece::short(self.short, self.length),
            false => self.long.as_slice().into(),
        }
    }
}

impl io::Write for PieceWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let end = self.length + bytes.len();
        if let Some(room) = self.short.get_mut(self.length..end) {
            room.copy_from_slice(bytes);
        } else {
            if self.long.is_empty() {
                self.long.extend_from_slice(self.short.get(..self.length).unwrap_or_default());
            }
            self.long.extend_from_slice(bytes);
        }
        self.length = end;
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_piece_is_what_was_written_in_whatever_parts() {
        let bytes: Vec<u8> = (0..=255).cycle().take(300).collect();
        for length in [0, 1, 21, 22, 23, 24, 60, 300] {
            for part in [1, 2, 5, 21, 22, 23, 300] {
                let mut writer = PieceWriter::default();
                bytes[..length].chunks(part).for_each(|part| writer.write_all(part).unwrap());
                assert_eq!(*writer.finish(), bytes[..length], "{length} in parts of {part}");
            }
        }
    }
}
