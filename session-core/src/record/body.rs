use std::time::Duration;

use bytes::Bytes;

use super::{
    Entries, Entry, Front, Lineage, Live, Record, RecordError, TokenDigests, error::damaged, reader::Reader,
};
use crate::{
    Timestamp,
    config::Codec,
    id::{Digest, Family, StoreKey},
    observe::EndedBy,
};

/// The greatest [`max_keys`](crate::config::Limits::max_keys), and three reserved keys.
const MOST_KEYS: usize = 65_536 + 3;

/// Reads the record whose body, the bytes that bincode writes for an `Envelope`, starts at offset `at`.
///
/// It is read without bincode, whose decoder takes half as long again for the same bytes and the same errors.
pub(super) fn read(data: Bytes, at: usize, codec: Codec) -> Result<Record, RecordError> {
    let mut reader = Reader::new(&data, at);
    let unreadable = || damaged("its envelope cannot be read");
    let kind = reader.short().ok_or_else(unreadable)?;
    if kind > 0 {
        let record = tombstone(&mut reader, kind).ok_or_else(unreadable)?;
        return if reader.is_at_its_end() { Ok(record) } else { Err(damaged(TRAILING)) };
    }
    let (mut live, lineage) = live(&mut reader, codec).ok_or_else(unreadable)?;
    let Pairs { entries, size, wrong } = pairs(&mut reader).ok_or_else(unreadable)?;
    if !reader.is_at_its_end() {
        return Err(damaged(TRAILING));
    }
    live.lineage = lineage.ok_or_else(|| damaged("its lineage cannot be read"))?;
    if let Some(wrong) = wrong {
        return Err(damaged(wrong));
    }
    live.entries = Entries::stored(data, entries, size);
    Ok(Record::Live(live))
}

const TRAILING: &str = "trailing bytes";

fn tombstone(reader: &mut Reader<'_>, kind: u64) -> Option<Record> {
    Some(match kind {
        1 => Record::Moved { to: Digest::from_bytes(reader.array()?), grace_until: timestamp(reader)? },
        2 => {
            let family = Family::from_bytes(reader.array()?);
            let digest = Digest::from_bytes(reader.array()?);
            let (to, at) = (StoreKey { family, digest }, timestamp(reader)?);
            Record::Superseded { to, at, tokens: TokenDigests::from_bytes(reader.bytes()?)? }
        }
        3 => Record::Ended { by: EndedBy::from_byte(reader.byte()?)?, at: timestamp(reader)? },
        _ => return None,
    })
}

/// A session without its entries and its lineage, and the lineage if it can be read.
fn live(reader: &mut Reader<'_>, codec: Codec) -> Option<(Live, Option<Lineage>)> {
    let lineage = Lineage::from_bytes(reader.bytes()?);
    let live = Live {
        codec,
        lineage: Lineage::default(),
        created: timestamp(reader)?,
        renewed: timestamp(reader)?,
        deadline: timestamp(reader)?,
        seen: timestamp(reader)?,
        idle: reader.option(duration)?,
        remembered: reader.option(duration)?,
        authenticated: reader.option(timestamp)?,
        level: reader.byte()?,
        owner: reader.option(Reader::text)?.map(str::to_owned),
        label: reader.option(Reader::text)?.map(Into::into),
        entries: Entries::default(),
    };
    Some((live, lineage))
}

/// The keys and values of a session.
struct Pairs {
    entries: Vec<Entry>,
    /// The total size of all keys and values in bytes.
    size: usize,
    /// The reason why they are not those of a record although they could be read.
    wrong: Option<&'static str>,
}

/// Keys must be text, sorted and unique. The count is not trusted: it is at most what any configuration allows to write, and
/// no more room is reserved than the remaining bytes can fill.
fn pairs(reader: &mut Reader<'_>) -> Option<Pairs> {
    let count = usize::try_from(reader.number()?).ok().filter(|count| *count <= MOST_KEYS)?;
    // The shortest pair is two lengths.
    let mut entries = Vec::with_capacity(count.min(reader.left() / 2));
    let (mut size, mut wrong, mut last) = (0, None, None);
    for _ in 0..count {
        let (key, value) = (reader.range()?, reader.range()?);
        size += key.len() + value.len();
        let name = reader.part(&key);
        let front = Front::of(name);
        // Fast path: nearly every key is ASCII.
        let is_ascii = front.is_ascii() && name.get(8..).is_none_or(<[u8]>::is_ascii);
        if !is_ascii && str::from_utf8(name).is_err() {
            wrong.get_or_insert("a key is not UTF-8");
        }
        if last.replace((front, name)).is_some_and(|last| last >= (front, name)) {
            wrong.get_or_insert("its keys are not sorted");
        }
        entries.push(Entry::stored(front, key, value));
    }
    Some(Pairs { entries, size, wrong })
}

fn timestamp(reader: &mut Reader<'_>) -> Option<Timestamp> {
    reader.number().map(Timestamp::from_millis)
}

fn duration(reader: &mut Reader<'_>) -> Option<Duration> {
    reader.number().map(Duration::from_millis)
}
