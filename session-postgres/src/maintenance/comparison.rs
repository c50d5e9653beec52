use session_sql::{
    Table,
    maintenance::{Comparison, Difference, Origin},
};

use super::found::Found;
use crate::{
    Postgres, Schema,
    schema::{self, SETTINGS},
};

/// The columns as the catalogue shows them.
const COLUMNS: [(&str, &str); 9] = [
    ("created_at", "bigint NOT NULL"),
    ("expires_at", "bigint NOT NULL"),
    ("mark", "bigint NOT NULL"),
    ("expires_hour", "integer NOT NULL (expires_at / 3600000)"),
    ("owned", "smallint NOT NULL"),
    ("family", "bytea NOT NULL"),
    ("digest", "bytea NOT NULL"),
    ("revision", "bytea NOT NULL"),
    ("data", "bytea NOT NULL"),
];

/// What was found, beside the schema.
pub(super) fn comparison(found: Option<&Found>, table: &Table) -> Comparison {
    let Some(found) = found else { return Comparison::missing::<Postgres>(table) };
    let is_complete = COLUMNS.iter().all(|(name, _)| found.columns.iter().any(|(column, _)| column == name));
    let origin = Origin::of::<Postgres>(found.is_table, &found.comment, is_complete);
    let differences = [of_columns(found), of_indexes(found, table), of_settings(found, table)].concat();
    Comparison::found::<Postgres>(table, origin, differences)
}

fn of_columns(found: &Found) -> Vec<Difference> {
    let ours = COLUMNS.iter().filter_map(|(name, wanted)| {
        match found.columns.iter().find(|(column, _)| column == name) {
            None => Some(format!("there is no column {name}")),
            Some((_, is)) if without_types(is) != *wanted => {
                Some(format!("the column {name} is `{is}`, and not `{wanted}`"))
            }
            Some(_) => None,
        }
    });
    // Whoever writes a session does not know it.
    let is_foreign = |(name, _): &&(String, String)| !COLUMNS.iter().any(|(column, _)| column == name);
    let foreign = found.columns.iter().filter(is_foreign).filter(|(_, kind)| kind.contains("NOT NULL"));
    let foreign = foreign.map(|(name, _)| format!("the column {name} is not ours and must not be null"));
    ours.chain(foreign).map(Difference::incurable).collect()
}

fn of_indexes(found: &Found, table: &Table) -> Vec<Difference> {
    let has = |wanted: &str| found.indexes.iter().any(|index| index == wanted);
    let mut differences = Vec::new();
    if !has("primary family,digest") {
        differences.push(Difference::incurable("the primary key is not (family, digest)"));
    }
    if !has("expires_hour") {
        let what = "there is no index on expires_hour";
        differences.push(Difference::curable(what, schema::create_index_beside_writers(table)));
    }
    // Each update would write to the index, so none would be HOT.
    let is_dear = |column| matches!(column, "expires_at" | "revision" | "data");
    let dear = found.indexes.iter().filter(|index| index.split([' ', ',']).any(is_dear));
    let dear = dear.map(|index| format!("the index on ({index}) makes every write dearer"));
    differences.extend(dear.map(Difference::incurable));
    differences
}

fn of_settings(found: &Found, table: &Table) -> Vec<Difference> {
    let table = table.quoted::<Postgres>();
    let is_missing = |setting: &&str| !found.options.iter().any(|is| is == setting);
    let missing: Vec<&str> = SETTINGS.into_iter().filter(is_missing).collect();
    let mut differences = Vec::new();
    if !missing.is_empty() {
        let change = format!("ALTER TABLE {table} SET ({})", missing.join(", "));
        differences.push(Difference::curable(format!("it has not {}", missing.join(" and ")), change));
    }
    if Schema::version_in(&found.comment).is_none() {
        let change = format!("COMMENT ON TABLE {table} IS '{}'", Schema::comment());
        differences.push(Difference::curable("its comment does not say whose it is", change));
    }
    differences
}

/// The catalogue writes `(expires_at / 3600000)` with or without the type of the number.
fn without_types(text: &str) -> String {
    text.replace("::bigint", "").replace("'3600000'", "3600000")
}
