//! Any answers of a PostgreSQL: rows, errors, what a pooler says; see [`sql_rows`](crate::sql_rows).

use std::sync::LazyLock;

use bytes::Bytes;
use session_postgres::Postgres;
use session_sql::{
    Cell, ErrorKind, Limit, Reply, Statement,
    fuzzing::{Puppet, Say},
};

use crate::{
    source::Source,
    sql_rows::{
        call,
        laws::{Word, Words, check},
    },
};

type Said = Result<(u64, Vec<Vec<Cell>>), ErrorKind>;

/// One that makes a missing table, and one that does not.
static PUPPETS: LazyLock<[Puppet<Postgres>; 2]> = LazyLock::new(|| {
    [true, false]
        .map(|creates| Puppet::new("postgres://nowhere/none", creates).expect("the settings are right"))
});

pub fn run(input: &[u8]) {
    let mut source = Source::new(input);
    let (which, how) = (source.byte(), source.byte());
    let call = call(which, how);
    let mut said_all = Vec::new();
    while !source.is_empty() && said_all.len() < 48 {
        said_all.push(said(&mut source));
    }
    let words: Vec<Words<Cell>> = said_all.iter().map(|said| said.as_ref().ok().cloned()).collect();
    let say = |said: Said| -> Say { Box::new(move |statement| reply(said, statement)) };
    let puppet = &PUPPETS[usize::from(how >> 7)];
    let (answer, sent) = puppet.perform(&call, said_all.into_iter().map(say).collect());
    check(&call, &answer, &sent, &words);
}

/// Like the clients, which look at nothing that was not asked for.
fn reply(said: Said, statement: &Statement<'_>) -> Result<Reply, ErrorKind> {
    let (changed, rows) = said?;
    Ok(match () {
        () if statement.parameters.is_empty() => Reply::Changed(0),
        () if statement.writes => Reply::Changed(changed),
        () => Reply::Rows(rows),
    })
}

impl Word for Cell {
    fn bytes(&self) -> Option<&[u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    fn number(&self) -> Option<i128> {
        if let Self::Number(number) = self { Some((*number).into()) } else { None }
    }
}

fn said(source: &mut Source<'_>) -> Said {
    match source.byte() {
        0..48 => Err(error(source)),
        48..96 => Ok((u64::from(source.byte() % 3), Vec::new())),
        96 => Ok((u64::from_le_bytes(source.array()), Vec::new())),
        _ => {
            let changed = u64::from(source.byte() % 3);
            Ok((changed, (0..source.byte() % 4).map(|_| row(source)).collect()))
        }
    }
}

fn row(source: &mut Source<'_>) -> Vec<Cell> {
    match source.byte() % 8 {
        0 | 1 => (0..source.byte() % 6).map(|_| cell(source)).collect(),
        2 => vec![Cell::Number(source.number())],
        3 => vec![digits(source, 32)],
        4 | 5 => record(source),
        _ => [vec![digits(source, 32)], record(source)].concat(),
    }
}

/// Revision, remaining milliseconds and data; now and then one of them is another.
fn record(source: &mut Source<'_>) -> Vec<Cell> {
    let remaining = Cell::Number(source.number());
    let length = usize::from(source.byte() % 16);
    let mut row =
        vec![digits(source, 16), remaining, Cell::Bytes(Bytes::copy_from_slice(source.bytes(length)))];
    match source.byte() {
        place @ 0..3 => row[usize::from(place)] = cell(source),
        3 => drop(row.pop()),
        _ => {}
    }
    row
}

fn digits(source: &mut Source<'_>, length: usize) -> Cell {
    Cell::Bytes(vec![b'0' + source.byte() % 4; length].into())
}

fn cell(source: &mut Source<'_>) -> Cell {
    match source.byte() % 4 {
        0 => Cell::Other,
        1 => Cell::Number(source.number()),
        _ => {
            let length = [0, 1, 15, 16, 17, 31, 32, 33][usize::from(source.byte() % 8)];
            Cell::Bytes(Bytes::copy_from_slice(source.bytes(length)))
        }
    }
}

fn error(source: &mut Source<'_>) -> ErrorKind {
    const STATES: [&str; 20] = [
        "40001", "40P01", "40003", "23505", "22012", "25006", "25P03", "57P01", "57P03", "53300", "57014",
        "55P03", "08P01", "08006", "26000", "42P01", "42501", "53100", "22001", "XX000",
    ];
    match source.byte() {
        which @ 0..160 => refused(STATES[usize::from(which % 20)], source),
        160..200 => {
            let state = source.array::<5>().map(|byte| b'0' + byte % 43);
            refused(&String::from_utf8_lossy(&state), source)
        }
        200..215 => ErrorKind::Lost(source.text(8)),
        215..225 => ErrorKind::Timeout(Limit::Response),
        225..235 => ErrorKind::Timeout(Limit::Budget),
        235..245 => ErrorKind::UnexpectedReply,
        _ => ErrorKind::TooLarge,
    }
}

fn refused(state: &str, source: &mut Source<'_>) -> ErrorKind {
    let length = usize::from(source.byte() % 16);
    ErrorKind::refused::<Postgres>(None, state, source.text(length))
}
