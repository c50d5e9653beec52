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

use super::{Entries, Lineage, Live, RESERVED_KEYS, Record, RecordError};
use crate::{
    Timestamp,
    config::{Codec, Limits},
    id::Digest,
};

const FORMAT: u8 = 2;

/// What bincode may ever claim, whatever a length prefix says; the record's own size is checked before.
const HARD_LIMIT: usize = 1 << 30;

/// How many keys a record may have, said to the decoder.
struct MaxKeys(usize);

#[derive(Encode, BorrowDecode)]
#[bincode(decode_context = "MaxKeys")]
enum Envelope<'a> {
    Live(LiveParts<'a>),
    Moved { to: [u8; 32], grace_until: u64 },
    Superseded,
}

#[derive(Encode, BorrowDecode)]
#[bincode(decode_context = "MaxKeys")]
struct LiveParts<'a> {
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
    entries: Pairs<'a>,
}

/// Key and value pairs. Their count is not trusted: it is limited, and every pair must be there before room is made
/// for the next.
struct Pairs<'a>(Vec<(&'a [u8], &'a [u8])>);

impl Encode for Pairs<'_> {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        (self.0.len() as u64).encode(encoder)?;
        self.0.iter().try_for_each(|pair| pair.encode(encoder))
    }
}

impl<'de> BorrowDecode<'de, MaxKeys> for Pairs<'de> {
    fn borrow_decode<D: BorrowDecoder<'de, Context = MaxKeys>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let count = u64::borrow_decode(decoder)?;
        if count > decoder.context().0 as u64 {
            return Err(DecodeError::LimitExceeded);
        }
        let mut pairs = Vec::new();
        for _ in 0..count {
            pairs.push(BorrowDecode::borrow_decode(decoder)?);
        }
        Ok(Self(pairs))
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
        entries: Pairs(live.entries.iter().collect()),
    };
    encode(live.codec, &Envelope::Live(parts))
}

pub(super) fn encode_moved(to: &Digest, grace_until: Timestamp) -> Vec<u8> {
    let moved = Envelope::Moved { to: *to.as_bytes(), grace_until: grace_until.as_millis() };
    encode(Codec::default(), &moved)
}

pub(super) fn encode_superseded() -> Vec<u8> {
    encode(Codec::default(), &Envelope::Superseded)
}

fn encode(codec: Codec, envelope: &Envelope<'_>) -> Vec<u8> {
    let mut data = vec![FORMAT, codec_byte(codec), 0, 0, 0, 0];
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

pub(super) fn decode(data: &Bytes, limits: Limits) -> Result<Record, RecordError> {
    if data.len() > limits.max_bytes() {
        return Err(RecordError::TooLarge { size: data.len(), limit: limits.max_bytes() });
    }
    let short = || damaged("it is shorter than its header");
    let [format, codec, rest @ ..] = &**data else {
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
    let keys = MaxKeys(limits.max_keys() + RESERVED_KEYS);
    let (envelope, read): (Envelope<'_>, _) =
        bincode::borrow_decode_from_slice_with_context(body, config, keys)
            .map_err(|_| damaged("its envelope cannot be read within the limits"))?;
    if read != body.len() {
        return Err(damaged("something follows its end"));
    }
    match envelope {
        Envelope::Live(parts) => live_from(codec, parts, data).map(Record::Live),
        Envelope::Moved { to, grace_until } => {
            Ok(Record::Moved { to: Digest::from_bytes(to), grace_until: Timestamp::from_millis(grace_until) })
        }
        Envelope::Superseded => Ok(Record::Superseded),
    }
}

fn live_from(codec: Codec, parts: LiveParts<'_>, data: &Bytes) -> Result<Live, RecordError> {
    let mut entries = Entries::reading(data.clone());
    for (key, value) in parts.entries.0 {
        if str::from_utf8(key).is_err() {
            return Err(damaged("a key is not UTF-8"));
        }
        entries.push(key, value).ok_or_else(|| damaged("its keys are not sorted"))?;
    }
    Ok(Live {
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
        entries,
    })
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
