//! The header around the body of a record, and the body as bincode would write it.

use bytes::Bytes;

use super::{Live, Notes, Record, RecordError, TokenDigests, body, error::damaged, writer::Writer};
use crate::{
    Timestamp,
    config::Codec,
    id::{Digest, StoreKey},
    observe::EndedBy,
};

const FORMAT: u8 = 2;
/// The number of bytes before the body.
pub(super) const HEADER: usize = 6;

pub(super) fn encode_live(live: &Live, notes: &Notes) -> Vec<u8> {
    let names = [live.owner.as_deref(), live.label.as_deref()];
    let pairs = live.entries.size() + live.entries.len() * 2 * MOST_OF_A_LENGTH;
    encode(
        live.codec,
        MOST_OF_THE_REST + names.iter().flatten().map(|name| name.len()).sum::<usize>() + pairs,
        |writer| {
            writer.number(0);
            writer.bytes(notes.lineage(live).as_bytes());
            for time in [live.created, notes.renewed, live.deadline, notes.seen] {
                writer.number(time.as_millis());
            }
            for lifetime in [live.idle, live.remembered] {
                writer.option(lifetime.map(Timestamp::millis_of), Writer::number);
            }
            writer.option(live.authenticated.map(Timestamp::as_millis), Writer::number);
            writer.byte(live.level);
            for name in names {
                writer.option(name.map(str::as_bytes), Writer::bytes);
            }
            writer.number(live.entries.len() as u64);
            for (key, value) in live.entries.iter() {
                writer.bytes(key);
                writer.bytes(value);
            }
        },
    )
}

pub(super) fn encode_moved(to: &Digest, grace_until: Timestamp) -> Vec<u8> {
    encode(Codec::default(), MOST_OF_THE_REST, |writer| {
        writer.number(1);
        writer.array(to.as_bytes());
        writer.number(grace_until.as_millis());
    })
}

pub(super) fn encode_superseded(to: &StoreKey, at: Timestamp, tokens: &TokenDigests) -> Vec<u8> {
    encode(Codec::default(), MOST_OF_THE_REST + tokens.as_bytes().len(), |writer| {
        writer.number(2);
        writer.array(to.family.as_bytes());
        writer.array(to.digest.as_bytes());
        writer.number(at.as_millis());
        writer.bytes(tokens.as_bytes());
    })
}

pub(super) fn encode_ended(by: EndedBy, at: Timestamp) -> Vec<u8> {
    encode(Codec::default(), MOST_OF_THE_REST, |writer| {
        writer.number(3);
        writer.byte(by.as_byte());
        writer.number(at.as_millis());
    })
}

/// The most bytes that a length takes.
const MOST_OF_A_LENGTH: usize = 9;
/// The most bytes of a record without its names, keys and values: the header, the lineage, ten numbers.
const MOST_OF_THE_REST: usize = HEADER + 1 + 8 * 8 + 10 * (1 + MOST_OF_A_LENGTH);

fn encode(codec: Codec, room: usize, write: impl FnOnce(&mut Writer<'_>)) -> Vec<u8> {
    let mut data = Vec::with_capacity(room);
    data.extend_from_slice(&[FORMAT, codec_byte(codec), 0, 0, 0, 0]);
    write(&mut Writer::new(&mut data));
    if let [_, codec, sum @ ..] = data.as_mut_slice()
        && let Some((sum, body)) = sum.split_first_chunk_mut()
    {
        *sum = checksum(*codec, body);
    }
    data
}

/// The checksum detects damaged bytes. It does not detect an attacker, who could also write the checksum.
fn checksum(codec: u8, body: &[u8]) -> [u8; 4] {
    const FRONTS: [u32; 4] = [front(0), front(1), front(2), front(3)];
    let front = FRONTS.get(usize::from(codec)).copied().unwrap_or_else(|| front(codec));
    let mut hasher = crc32fast::Hasher::new_with_initial(front);
    hasher.update(body);
    hasher.finalize().to_le_bytes()
}

/// The checksum of the two bytes before it, which the compiler makes for those that are written.
const fn front(codec: u8) -> u32 {
    let (mut sum, mut bit) = (!(u16::from_le_bytes([FORMAT, codec]) as u32), 0);
    while bit < 16 {
        sum = sum >> 1 ^ (0xedb8_8320 & (sum & 1).wrapping_neg());
        bit += 1;
    }
    !sum
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
    if *sum != checksum(*codec, body) {
        return Err(damaged("checksum mismatch"));
    }
    let codec = codec_from_byte(*codec)?;
    body::read(data, HEADER, codec)
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
