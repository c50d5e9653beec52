use std::{fmt, ops::Deref, sync::Arc};

use crate::length::Length;

/// A key or a value. A short one is stored inline, a long one is shared by its copies.
#[derive(Clone)]
pub(crate) enum Piece {
    Short { length: u8, bytes: [u8; Self::SHORT] },
    Long(Arc<[u8]>),
}

impl Piece {
    /// The most bytes that fit without making `Part` larger than its ranges do.
    pub(super) const SHORT: usize = 22;

    /// A piece of the first bytes, of which no more may count than there are. Those behind them are zeros.
    pub(super) fn short(bytes: [u8; Self::SHORT], length: usize) -> Self {
        Self::Short { length: u8::try_from(length).unwrap_or_default(), bytes }
    }
}

impl From<&[u8]> for Piece {
    fn from(piece: &[u8]) -> Self {
        let mut bytes = [0; Self::SHORT];
        match (bytes.get_mut(..piece.len()), u8::try_from(piece.len())) {
            (Some(room), Ok(length)) => {
                room.copy_from_slice(piece);
                Self::Short { length, bytes }
            }
            _ => Self::Long(piece.into()),
        }
    }
}

impl From<&str> for Piece {
    fn from(piece: &str) -> Self {
        piece.as_bytes().into()
    }
}

impl Deref for Piece {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Short { length, bytes } => bytes.get(..usize::from(*length)).unwrap_or_default(),
            Self::Long(bytes) => bytes,
        }
    }
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Piece").field(&Length(self.len())).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_it_was_made_of() {
        let bytes: Vec<u8> = (0..=255).cycle().take(600).collect();
        for length in (0..64).chain([255, 256, 257, 600]) {
            let piece = Piece::from(&bytes[..length]);
            assert_eq!(*piece, bytes[..length]);
            assert_eq!(matches!(piece, Piece::Short { .. }), length <= Piece::SHORT);
        }
    }
}
