/// The statements, named after what they do. `Owned` is the form for a session of an owner, which also compares the owner's
/// mark; the other form never looks for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StatementKind {
    /// Reads the record under a key.
    Load,
    /// The form for a session of an owner.
    LoadOwned,
    /// Reads the live records under two keys of a family.
    LoadPair,
    /// Reads the live records under up to four keys.
    LoadFour,
    /// Reads the live records under up to sixteen keys.
    LoadSixteen,
    /// Inserts a record that no owner has.
    Insert,
    /// Inserts four records that no owner has.
    InsertFour,
    /// Inserts sixteen records that no owner has.
    InsertSixteen,
    /// Inserts a session of an owner, whose age `LockOwner` has just set.
    InsertOwned,
    /// Writes over a record that has a revision.
    Commit,
    /// The form for a session of an owner.
    CommitOwned,
    /// Writes over up to four records that no owner has and nobody holds, and returns the keys and the new revisions of those that it has
    /// written. Not every database has it.
    CommitFour,
    /// The same for up to sixteen.
    CommitSixteen,
    /// Sets the deadline of a record that has a revision.
    Touch,
    /// The form for a session of an owner.
    TouchOwned,
    /// Puts a record that has a revision under another key of its family, unless that is taken.
    ChangeKey,
    /// The form for a session of an owner.
    ChangeKeyOwned,
    /// Deletes a live record, whatever its revision or if it has one.
    Delete,
    /// The form for a session of an owner.
    DeleteOwned,
    /// Writes a tombstone over a live record, on the same conditions.
    LeaveTombstone,
    /// The form for a session of an owner.
    LeaveTombstoneOwned,
    /// Deletes a record if it is dead.
    ClearKey,
    /// Makes or finds the owner's row, locks it, and makes it younger than before.
    LockOwner,
    /// Reads the keys of an owner's sessions, some rows behind a digest.
    Devices,
    /// Counts an owner's rows and live sessions, and reads the largest age and the mark.
    CountDevices,
    /// Reads the digest of the last of some rows behind a digest.
    EndOfPart,
    /// Raises the owner's mark.
    RaiseMark,
    /// Makes a session as young as `RaiseMark` has just made the row of its owner.
    Renew,
    /// Deletes an owner's sessions of a range that are not younger than a mark.
    RemoveEnded,
    /// Reads a page of an owner's live sessions.
    List,
    /// Counts expired records, up to a limit.
    CountExpired,
    /// Deletes expired records, up to a limit.
    Sweep,
}

impl StatementKind {
    /// How many there are.
    pub const COUNT: usize = 32;

    /// Whether it changes rows.
    #[must_use]
    pub const fn writes(self) -> bool {
        !matches!(
            self,
            Self::Load
                | Self::LoadOwned
                | Self::LoadPair
                | Self::LoadFour
                | Self::LoadSixteen
                | Self::Devices
                | Self::CountDevices
                | Self::EndOfPart
                | Self::List
                | Self::CountExpired
        )
    }

    /// Whether it returns rows; the others return how many they have changed.
    #[must_use]
    pub const fn returns_rows(self) -> bool {
        !self.writes() || self.is_optional()
    }

    /// Whether a database may be without it.
    #[must_use]
    pub const fn is_optional(self) -> bool {
        matches!(self, Self::CommitFour | Self::CommitSixteen)
    }

    /// Its own text, of one that several kinds have.
    pub(crate) fn form(self, text: &str) -> String {
        let is_sixteen = matches!(self, Self::LoadSixteen | Self::InsertSixteen | Self::CommitSixteen);
        let rows = if is_sixteen { "{16*" } else { "{4*" };
        let text = text.replace("{n*", rows);
        let parts = text.split_once('[').and_then(|(before, rest)| Some((before, rest.split_once(']')?)));
        let Some((before, (of_owner, after))) = parts else { return text };
        let compares_mark = matches!(
            self,
            Self::CommitOwned
                | Self::TouchOwned
                | Self::ChangeKeyOwned
                | Self::DeleteOwned
                | Self::LeaveTombstoneOwned
        );
        [before, if compares_mark { of_owner } else { "" }, after].concat()
    }
}
