use std::time::Instant;

use session_core::id::{Digest, Family};

use super::{Connection, Conversation};
use crate::{OWNER_ROW, Reply, retry::REMOVED};

/// The largest digest.
const LAST: Digest = Digest::from_bytes([0xff; 32]);

/// Removes the rows of the sessions that are not younger than the mark, a short transaction for each part, while there is
/// time. What remains is dead all the same. `rows` is how many the owner has, live ones included.
pub(super) async fn remove_ended<C: Connection>(
    server: &mut Conversation<'_, C>,
    family: &Family,
    mark: i64,
    mut rows: u64,
    until: Instant,
) {
    let (mut first, mut batch) = (*OWNER_ROW, REMOVED);
    while rows > 0 && Instant::now() < until {
        let part = batch.rows();
        let last = if rows > u64::from(part) {
            let reply = server.try_ask(&server.sql.end_of_part(family, &first, part)).await;
            let Some(Ok(last)) = reply.map(Reply::digest) else { return };
            last.unwrap_or(LAST)
        } else {
            LAST
        };
        let began = Instant::now();
        if server.try_ask(&server.sql.remove_ended(family, (&first, &last), mark)).await.is_none() {
            return;
        }
        batch.took(began.elapsed());
        rows = if last == LAST { 0 } else { rows.saturating_sub(part.into()) };
        first = last;
    }
}
