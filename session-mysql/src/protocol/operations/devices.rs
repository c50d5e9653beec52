use std::time::Instant;

use session_core::id::{Digest, Family};

use super::{Connection, Conversation, Error};
use crate::{
    protocol::Device,
    retry::{DEVICES, FEW, REMOVED},
};

/// The sessions of an owner, without their records. It needs the owner's row, so that none is added meanwhile.
#[derive(Default)]
pub(super) struct Devices {
    /// The live ones, each with its stamp.
    pub(super) live: Vec<(i64, Digest)>,
    /// Sessions that have ended or expired, and whose rows still exist.
    dead: Vec<Digest>,
    /// The mark of the owner, or zero.
    pub(super) mark: i64,
}

impl Devices {
    /// Looks at all rows, until the time is over if one is given.
    pub(super) async fn find<C: Connection>(
        server: &mut Conversation<'_, C>,
        family: &Family,
        until: Option<Instant>,
    ) -> Result<Self, Error> {
        let mut found = Self::default();
        let (mut last, mut batch) = (Digest::from_bytes([0; 32]), DEVICES);
        loop {
            let began = Instant::now();
            let page = server.ask(&server.sql.devices(family, &last, batch.rows())).await?.devices()?;
            let is_full = u32::try_from(page.len()).is_ok_and(|rows| rows >= batch.rows());
            for Device { digest, stamp, is_live, mark } in page {
                (last, found.mark) = (digest, mark);
                if is_live {
                    found.live.push((stamp, digest));
                } else {
                    found.dead.push(digest);
                }
            }
            if !is_full || until.is_some_and(|until| Instant::now() >= until) {
                return Ok(found);
            }
            batch.took(began.elapsed());
        }
    }

    /// The stamp of the youngest, or zero.
    pub(super) fn youngest(&self) -> i64 {
        self.live.iter().map(|(stamp, _)| *stamp).max().unwrap_or_default()
    }

    /// Whether so many rows are dead that it is time to remove them.
    pub(super) const fn are_many_dead(&self) -> bool {
        self.dead.len() > FEW
    }

    /// Removes the rows of the sessions that are not younger than the mark, a short transaction for each part, while there
    /// is time. What remains is dead all the same.
    pub(super) async fn remove_ended<C: Connection>(
        mut self,
        server: &mut Conversation<'_, C>,
        family: &Family,
        mark: i64,
        until: Instant,
    ) {
        self.dead.extend(self.live.iter().filter(|(stamp, _)| *stamp <= mark).map(|(_, digest)| *digest));
        self.dead.sort_unstable();
        let (mut rest, mut batch) = (&*self.dead, REMOVED);
        while let Some(first) = rest.first()
            && Instant::now() < until
        {
            let rows = usize::try_from(batch.rows()).unwrap_or(usize::MAX).min(rest.len());
            let (part, behind) = rest.split_at(rows);
            let began = Instant::now();
            let range = (first, part.last().unwrap_or(first));
            if server.try_ask(&server.sql.remove_ended(family, range, mark)).await.is_none() {
                return;
            }
            batch.took(began.elapsed());
            rest = behind;
        }
    }
}
