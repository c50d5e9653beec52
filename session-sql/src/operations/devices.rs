use std::time::Instant;

use session_core::id::{Digest, Family};

use super::{Connection, Conversation, Error};
use crate::{
    Device,
    retry::{DEVICES, FEW},
};

/// The sessions of an owner, without their records. It needs the owner's row, so that none is added meanwhile.
#[derive(Default)]
pub(super) struct Devices {
    /// The live ones, each with its stamp.
    pub(super) live: Vec<(i64, Digest)>,
    /// How many rows there are, live or not.
    pub(super) rows: u64,
    /// How many of them the mark has ended.
    ended: usize,
    /// The mark of the owner, or zero.
    pub(super) mark: i64,
}

impl Devices {
    /// Looks at all rows.
    pub(super) async fn find<C: Connection>(
        server: &mut Conversation<'_, C>,
        family: &Family,
    ) -> Result<Self, Error> {
        let mut found = Self::default();
        let (mut last, mut batch) = (Digest::from_bytes([0; 32]), DEVICES);
        loop {
            let began = Instant::now();
            let page = server.ask(&server.sql.devices(family, &last, batch.rows())).await?.devices()?;
            let is_full = u32::try_from(page.len()).is_ok_and(|rows| rows >= batch.rows());
            for Device { digest, stamp, is_live, mark } in page {
                (last, found.mark) = (digest, mark);
                found.rows += 1;
                found.ended += usize::from(stamp <= mark);
                if is_live {
                    found.live.push((stamp, digest));
                }
            }
            if !is_full {
                return Ok(found);
            }
            batch.took(began.elapsed());
        }
    }

    /// The stamp of the youngest, or zero.
    pub(super) fn youngest(&self) -> i64 {
        self.live.iter().map(|(stamp, _)| *stamp).max().unwrap_or_default()
    }

    /// Whether so many rows of ended sessions are left that it is time to remove them.
    pub(super) const fn are_many_left(&self) -> bool {
        self.ended > FEW
    }
}
