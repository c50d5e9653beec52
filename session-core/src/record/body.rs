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

/// The body of a record: the bytes that bincode writes for an `Envelope`.
///
/// It is read without bincode, whose decoder takes half as long again for the same bytes and the same errors.
pub(super) struct Body {
    record: Record,
    entries: Vec<Entry>,
    /// The total size of all keys and values in bytes.
    size: usize,
    /// The reason why the envelope is not a record although it could be read.
    wrong: Option<&'static str>,
}

impl Body {
    /// Reads the record whose body starts at offset `at`.
    pub(super) fn read(data: Bytes, at: usize, codec: Codec) -> Result<Record, RecordError> {
        let mut reader = Reader::new(&data, at);
        let body = Self::parse(&mut reader, codec);
        let Self { mut record, entries, size, wrong } =
            body.ok_or_else(|| damaged("its envelope cannot be read"))?;
        if !reader.is_at_its_end() {
            return Err(damaged("trailing bytes"));
        }
        if let Some(wrong) = wrong {
            return Err(damaged(wrong));
        }
        if let Record::Live(live) = &mut record {
            live.entries = Entries::stored(data, entries, size);
        }
        Ok(record)
    }

    fn parse(reader: &mut Reader<'_>, codec: Codec) -> Option<Self> {
        let record = match reader.short()? {
            0 => return Self::live(reader, codec),
            1 => Record::Moved { to: Digest::from_bytes(reader.array()?), grace_until: timestamp(reader)? },
            2 => {
                let family = Family::from_bytes(reader.array()?);
                let digest = Digest::from_bytes(reader.array()?);
                let (to, at) = (StoreKey { family, digest }, timestamp(reader)?);
                Record::Superseded { to, at, tokens: TokenDigests::from_bytes(reader.bytes()?)? }
            }
            3 => Record::Ended { by: EndedBy::from_byte(reader.byte()?)?, at: timestamp(reader)? },
            _ => return None,
        };
        Some(Self { record, entries: Vec::new(), size: 0, wrong: None })
    }

    fn live(reader: &mut Reader<'_>, codec: Codec) -> Option<Self> {
        let lineage = Lineage::from_bytes(reader.bytes()?);
        let wrong = lineage.is_none().then_some("its lineage cannot be read");
        let record = Record::Live(Live {
            codec,
            lineage: lineage.unwrap_or_default(),
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
        });
        let mut body = Self { record, entries: Vec::new(), size: 0, wrong };
        body.read_entries(reader)?;
        Some(body)
    }

    /// Keys must be text, sorted and unique. The count is not trusted: it is at most what any configuration allows to write,
    /// and no more room is reserved than the remaining bytes can fill.
    fn read_entries(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        let count = usize::try_from(reader.number()?).ok().filter(|count| *count <= MOST_KEYS)?;
        // The shortest pair is two lengths.
        self.entries.reserve_exact(count.min(reader.left() / 2));
        let mut last = None;
        for _ in 0..count {
            let (key, value) = (reader.range()?, reader.range()?);
            self.size += key.len() + value.len();
            let name = reader.part(&key);
            let front = Front::of(name);
            // Fast path: nearly every key is ASCII.
            let is_ascii = front.is_ascii() && name.get(8..).is_none_or(<[u8]>::is_ascii);
            if !is_ascii && str::from_utf8(name).is_err() {
                self.wrong.get_or_insert("a key is not UTF-8");
            }
            if last.replace((front, name)).is_some_and(|last| last >= (front, name)) {
                self.wrong.get_or_insert("its keys are not sorted");
            }
            self.entries.push(Entry::stored(front, key, value));
        }
        Some(())
    }
}

fn timestamp(reader: &mut Reader<'_>) -> Option<Timestamp> {
    reader.number().map(Timestamp::from_millis)
}

fn duration(reader: &mut Reader<'_>) -> Option<Duration> {
    reader.number().map(Duration::from_millis)
}
