use std::{error::Error, fmt};

use bytes::{BufMut as _, Bytes, BytesMut};
use session_sql::{Cell, Parameter};
use tokio_postgres::{
    Row,
    types::{IsNull, ToSql, Type, to_sql_checked},
};

/// The server takes up to a gigabyte, which nobody wants to load for a request.
const MAX_BYTES: usize = 16 << 20;

/// A parameter as the client library takes it. Its `Debug` shows no value, because the library writes it to the log.
pub(super) struct Value<'a>(pub(super) Parameter<'a>);

impl Value<'_> {
    pub(super) const fn kind(&self) -> Type {
        match self.0 {
            Parameter::Bytes(_) => Type::BYTEA,
            Parameter::Number(_) => Type::INT8,
        }
    }

    /// Whether no record may be so large.
    pub(super) const fn is_too_large(&self) -> bool {
        matches!(self.0, Parameter::Bytes(bytes) if bytes.len() > MAX_BYTES)
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self.0 {
            Parameter::Bytes(bytes) => out.put_slice(bytes),
            Parameter::Number(number) => out.put_i64(number),
        }
        Ok(IsNull::No)
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::BYTEA | Type::INT8)
    }

    to_sql_checked!();
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// The values of a row. The client library does not give its buffer away, which one record would keep whole.
pub(super) fn cells(row: &Row) -> Vec<Cell> {
    let cell = |(index, kind): (usize, &Type)| match *kind {
        Type::BYTEA => row.try_get::<_, &[u8]>(index).map(|bytes| Cell::Bytes(Bytes::copy_from_slice(bytes))),
        Type::INT8 => row.try_get(index).map(Cell::Number),
        Type::BOOL => row.try_get::<_, bool>(index).map(|is_true| Cell::Number(is_true.into())),
        _ => Ok(Cell::Other),
    };
    let kinds = row.columns().iter().map(tokio_postgres::Column::type_);
    kinds.enumerate().map(|column| cell(column).unwrap_or(Cell::Other)).collect()
}
