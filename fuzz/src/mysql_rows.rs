//! Any answers of a MySQL: rows, packets, errors; see [`sql_rows`](crate::sql_rows).

use std::{
    io,
    sync::{Arc, LazyLock},
};

use mysql::{Column, DriverError, Error, MySqlError, Value, consts::ColumnType};
use mysql_common::{
    io::ParseBuf,
    proto::{Binary, MyDeserialize as _, codec::error::PacketCodecError},
    row::RowDeserializer,
    value::ServerSide,
};
use session_mysql::fuzzing::{Puppet, Said};

use crate::{
    source::Source,
    sql_rows::{
        call,
        laws::{Word, Words, check},
    },
};

type Row = Vec<Option<Value>>;

/// One that makes a missing table, and one that does not.
static PUPPETS: LazyLock<[Puppet; 2]> =
    LazyLock::new(|| [true, false].map(|creates| Puppet::new(creates).expect("the settings are right")));

pub fn run(input: &[u8]) {
    let mut source = Source::new(input);
    let (which, how) = (source.byte(), source.byte());
    let call = call(which, how);
    let mut said_all = Vec::new();
    while !source.is_empty() && said_all.len() < 48 {
        said_all.push(said(&mut source));
    }
    // The server's words are used up.
    let words: Vec<_> = said_all.iter().map(words).collect();
    let puppet = &PUPPETS[usize::from(how >> 7)];
    let (answer, sent) = puppet.perform(&call, said_all);
    check(&call, &answer, &sent, &words);
}

fn words(said: &Said) -> Words<Option<Value>> {
    match said {
        Said::Reply(changed, rows) => Some((*changed, rows.clone())),
        Said::Failed(_) => None,
    }
}

impl Word for Option<Value> {
    fn bytes(&self) -> Option<&[u8]> {
        if let Some(Value::Bytes(bytes)) = self { Some(bytes) } else { None }
    }

    fn number(&self) -> Option<i128> {
        match self {
            Some(Value::Int(number)) => Some((*number).into()),
            Some(Value::UInt(number)) => Some((*number).into()),
            _ => None,
        }
    }
}

fn said(source: &mut Source<'_>) -> Said {
    match source.byte() {
        0..48 => Said::Failed(error(source)),
        48..96 => Said::Reply(u64::from(source.byte() % 3), Vec::new()),
        96 => Said::Reply(u64::from_le_bytes(source.array()), Vec::new()),
        _ => {
            let changed = u64::from(source.byte() % 3);
            Said::Reply(changed, (0..source.byte() % 4).map(|_| row(source)).collect())
        }
    }
}

fn row(source: &mut Source<'_>) -> Row {
    match source.byte() % 8 {
        0 => (0..source.byte() % 6).map(|_| value(source)).collect(),
        1 => packet(source),
        2 => vec![Some(Value::Int(source.number()))],
        3 => vec![digits(source, 32)],
        4 | 5 => record(source),
        _ => [vec![digits(source, 32)], record(source)].concat(),
    }
}

/// Revision, remaining milliseconds and data; now and then one of them is another.
fn record(source: &mut Source<'_>) -> Row {
    let remaining = Some(Value::Int(source.number()));
    let length = usize::from(source.byte() % 16);
    let mut row = vec![digits(source, 16), remaining, Some(Value::Bytes(source.bytes(length).to_vec()))];
    match source.byte() {
        place @ 0..3 => row[usize::from(place)] = value(source),
        3 => drop(row.pop()),
        _ => {}
    }
    row
}

fn digits(source: &mut Source<'_>, length: usize) -> Option<Value> {
    Some(Value::Bytes(vec![b'0' + source.byte() % 4; length]))
}

fn value(source: &mut Source<'_>) -> Option<Value> {
    Some(match source.byte() % 10 {
        0 => return None,
        1 => Value::NULL,
        2 => Value::Int(source.number()),
        3 => Value::UInt(u64::from_le_bytes(source.array())),
        4 => Value::Float(f32::from_le_bytes(source.array())),
        5 => Value::Double(f64::from_le_bytes(source.array())),
        6 => Value::Date(2026, source.byte(), source.byte(), 0, 0, 0, 0),
        7 => Value::Time(false, 1, source.byte(), 0, 0, 0),
        _ => {
            let length = [0, 1, 15, 16, 17, 31, 32, 33][usize::from(source.byte() % 8)];
            Value::Bytes(source.bytes(length).to_vec())
        }
    })
}

/// A row as it comes over the wire, of the columns that a list asks for, or of none if these bytes are no row.
fn packet(source: &mut Source<'_>) -> Row {
    static COLUMNS: LazyLock<Arc<[Column]>> = LazyLock::new(|| {
        use ColumnType::{MYSQL_TYPE_BLOB, MYSQL_TYPE_LONGLONG, MYSQL_TYPE_STRING};
        [MYSQL_TYPE_LONGLONG, MYSQL_TYPE_STRING, MYSQL_TYPE_STRING, MYSQL_TYPE_LONGLONG, MYSQL_TYPE_BLOB]
            .map(Column::new)
            .into()
    });
    let length = usize::from(source.byte());
    let mut bytes = ParseBuf(source.bytes(length));
    let row = RowDeserializer::<ServerSide, Binary>::deserialize(Arc::clone(&COLUMNS), &mut bytes);
    row.map_or_else(|_| Vec::new(), |row| row.into_inner().unwrap_raw())
}

fn error(source: &mut Source<'_>) -> Error {
    const CODES: [u16; 16] =
        [1053, 1062, 1080, 1146, 1153, 1180, 1205, 1213, 1290, 1317, 1927, 2013, 3024, 3169, 4031, 1054];
    const KINDS: [io::ErrorKind; 6] = [
        io::ErrorKind::TimedOut,
        io::ErrorKind::WouldBlock,
        io::ErrorKind::ConnectionReset,
        io::ErrorKind::UnexpectedEof,
        io::ErrorKind::InvalidData,
        io::ErrorKind::Other,
    ];
    let io = |source: &mut Source<'_>| io::Error::from(KINDS[usize::from(source.byte() % 6)]);
    match source.byte() {
        which @ 0..128 => answer(CODES[usize::from(which % 16)], source),
        128..160 => answer(u16::from_le_bytes(source.array()), source),
        160..200 => Error::IoError(io(source)),
        200..210 => Error::CodecError(PacketCodecError::Io(io(source))),
        210..215 => Error::CodecError(PacketCodecError::PacketTooLarge),
        215..220 => Error::CodecError(PacketCodecError::PacketsOutOfSync),
        220..225 => Error::CodecError(PacketCodecError::BadCompressedPacketHeader),
        225..235 => Error::DriverError(DriverError::ConnectTimeout),
        235..245 => Error::DriverError(DriverError::UnexpectedPacket),
        _ => Error::FromValueError(Value::Bytes(source.bytes(8).to_vec())),
    }
}

fn answer(code: u16, source: &mut Source<'_>) -> Error {
    let length = usize::from(source.byte() % 16);
    Error::MySqlError(MySqlError { state: "HY000".to_owned(), message: source.text(length), code })
}
