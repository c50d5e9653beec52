//! The header around the body of a record, and the body as bincode writes it.

use bincode::{
    Encode,
    config::standard,
    enc::{Encoder, write::Writer},
    error::EncodeError,
};
use bytes::Bytes;

use super::{Entries, Live, Record, RecordError, TokenDigests, body::Body, error::damaged};
use crate::{
    Timestamp,
    config::Codec,
    id::{Digest, StoreKey},
    observe::EndedBy,
};

const FORMAT: u8 = 2;
/// The number of bytes before the body.
const HEADER: usize = 6;

#[derive(Encode)]
enum Envelope<'a> {
    Live(LiveParts<'a>),
    Moved { to: [u8; 32], grace_until: u64 },
    Superseded { family: [u8; 16], digest: [u8; 32], at: u64, tokens: &'a [u8] },
    Ended { by: u8, at: u64 },
}

#[derive(Encode)]
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
    entries: Written<'a>,
}

/// The entries in the form that is written: their number, then the pairs.
struct Written<'a>(&'a Entries);

impl Encode for Written<'_> {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        (self.0.len() as u64).encode(encoder)?;
        self.0.iter().try_for_each(|pair| pair.encode(encoder))
    }
}

/// A writer that appends to a `Vec`. Going through `io::Write` costs more than copying the bytes.
struct Appended<'a>(&'a mut Vec<u8>);

impl Writer for Appended<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        match bytes {
            // Most numbers are one byte, for which a copy costs more than the byte.
            [byte] => self.0.push(*byte),
            bytes => self.0.extend_from_slice(bytes),
        }
        Ok(())
    }
}

pub(super) fn encode_live(live: &Live) -> Vec<u8> {
    let parts = LiveParts {
        lineage: live.lineage.as_bytes(),
        created: live.created.as_millis(),
        renewed: live.renewed.as_millis(),
        deadline: live.deadline.as_millis(),
        seen: live.seen.as_millis(),
        idle: live.idle.map(Timestamp::millis_of),
        remembered: live.remembered.map(Timestamp::millis_of),
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
    let moved = Envelope::Moved { to: *to.as_bytes(), grace_until: grace_until.as_millis() };
    encode(Codec::default(), MOST_OF_THE_REST, &moved)
}

pub(super) fn encode_superseded(to: &StoreKey, at: Timestamp, tokens: &TokenDigests) -> Vec<u8> {
    let (family, digest) = (*to.family.as_bytes(), *to.digest.as_bytes());
    let (at, tokens) = (at.as_millis(), tokens.as_bytes());
    let superseded = Envelope::Superseded { family, digest, at, tokens };
    encode(Codec::default(), MOST_OF_THE_REST, &superseded)
}

pub(super) fn encode_ended(by: EndedBy, at: Timestamp) -> Vec<u8> {
    let ended = Envelope::Ended { by: by.as_byte(), at: at.as_millis() };
    encode(Codec::default(), MOST_OF_THE_REST, &ended)
}

/// The most bytes that a length takes.
const MOST_OF_A_LENGTH: usize = 9;
/// The most bytes of a record without its names, keys and values: the header, the lineage, ten numbers.
const MOST_OF_THE_REST: usize = HEADER + 1 + 8 * 8 + 10 * (1 + MOST_OF_A_LENGTH);

fn encode(codec: Codec, room: usize, envelope: &Envelope<'_>) -> Vec<u8> {
    let mut data = Vec::with_capacity(room);
    data.extend_from_slice(&[FORMAT, codec_byte(codec), 0, 0, 0, 0]);
    // Writing integers and slices into a Vec cannot fail. If it did, `decode` would refuse the empty record.
    if bincode::encode_into_writer(envelope, Appended(&mut data), standard()).is_err() {
        return Vec::new();
    }
    if let [format, codec, sum @ ..] = data.as_mut_slice()
        && let Some((sum, body)) = sum.split_first_chunk_mut()
    {
        *sum = checksum(*format, *codec, body);
    }
    data
}

/// The checksum detects damaged bytes. It does not detect an attacker, who could also write the checksum.
fn checksum(format: u8, codec: u8, body: &[u8]) -> [u8; 4] {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&[format, codec]);
    hasher.update(body);
    hasher.finalize().to_le_bytes()
}

pub(super) fn decode(data: Bytes) -> Result<Record, RecordError> {
    let short = || damaged("shorter than its header");
    let [format, codec, rest @ ..] = &*data else {
        return Err(short());
    };
    if *format != FORMAT {
        return Err(RecordError::Format { found: *format });
    }
    let (sum, body) = rest.split_first_chunk().ok_or_else(short)?;
    if *sum != checksum(*format, *codec, body) {
        return Err(damaged("checksum mismatch"));
    }
    let codec = codec_from_byte(*codec)?;
    Body::read(data, HEADER, codec)
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
