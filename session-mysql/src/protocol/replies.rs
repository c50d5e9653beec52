use std::time::Duration;

use bytes::Bytes;
use session_core::{
    id::Digest,
    store::{Cursor, Revision, Stored},
};

use crate::protocol::errors::Trouble;

/// What the server answered, without the types of a client library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// How many rows a statement found and so changed, the same values included.
    Changed(u64),
    Rows(Vec<Row>),
    /// Another row has the key; the statement did nothing.
    Duplicate,
}

pub(crate) type Row = Vec<Cell>;

/// A value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Bytes(Bytes),
    Number(i64),
    /// Something that no statement of ours answers.
    Other,
}

impl Answer {
    pub(crate) const fn changed(&self) -> Result<u64, Trouble> {
        match self {
            Self::Changed(count) => Ok(*count),
            _ => Err(Trouble::Nonsense),
        }
    }

    /// The one number of the one row.
    pub(crate) fn count(self) -> Result<u32, Trouble> {
        match &*self.rows()? {
            [row] => match &**row {
                [Cell::Number(count)] => u32::try_from(*count).map_err(|_| Trouble::Nonsense),
                _ => Err(Trouble::Nonsense),
            },
            _ => Err(Trouble::Nonsense),
        }
    }

    /// The record of the one row there may be, unless it has expired.
    pub(crate) fn record(self) -> Result<Option<Stored>, Trouble> {
        let row = self.rows()?.into_iter().next();
        let is_live = |row: &Row| !matches!(row.get(1), Some(Cell::Number(..=0)));
        row.filter(is_live).map(|row| stored(&mut row.into_iter())).transpose()
    }

    /// The digest and the record of each row.
    pub(crate) fn records(self) -> Result<Vec<(Digest, Stored)>, Trouble> {
        let one = |row: Row| {
            let mut cells = row.into_iter();
            Ok((Digest::from_bytes(array(cells.next())?), stored(&mut cells)?))
        };
        self.rows()?.into_iter().map(one).collect()
    }

    /// The place in its family and the record of each row.
    pub(crate) fn listed(self) -> Result<Vec<(Cursor, Stored)>, Trouble> {
        let one = |row: Row| {
            let mut cells = row.into_iter();
            let Some(Cell::Number(created)) = cells.next() else {
                return Err(Trouble::Nonsense);
            };
            let position = u64::try_from(created).map_err(|_| Trouble::Nonsense)?;
            let cursor = Cursor { position, digest: Digest::from_bytes(array(cells.next())?) };
            Ok((cursor, stored(&mut cells)?))
        };
        self.rows()?.into_iter().map(one).collect()
    }

    /// The digest of each row.
    pub(crate) fn digests(self) -> Result<Vec<Digest>, Trouble> {
        let one = |row: Row| Ok(Digest::from_bytes(array(row.into_iter().next())?));
        self.rows()?.into_iter().map(one).collect()
    }

    fn rows(self) -> Result<Vec<Row>, Trouble> {
        match self {
            Self::Rows(rows) => Ok(rows),
            _ => Err(Trouble::Nonsense),
        }
    }
}

fn stored(cells: &mut impl Iterator<Item = Cell>) -> Result<Stored, Trouble> {
    let revision = Revision::from_bytes(array(cells.next())?);
    let Some(Cell::Number(remaining)) = cells.next() else {
        return Err(Trouble::Nonsense);
    };
    let Some(Cell::Bytes(data)) = cells.next() else {
        return Err(Trouble::Nonsense);
    };
    let remaining = Duration::from_millis(u64::try_from(remaining).unwrap_or(1).max(1));
    Ok(Stored { revision, remaining, data })
}

fn array<const N: usize>(cell: Option<Cell>) -> Result<[u8; N], Trouble> {
    match cell {
        Some(Cell::Bytes(bytes)) => (*bytes).try_into().map_err(|_| Trouble::Nonsense),
        _ => Err(Trouble::Nonsense),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(revision: &'static [u8], remaining: Cell) -> Row {
        vec![Cell::Bytes(Bytes::from_static(revision)), remaining, Cell::Bytes(Bytes::from_static(b"\0\xff"))]
    }

    #[test]
    fn a_row_is_a_record() {
        let stored = Answer::Rows(vec![row(&[7; 16], Cell::Number(1500))]).record().unwrap().unwrap();
        assert_eq!(stored.revision, Revision::from_bytes([7; 16]));
        assert_eq!((stored.remaining, &*stored.data), (Duration::from_millis(1500), &b"\0\xff"[..]));
        assert!(Answer::Rows(Vec::new()).record().unwrap().is_none());
        for over in [0, -1, i64::MIN] {
            assert!(Answer::Rows(vec![row(&[7; 16], Cell::Number(over))]).record().unwrap().is_none());
        }
    }

    #[test]
    fn another_shape_is_an_error() {
        for row in [row(&[7; 15], Cell::Number(1)), row(&[7; 16], Cell::Other), Vec::new()] {
            assert!(Answer::Rows(vec![row.clone()]).record().is_err(), "{row:?}");
            assert!(Answer::Rows(vec![row]).records().is_err());
        }
        assert!(Answer::Changed(1).record().is_err());
        assert!(Answer::Duplicate.changed().is_err());
    }
}
