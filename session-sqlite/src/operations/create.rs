use session_core::{
    id::{Digest, StoreKey},
    store::{Cap, CreateOutcome, OnFull, Write},
};

use super::{Step, record::digest};
use crate::failure::Result;

/// What has expired under the key is replaced.
pub(super) const INSERT: &str = "\
    INSERT INTO session (family, digest, revision, age, expires, data) VALUES (?1, ?2, ?3, NULL, ?4, ?5) \
    ON CONFLICT (family, digest) DO UPDATE SET revision=?3, age=NULL, expires=?4, data=?5 WHERE expires<=?6";
/// The newest session of the owner.
pub(super) const INSERT_OWNED: &str = "\
    INSERT INTO session (family, digest, revision, age, expires, data) VALUES (?1, ?2, ?3, \
    (SELECT COALESCE(MAX(age), 0)+1 FROM session WHERE family=?1 AND age IS NOT NULL), ?4, ?5) \
    ON CONFLICT (family, digest) DO UPDATE SET revision=?3, age=excluded.age, expires=?4, data=?5 WHERE expires<=?6";
/// All but the newest, newest first.
pub(super) const TOO_MANY: &str = "\
    SELECT digest FROM session WHERE family=?1 AND age IS NOT NULL AND expires>?2 \
    ORDER BY age DESC LIMIT -1 OFFSET ?3";
pub(super) const REMOVE: &str = "DELETE FROM session WHERE family=?1 AND digest=?2";

impl Step<'_> {
    pub(super) fn create(self, key: StoreKey, write: Write<'_>, cap: Option<Cap>) -> Result<CreateOutcome> {
        let mut evicted = Vec::new();
        if let Some(cap) = cap.filter(|_| key.is_owned()) {
            // Before anything is evicted, because this may be a repetition.
            if let Some(outcome) = self.occupied(&key, &write)? {
                return Ok(outcome);
            }
            evicted = self.too_many(&key, cap)?;
            if !evicted.is_empty() && cap.on_full == OnFull::Refuse {
                return Ok(CreateOutcome::Full);
            }
            for digest in &evicted {
                self.execute(REMOVE, (key.family.as_bytes(), digest.as_bytes()))?;
            }
        }
        let insert = if key.is_owned() { INSERT_OWNED } else { INSERT };
        if self.insert(insert, &key, &write)? {
            return Ok(CreateOutcome::Created { evicted });
        }
        Ok(self.occupied(&key, &write)?.unwrap_or(CreateOutcome::Exists))
    }

    /// Says what a live record under the key means, or returns `None`.
    fn occupied(self, key: &StoreKey, write: &Write<'_>) -> Result<Option<CreateOutcome>> {
        Ok(self.load(key)?.map(|live| CreateOutcome::occupied(live.revision, write.next)))
    }

    /// Returns the sessions that must end for one more, oldest first.
    fn too_many(self, key: &StoreKey, cap: Cap) -> Result<Vec<Digest>> {
        let parameters = (key.family.as_bytes(), self.now, cap.max.get() - 1);
        let mut found = self.rows(TOO_MANY, parameters, |row| digest(row, 0))?;
        found.reverse();
        Ok(found)
    }
}
