//! The only place that knows bincode.

use std::time::Duration;

use bincode::{
    BorrowDecode, Encode,
    config::standard,
    de::BorrowDecoder,
    enc::Encoder,
    error::{DecodeError, EncodeError},
};
use bytes::Bytes;

use super::{Entries, Entry, Lineage, Live, RESERVED_KEYS, Record, RecordError};
use crate::{
    Timestamp,
    config::{Codec, Limits},
    id::Digest,
};

const FORMAT: u8 = 2;

/// What bincode may ever claim, whatever a length prefix says; the record's own size is checked before.
const HARD_LIMIT: usize = 1 << 30;

/// What the decoder is told.
struct Reading {
    max_keys: usize,
    /// Where the record begins in memory.
    start: usize,
    bytes: usize,
}

#[derive(Encode, BorrowDecode)]
#[bincode(decode_context = "Reading")]
enum Envelope<'a, E> {
    Live(LiveParts<'a, E>),
    Moved { to: [u8; 32], grace_until: u64 },
    Superseded,
}

#[derive(Encode, BorrowDecode)]
#[bincode(decode_context = "Reading")]
struct LiveParts<'a, E> {
    lineage: &'a [u8],
    created: u64,
    renewed: u64,
    deadline: u64,
    seen: u64,
    idle: Option<u64>,
    remembered: Option<u64>,
    authenticated: Option<u64>,
    level: u8,
    owner: Option<&'a str>,
    label: Option<&'a str>,
    entries: E,
}

/// Key and value pairs to be written.
struct Written<'a>(&'a Entries);

impl Encode for Written<'_> {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        (self.0.len() as u64).encode(encoder)?;
        self.0.iter().try_for_each(|pair| pair.encode(encoder))
    }
}

/// Key and value pairs as they were read. Their count is not trusted: it is limited, and room is made for no more than the
/// bytes of the record can have.
struct Read(Vec<Entry>);

impl<'de> BorrowDecode<'de, Reading> for Read {
    fn borrow_decode<D: BorrowDecoder<'de, Context = Reading>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let count = u64::borrow_decode(decoder)?;
        let Reading { max_keys, start, bytes } = *decoder.context();
        let count = usize::try_from(count).ok().filter(|count| *count <= max_keys);
        let count = count.ok_or(DecodeError::LimitExceeded)?;
        // The shortest pair is two lengths.
        let mut entries = Vec::with_capacity(count.min(bytes / 2));
        for _ in 0..count {
            let (key, value) = BorrowDecode::borrow_decode(decoder)?;
            entries.push(Entry::stored(start, key, value).ok_or(DecodeError::LimitExceeded)?);
        }
        Ok(Self(entries))
    }
}

pub(super) fn encode_live(live: &Live) -> Vec<u8> {
    let parts = LiveParts {
        lineage: live.lineage.as_bytes(),
        created: live.created.as_millis(),
        renewed: live.renewed.as_millis(),
        deadline: live.deadline.as_millis(),
        seen: live.seen.as_millis(),
        idle: live.idle.map(millis),
        remembered: live.remembered.map(millis),
        authenticated: live.authenticated.map(Timestamp::as_millis),
        level: live.level,
        owner: live.owner.as_deref(),
        label: live.label.as_deref(),
        entries: Written(&live.entries),
    };
    let names = [&live.owner, &live.label].map(|name| name.as_ref().map_or(0, String::len));
    let pairs = live.entries.iter().map(|(key, value)| key.len() + value.len() + 2 * MOST_OF_A_LENGTH);
    encode(
        live.codec,
        MOST_OF_THE_REST + names.iter().sum::<usize>() + pairs.sum::<usize>(),
        &Envelope::Live(parts),
    )
}

pub(super) fn encode_moved(to: &Digest, grace_until: Timestamp) -> Vec<u8> {
    let moved: Envelope<'_, Written<'_>> =
        Envelope::Moved { to: *to.as_bytes(), grace_until: grace_until.as_millis() };
    encode(Codec::default(), MOST_OF_THE_REST, &moved)
}

pub(super) fn encode_superseded() -> Vec<u8> {
    let superseded: Envelope<'_, Written<'_>> = Envelope::Superseded;
    encode(Codec::default(), MOST_OF_THE_REST, &superseded)
}

/// How many bytes a length can take.
const MOST_OF_A_LENGTH: usize = 9;
/// All of a record but names, keys and values: the header, the lineage, ten numbers.
const MOST_OF_THE_REST: usize = 6 + 1 + 8 * 8 + 10 * (1 + MOST_OF_A_LENGTH);

fn encode(codec: Codec, room: usize, envelope: &Envelope<'_, Written<'_>>) -> Vec<u8> {
    let mut data = Vec::with_capacity(room);
    data.extend_from_slice(&[FORMAT, codec_byte(codec), 0, 0, 0, 0]);
    // Writing integers and slices into a Vec cannot fail; an empty record would be refused by decode.
    if bincode::encode_into_std_write(envelope, &mut data, standard()).is_err() {
        return Vec::new();
    }
    if let [format, codec, sum @ ..] = data.as_mut_slice()
        && let Some((sum, body)) = sum.split_first_chunk_mut()
    {
        *sum = checksum(*format, *codec, body);
    }
    data
}

/// What tells damaged bytes from a record. It detects accidents, not attackers: those who can write the store can also
/// write a checksum.
fn checksum(format: u8, codec: u8, body: &[u8]) -> [u8; 4] {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&[format, codec]);
    hasher.update(body);
    hasher.finalize().to_le_bytes()
}

pub(super) fn decode(data: Bytes, limits: Limits) -> Result<Record, RecordError> {
    if data.len() > limits.max_bytes() {
        return Err(RecordError::TooLarge { size: data.len(), limit: limits.max_bytes() });
    }
    let short = || damaged("it is shorter than its header");
    let [format, codec, rest @ ..] = &*data else {
        return Err(short());
    };
    if *format != FORMAT {
        return Err(RecordError::Format { found: *format });
    }
    let (sum, body) = rest.split_first_chunk().ok_or_else(short)?;
    if *sum != checksum(*format, *codec, body) {
        return Err(damaged("its checksum is another one"));
    }
    let codec = codec_from_byte(*codec)?;
    let config = standard().with_limit::<HARD_LIMIT>();
    let reading = Reading {
        max_keys: limits.max_keys() + RESERVED_KEYS,
        start: data.as_ptr() as usize,
        bytes: body.len(),
    };
    let (envelope, read): (Envelope<'_, Read>, _) =
        bincode::borrow_decode_from_slice_with_context(body, config, reading)
            .map_err(|_| damaged("its envelope cannot be read within the limits"))?;
    if read != body.len() {
        return Err(damaged("something follows its end"));
    }
    match envelope {
        Envelope::Live(parts) => {
            let (mut live, entries) = live_from(codec, parts)?;
            live.entries = Entries::stored(data, entries);
            check(&live.entries)?;
            Ok(Record::Live(live))
        }
        Envelope::Moved { to, grace_until } => {
            Ok(Record::Moved { to: Digest::from_bytes(to), grace_until: Timestamp::from_millis(grace_until) })
        }
        Envelope::Superseded => Ok(Record::Superseded),
    }
}

/// Keys are written as text, sorted and each once.
fn check(entries: &Entries) -> Result<(), RecordError> {
    let mut last = None;
    for (key, _) in entries.iter() {
        // Nearly every key is ASCII, which takes less to see.
        if !key.is_ascii() && str::from_utf8(key).is_err() {
            return Err(damaged("a key is not UTF-8"));
        }
        if last.replace(key).is_some_and(|last| last >= key) {
            return Err(damaged("its keys are not sorted"));
        }
    }
    Ok(())
}

/// All but the entries, and these, which are still parts of the bytes that were read.
fn live_from(codec: Codec, parts: LiveParts<'_, Read>) -> Result<(Live, Vec<Entry>), RecordError> {
    let live = Live {
        codec,
        lineage: Lineage::from_bytes(parts.lineage).ok_or_else(|| damaged("its lineage cannot be read"))?,
        created: Timestamp::from_millis(parts.created),
        renewed: Timestamp::from_millis(parts.renewed),
        deadline: Timestamp::from_millis(parts.deadline),
        seen: Timestamp::from_millis(parts.seen),
        idle: parts.idle.map(Duration::from_millis),
        remembered: parts.remembered.map(Duration::from_millis),
        authenticated: parts.authenticated.map(Timestamp::from_millis),
        level: parts.level,
        owner: parts.owner.map(str::to_owned),
        label: parts.label.map(str::to_owned),
        entries: Entries::default(),
    };
    Ok((live, parts.entries.0))
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

const fn damaged(reason: &'static str) -> RecordError {
    RecordError::Damaged { reason }
}

const fn codec_byte(codec: Codec) -> u8 {
    match codec {
        Codec::MessagePack => 1,
        Codec::Json => 2,
        Codec::Bincode => 3,
    }
}

const fn codec_from_byte(byte: u8) -> Result<Codec, RecordError> {
    match byte {
        1 => Ok(Codec::MessagePack),
        2 => Ok(Codec::Json),
        3 => Ok(Codec::Bincode),
        found => Err(RecordError::Codec { found }),
    }
}
