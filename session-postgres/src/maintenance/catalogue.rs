//! What a table must be in PostgreSQL, what it is, and how it can become right.

use session_sql::{
    Table,
    maintenance::{Catalogued, Difference, Fault, Found},
};

use crate::{
    Postgres, Schema,
    schema::{self, SETTINGS},
};

impl Catalogued for Postgres {
    /// Every column and its type, with the expression of the generated one.
    const COLUMNS: &'static [(&'static str, &'static [&'static str])] = &[
        ("created_at", &["bigint"]),
        ("expires_at", &["bigint"]),
        ("mark", &["bigint"]),
        ("expires_hour", &["integer (expires_at / 3600000)"]),
        ("owned", &["smallint"]),
        ("family", &["bytea"]),
        ("digest", &["bytea"]),
        ("revision", &["bytea"]),
        ("data", &["bytea"]),
    ];

    const EXPIRY: &'static str = "expires_hour";

    /// What `pg_catalog` is asked. It writes the number of an expression with or without its type.
    fn questions(_: &Table) -> [String; 3] {
        [
            "SELECT (relkind IN ('r','p'))::int,obj_description(oid,'pg_class'),array_to_string(reloptions,' ') \
             FROM pg_class WHERE oid=to_regclass('{table}')",
            "SELECT attname,format_type(atttypid,atttypmod)||CASE WHEN attgenerated<>'' \
             THEN ' '||replace(replace(pg_get_expr(adbin,adrelid),'::bigint',''),'''','') ELSE '' END,\
             (NOT attnotnull)::int,(atthasdef OR attidentity<>'')::int \
             FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid=attrelid AND adnum=attnum \
             WHERE attrelid=to_regclass('{table}') AND attnum>0 AND NOT attisdropped ORDER BY attnum",
            "SELECT indisprimary::int,(SELECT string_agg(attname,',' ORDER BY n) FROM unnest(indkey::int2[]) \
             WITH ORDINALITY k(number,n) JOIN pg_attribute ON attrelid=indrelid AND attnum=k.number) \
             FROM pg_index WHERE indrelid=to_regclass('{table}') AND indisvalid AND indpred IS NULL",
        ].map(str::to_owned)
    }

    /// The statement that repairs the fault. No column and no key is rewritten, because everyone would wait.
    fn difference(fault: Fault<'_>, what: String, found: &Found, table: &Table) -> Difference {
        let quoted = table.quoted::<Postgres>();
        match fault {
            Fault::Values(column) if !column.is_nullable => {
                let change = format!("ALTER TABLE {quoted} ALTER COLUMN {} SET DEFAULT 0", column.name);
                Difference::curable(what, change)
            }
            Fault::Index if found.column(Self::EXPIRY).is_some() => {
                Difference::curable(what, schema::create_index_beside_writers(table))
            }
            Fault::Comment => {
                Difference::curable(what, format!("COMMENT ON TABLE {quoted} IS '{}'", Schema::comment()))
            }
            _ => Difference::incurable(what),
        }
    }

    /// What makes the writes cheap.
    fn further_differences(found: &Found, table: &Table) -> Vec<Difference> {
        // Each update would write to the index, so none would be HOT.
        let is_dear = |column: &String| matches!(&**column, "expires_at" | "revision" | "data");
        let dear = found.indexes.iter().filter(|columns| columns.iter().any(is_dear)).map(|columns| {
            Difference::incurable(format!("the index on ({}) makes every write dearer", columns.join(",")))
        });
        let is_missing = |setting: &&str| !found.settings.iter().any(|is| is == setting);
        let missing: Vec<&str> = SETTINGS.into_iter().filter(is_missing).collect();
        let change = format!("ALTER TABLE {} SET ({})", table.quoted::<Postgres>(), missing.join(", "));
        let settings = Difference::curable(format!("it has not {}", missing.join(" and ")), change);
        dear.chain((!missing.is_empty()).then_some(settings)).collect()
    }
}
