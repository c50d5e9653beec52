//! Every statement finds its rows by an index in a large table, according to the server.

use mysql::{Conn, Params, Row, Value, prelude::Queryable as _};
use session_core::store::Cursor;
use session_testservers::MariaDb;

use super::*;
use crate::Schema;

/// 200 owners with ten sessions each, and 2,000 anonymous sessions; one in ten has expired.
const FILL: &str = "INSERT INTO alo_session SELECT
  IF(seq<2000, CONCAT(CHAR(128), RIGHT(LPAD(seq DIV 10, 15, '0'), 15)), LPAD(seq, 16, '0')),
  UNHEX(SHA2(seq, 256)), UNHEX(MD5(seq)), seq<2000, seq,
  TIMESTAMPDIFF(MICROSECOND,'1970-01-01',UTC_TIMESTAMP(3)) DIV 1000 + IF(seq MOD 10 = 0, -1, 1) * 600000,
  0, REPEAT('x', 400) FROM seq_0_to_3999";

/// The row of each owner.
const OWNERS: &str = "INSERT INTO alo_session SELECT DISTINCT family, REPEAT(CHAR(0),32), '', 0, 2000,
  4102444800000, 1, '' FROM alo_session WHERE owned=1";

#[test]
fn every_statement_uses_an_index() {
    let server = MariaDb::start().unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    server.sql(FILL).unwrap();
    server.sql(OWNERS).unwrap();
    server.sql("ANALYZE TABLE alo_session").unwrap();
    let mut conn = Conn::new(&*server.url()).unwrap();
    let stored: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> = conn
        .query("SELECT family,digest,revision FROM alo_session WHERE family LIKE '%0000042' AND owned=1 ORDER BY created_at DESC")
        .unwrap();
    let [(family, digest, revision), (_, other, _), ..] = &*stored else { panic!("{stored:?}") };
    let family = Family::from_bytes(family[..].try_into().unwrap());
    let key = |digest: &[u8]| StoreKey { family, digest: Digest::from_bytes(digest.try_into().unwrap()) };
    let (from, other, new) = (key(digest), key(other), key(&[7; 32]));
    let visitor: Option<(Vec<u8>, Vec<u8>)> =
        conn.query_first("SELECT family,digest FROM alo_session WHERE family LIKE '%00003042'").unwrap();
    let (visitors, digest) = visitor.unwrap();
    let visitor = StoreKey { family: Family::from_bytes(visitors[..].try_into().unwrap()), ..key(&digest) };
    let revision = Revision::from_bytes(revision[..].try_into().unwrap());
    let write = Write { next: Revision::from_bytes([9; 16]), data: b"x", ttl: Duration::from_secs(1) };
    let sql = Sql::new::<Mysql>(&Table::new("alo_session").unwrap());

    let page = Page { after: Some(Cursor { position: 424, digest: from.digest }), ..Page::default() };
    let by_key = [
        sql.load(&from),
        sql.load_pair(&from, &other),
        sql.load_together(&[&from, &other]),
        sql.load_together(&[&from; 16]),
        sql.clear_key(&from),
        sql.commit(&from, &revision, &write),
        sql.touch(&from, &revision, write.ttl),
        sql.change_key(&from, &revision, &new, &write),
        sql.delete(&from, None),
        sql.delete(&from, Some(&revision)),
        sql.leave_tombstone(&from, None, &write),
        sql.leave_tombstone(&from, Some(&revision), &write),
        sql.devices(&family, OWNER_ROW, 512),
        sql.count_devices(&family),
        sql.end_of_part(&family, OWNER_ROW, 5),
        sql.raise_mark(&family, 1, 1),
        sql.renew(&from, 1),
        sql.remove_ended(&family, (OWNER_ROW, &from.digest), 1),
        sql.list(&family, &page),
    ];
    let anonymous = [
        sql.load(&visitor),
        sql.load_together(&[&visitor, &from]),
        sql.commit(&visitor, &revision, &write),
        sql.touch(&visitor, &revision, write.ttl),
        sql.change_key(&visitor, &revision, &new, &write),
        sql.delete(&visitor, Some(&revision)),
        sql.leave_tombstone(&visitor, Some(&revision), &write),
    ];
    for statement in by_key.iter().chain(&anonymous) {
        assert_uses(&mut conn, statement, "PRIMARY", 12);
    }
    // The range of expired rows; the limit ends it. They are deleted by their keys.
    assert_uses(&mut conn, &sql.count_expired(10), "expires_at", 600);
    assert_uses_each(&mut conn, &sql.sweep(10), SWEPT, 600);
    // Also where nearly all have expired, so that a reader of the whole table would find some at once.
    server
        .sql("UPDATE alo_session SET expires_at=expires_at-900000 WHERE digest>REPEAT(CHAR(1),32)")
        .unwrap();
    server.sql("ANALYZE TABLE alo_session").unwrap();
    assert_uses_each(&mut conn, &sql.sweep(10), SWEPT, 10_000);
}

/// The rows to sweep are found by one index and deleted by the other.
const SWEPT: &[(&str, &str)] = &[("alo_session", "expires_at"), ("s", "PRIMARY")];

fn assert_uses(conn: &mut Conn, statement: &Statement<'_>, index: &str, most: u64) {
    let indexes = ["alo_session", "s", "o"].map(|table| (table, index));
    assert_uses_each(conn, statement, &indexes, most);
}

/// Each table of the statement is read by the index beside its name.
fn assert_uses_each(conn: &mut Conn, statement: &Statement<'_>, indexes: &[(&str, &str)], most: u64) {
    let explain = format!("EXPLAIN {}", statement.text);
    let plan: Vec<Row> = conn.exec(explain, parameters(statement)).unwrap();
    let mut on_the_table = 0;
    for row in plan {
        let text = |name| row.get::<Option<String>, _>(name).unwrap();
        let table = text("table").unwrap_or_default();
        let Some((_, index)) = indexes.iter().find(|(name, _)| *name == table) else {
            assert!(table.starts_with("<derived"), "{row:?}");
            continue;
        };
        on_the_table += 1;
        let (key, rows) = (text("key"), text("rows").map_or(0, |rows| rows.parse::<u64>().unwrap()));
        assert_eq!(key.as_deref(), Some(*index), "{}: {row:?}", statement.text);
        assert!(rows <= most, "{}: {row:?}", statement.text);
    }
    assert!(on_the_table > 0, "{}", statement.text);
}

fn parameters(statement: &Statement<'_>) -> Params {
    let value = |parameter: &Parameter<'_>| match parameter {
        Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        Number(number) => Value::Int(*number),
    };
    Params::Positional(statement.parameters.iter().map(value).collect())
}
