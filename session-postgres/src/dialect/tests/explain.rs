//! Every statement finds its rows by an index in a large table, according to the server.

use session_testservers::Postgres as Server;

use super::*;
use crate::Schema;

/// 200 owners with ten sessions each, and 38,000 anonymous sessions; one in twenty has expired.
const FILL: &str = "INSERT INTO alo_session (family,digest,revision,owned,created_at,expires_at,data) SELECT \
    CASE WHEN n<2000 THEN decode('81'||lpad(to_hex(n/10),30,'0'),'hex') ELSE decode(lpad(to_hex(n),32,'0'),'hex') END, \
    decode(lpad(to_hex(n+1),64,'0'),'hex'), decode(md5(n::text),'hex'), (n<2000)::int, n, \
    extract(epoch FROM now())*1000 + CASE WHEN n%20=0 THEN -1 ELSE 1 END * 3600000 * (1+n%7), \
    decode(repeat('78',100),'hex') FROM generate_series(0,39999) n";

/// The row of each owner.
const OWNERS: &str = "INSERT INTO alo_session (family,digest,revision,owned,created_at,expires_at,mark,data) \
    SELECT DISTINCT family, decode(repeat('00',32),'hex'), ''::bytea, 0, 2000, 4102444800000, 1, ''::bytea \
    FROM alo_session WHERE owned=1";

#[test]
fn every_statement_uses_an_index() {
    let server = Server::start().unwrap();
    let create = Schema::new("alo_session").unwrap().create_table();
    server.sql(&[&create, FILL, OWNERS, "VACUUM ANALYZE alo_session"].join(";\n")).unwrap();
    let sql = sql("alo_session");
    let (owner, visitor) = (keys(42, 0x81), keys(3042, 0));
    for statement in all(&sql, &visitor, &owner) {
        // A statement that is prepared gets a plan for any values at some time; one that is not, for these.
        for mode in ["force_generic_plan", "force_custom_plan"] {
            let plan = explain(&server, &statement, mode);
            assert!(!plan.contains("Seq Scan"), "{mode}: {}\n{plan}", statement.text);
            let found_by = [
                "using alo_session_pkey",
                "on alo_session_pkey",
                "on alo_session_expires",
                "using alo_session_expires",
                "Insert on",
            ];
            assert!(found_by.iter().any(|part| plan.contains(part)), "{mode}: {}\n{plan}", statement.text);
        }
    }
    let swept = explain(&server, &sql.sweep(10), "force_generic_plan");
    assert!(swept.contains("using alo_session_expires") && swept.contains("Tid Scan"), "{swept}");
}

fn keys(number: u64, owned: u8) -> Keys {
    let mut family = [0; 16];
    family[8..].copy_from_slice(&(if owned > 0 { number / 10 } else { number }).to_be_bytes());
    family[0] = owned;
    let digest = |number: u64| {
        let mut digest = [0; 32];
        digest[24..].copy_from_slice(&number.to_be_bytes());
        digest
    };
    Keys::new(family, digest(number + 1), digest(1 << 40))
}

fn explain(server: &Server, statement: &Statement<'_>, mode: &str) -> String {
    let kinds = statement.parameters.iter().map(|parameter| match parameter {
        Parameter::Bytes(_) => "bytea",
        Parameter::Number(_) => "bigint",
    });
    let values = statement.parameters.iter().map(|parameter| match parameter {
        Parameter::Bytes(bytes) => {
            format!("'\\x{}'", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
        }
        Parameter::Number(number) => number.to_string(),
    });
    let (kinds, values) = (kinds.collect::<Vec<_>>().join(","), values.collect::<Vec<_>>().join(","));
    let text = format!(
        "SET plan_cache_mode={mode}; PREPARE it({kinds}) AS {}; EXPLAIN EXECUTE it({values})",
        statement.text
    );
    server.sql(&text).unwrap_or_else(|error| panic!("{}: {error}", statement.text))
}
