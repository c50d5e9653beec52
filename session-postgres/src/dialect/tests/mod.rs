mod explain;
mod golden;

use std::time::Duration;

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Cursor, Page, Revision, Write},
};
use session_sql::{OWNER_ROW, Parameter, Sql, Statement, Table};

use super::{Postgres, texts::PARTS};

fn sql(table: &str) -> Sql {
    Sql::new::<Postgres>(&Table::new(table).unwrap())
}

/// Every statement, in the order of their kinds: those of an anonymous session and those of an owner's.
fn all<'a>(sql: &'a Sql, visitor: &'a Keys, owner: &'a Keys) -> Vec<Statement<'a>> {
    let of = |keys: &'a Keys| {
        let Keys { from, to, revision, write, .. } = keys;
        [
            sql.load(from),
            sql.load_pair(from, to),
            sql.load_together(&[from, to]),
            sql.load_together(&[from; 16]),
            sql.commit(from, revision, write),
            sql.touch(from, revision, write.ttl),
            sql.change_key(from, revision, to, write),
            sql.delete(from, None),
            sql.delete(from, Some(revision)),
            sql.leave_tombstone(from, None, write),
            sql.leave_tombstone(from, Some(revision), write),
            sql.clear_key(from),
        ]
    };
    let (family, digest) = (&owner.from.family, &owner.from.digest);
    let mut statements: Vec<_> = of(visitor).into_iter().chain(of(owner)).collect();
    statements.extend([
        sql.insert(&visitor.from, &visitor.write),
        sql.insert_together(&visitor.four),
        sql.insert_together(&visitor.sixteen),
        sql.commit_together(&[&visitor.change; 4]),
        sql.commit_together(&[&visitor.change; 16]),
        sql.lock_owner(family),
        sql.insert_owned(&owner.to, &owner.write),
        sql.devices(family, OWNER_ROW, 512),
        sql.count_devices(family),
        sql.end_of_part(family, OWNER_ROW, 5),
        sql.raise_mark(family, 1, 1),
        sql.renew(&owner.from, 1),
        sql.remove_ended(family, (OWNER_ROW, digest), 1),
        sql.list(family, &owner.page),
        sql.count_expired(10),
        sql.sweep(10),
    ]);
    statements
}

/// What the statements are about.
struct Keys {
    from: StoreKey,
    to: StoreKey,
    revision: Revision,
    write: Write<'static>,
    page: Page,
    four: [(StoreKey, Write<'static>); 4],
    sixteen: [(StoreKey, Write<'static>); 16],
    change: (StoreKey, Revision, Write<'static>),
}

impl Keys {
    fn new(family: [u8; 16], digest: [u8; 32], other: [u8; 32]) -> Self {
        let family = Family::from_bytes(family);
        let key = |digest| StoreKey { family, digest: Digest::from_bytes(digest) };
        let (from, to) = (key(digest), key(other));
        let write = Write {
            next: Revision::from_bytes([5; 16]),
            data: &[6; 3],
            ttl: Duration::from_nanos(1_500_000_001),
        };
        let page = Page { after: Some(Cursor { position: 424, digest: from.digest }), ..Page::default() };
        let (revision, four, sixteen) =
            (Revision::from_bytes([4; 16]), [(from, write); 4], [(from, write); 16]);
        Self { from, to, revision, write, page, four, sixteen, change: (from, revision, write) }
    }
}
