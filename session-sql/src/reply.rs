use std::{time::Duration, vec};

use bytes::Bytes;
use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Cursor, Revision, Stored},
};

use crate::ErrorKind;

/// What the server replied, without the types of a client library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// How many rows a statement found to change, those included whose values stayed the same.
    Changed(u64),
    /// What a statement that reads has found.
    Rows(Vec<Row>),
    /// Another row has the key; the statement changed nothing.
    Duplicate,
}

/// The values of a row, in the order of the statement.
pub type Row = Vec<Cell>;

/// A session of an owner without its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// When it was created, in milliseconds; no two sessions of an owner have the same.
    pub stamp: i64,
    /// Its key within the family.
    pub digest: Digest,
    /// Whether it can be opened.
    pub is_live: bool,
    /// The mark of the owner, the same in every row.
    pub mark: i64,
}

/// A value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A binary string.
    Bytes(Bytes),
    /// A number.
    Number(i64),
    /// A value of a type that none of our statements returns.
    Other,
}

impl Reply {
    /// Returns how many rows were changed.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedReply`] if the reply is of another kind.
    pub const fn changed(&self) -> Result<u64, ErrorKind> {
        match self {
            Self::Changed(count) => Ok(*count),
            _ => Err(ErrorKind::UnexpectedReply),
        }
    }

    /// Returns whether a row was changed or inserted; `false` if another row has the key.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedReply`] if the reply has another shape.
    pub const fn took_effect(&self) -> Result<bool, ErrorKind> {
        match self {
            Self::Changed(count) => Ok(*count > 0),
            Self::Duplicate => Ok(false),
            Self::Rows(_) => Err(ErrorKind::UnexpectedReply),
        }
    }

    /// Returns whether so many rows were inserted; `false` if another row has one of the keys.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedReply`] if the reply has another shape.
    pub fn inserted_all(&self, rows: usize) -> Result<bool, ErrorKind> {
        match self {
            Self::Changed(count) => Ok(usize::try_from(*count) == Ok(rows)),
            Self::Duplicate => Ok(false),
            Self::Rows(_) => Err(ErrorKind::UnexpectedReply),
        }
    }

    /// The number in the only row.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedReply`] if the reply has another shape.
    pub fn count(self) -> Result<u32, ErrorKind> {
        let [count] = self.numbers()?;
        u32::try_from(count).map_err(|_| ErrorKind::UnexpectedReply)
    }

    /// The numbers in the only row.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedReply`] if the reply has another shape.
    pub fn numbers<const N: usize>(self) -> Result<[i64; N], ErrorKind> {
        let rows = self.each(|cells| (0..N).map(|_| cells.number()).collect::<Result<Vec<i64>, _>>())?;
        let [row] = <[Vec<i64>; 1]>::try_from(rows).map_err(|_| ErrorKind::UnexpectedReply)?;
        row.try_into().map_err(|_| ErrorKind::UnexpectedReply)
    }

    /// The digest in the first row; `None` if there is no row.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedReply`] if the reply has another shape.
    pub fn digest(self) -> Result<Option<Digest>, ErrorKind> {
        Ok(self.each(Cells::digest)?.into_iter().next())
    }

    /// The record in the first row; `None` if there is no row or the record has expired.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedReply`] if the reply has another shape.
    pub fn record(self) -> Result<Option<Stored>, ErrorKind> {
        let row = self.rows()?.into_iter().next();
        let is_live = |row: &Row| !matches!(row.get(1), Some(Cell::Number(..=0)));
        row.filter(is_live).map(|row| Cells(row.into_iter()).stored()).transpose()
    }

    /// The digest and the record in each row.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedReply`] if the reply has another shape.
    pub fn records(self) -> Result<Vec<(Digest, Stored)>, ErrorKind> {
        self.each(|cells| Ok((cells.digest()?, cells.stored()?)))
    }

    /// The key and the record in each row.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedReply`] if the reply has another shape.
    pub fn keyed_records(self) -> Result<Vec<(StoreKey, Stored)>, ErrorKind> {
        self.each(|cells| {
            let family = Family::from_bytes(cells.array()?);
            Ok((StoreKey { family, digest: cells.digest()? }, cells.stored()?))
        })
    }

    /// The key and the revision in each row.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedReply`] if the reply has another shape.
    pub fn revisions(self) -> Result<Vec<(StoreKey, Revision)>, ErrorKind> {
        self.each(|cells| {
            let family = Family::from_bytes(cells.array()?);
            Ok((StoreKey { family, digest: cells.digest()? }, Revision::from_bytes(cells.array()?)))
        })
    }

    /// The position in its family and the record in each row.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedReply`] if the reply has another shape.
    pub fn listed(self) -> Result<Vec<(Cursor, Stored)>, ErrorKind> {
        self.each(|cells| {
            let position = u64::try_from(cells.number()?).map_err(|_| ErrorKind::UnexpectedReply)?;
            Ok((Cursor { position, digest: cells.digest()? }, cells.stored()?))
        })
    }

    /// The session of an owner in each row.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedReply`] if the reply has another shape.
    pub fn devices(self) -> Result<Vec<Device>, ErrorKind> {
        self.each(|cells| {
            let (digest, stamp) = (cells.digest()?, cells.number()?);
            Ok(Device { stamp, digest, is_live: cells.number()? != 0, mark: cells.number()? })
        })
    }

    fn each<T>(self, read: impl Fn(&mut Cells) -> Result<T, ErrorKind>) -> Result<Vec<T>, ErrorKind> {
        self.rows()?.into_iter().map(|row| read(&mut Cells(row.into_iter()))).collect()
    }

    fn rows(self) -> Result<Vec<Row>, ErrorKind> {
        match self {
            Self::Rows(rows) => Ok(rows),
            _ => Err(ErrorKind::UnexpectedReply),
        }
    }
}

/// The cells of a row that are still to be read, from left to right.
struct Cells(vec::IntoIter<Cell>);

impl Cells {
    fn number(&mut self) -> Result<i64, ErrorKind> {
        match self.0.next() {
            Some(Cell::Number(number)) => Ok(number),
            _ => Err(ErrorKind::UnexpectedReply),
        }
    }

    fn bytes(&mut self) -> Result<Bytes, ErrorKind> {
        match self.0.next() {
            Some(Cell::Bytes(bytes)) => Ok(bytes),
            _ => Err(ErrorKind::UnexpectedReply),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ErrorKind> {
        (*self.bytes()?).try_into().map_err(|_| ErrorKind::UnexpectedReply)
    }

    fn digest(&mut self) -> Result<Digest, ErrorKind> {
        Ok(Digest::from_bytes(self.array()?))
    }

    fn stored(&mut self) -> Result<Stored, ErrorKind> {
        let revision = Revision::from_bytes(self.array()?);
        let remaining = u64::try_from(self.number()?).unwrap_or(1).max(1);
        Ok(Stored { revision, remaining: Duration::from_millis(remaining), data: self.bytes()? })
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
        let stored = Reply::Rows(vec![row(&[7; 16], Cell::Number(1500))]).record().unwrap().unwrap();
        assert_eq!(stored.revision, Revision::from_bytes([7; 16]));
        assert_eq!((stored.remaining, &*stored.data), (Duration::from_millis(1500), &b"\0\xff"[..]));
        assert!(Reply::Rows(Vec::new()).record().unwrap().is_none());
        for over in [0, -1, i64::MIN] {
            assert!(Reply::Rows(vec![row(&[7; 16], Cell::Number(over))]).record().unwrap().is_none());
        }
    }

    #[test]
    fn another_shape_is_an_error() {
        for row in [row(&[7; 15], Cell::Number(1)), row(&[7; 16], Cell::Other), Vec::new()] {
            assert!(Reply::Rows(vec![row.clone()]).record().is_err(), "{row:?}");
            assert!(Reply::Rows(vec![row]).records().is_err());
        }
        assert!(Reply::Changed(1).record().is_err());
        assert!(Reply::Duplicate.changed().is_err());
    }
}
