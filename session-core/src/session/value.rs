use std::{cell::Cell, io::ErrorKind};

use bincode::config::standard;
use rmp_serde::decode::{Error, ReadRefReader};
use serde::{Deserialize as _, Serialize, de::DeserializeOwned};

use super::{ValueError, finite::Finite, shown::Shown};
use crate::{
    config::Codec,
    record::{Piece, PieceWriter},
};

/// The most bytes that a bincode value may claim, whatever a length prefix says.
const HARD_LIMIT: usize = 1 << 24;

pub(super) fn encode_value<T: Serialize + ?Sized>(
    codec: Codec,
    key: &str,
    value: &T,
) -> Result<Piece, ValueError> {
    let mut bytes = PieceWriter::default();
    let not_finite = Cell::new(None);
    let written = match codec {
        Codec::MessagePack => {
            rmp_serde::encode::write_named(&mut bytes, value).map_err(|error| error.to_string())
        }
        Codec::Json => {
            let mut json = serde_json::Serializer::new(&mut bytes);
            value.serialize(Finite::new(&mut json, &not_finite)).map_err(|error| error.to_string())
        }
        Codec::Bincode => bincode::serde::encode_into_std_write(value, &mut bytes, standard())
            .map(drop)
            .map_err(|error| error.to_string()),
    };
    written.map_err(|reason| match not_finite.get() {
        Some(found) => ValueError::NotFinite { key: key.to_owned(), found },
        None => ValueError::Encode { key: key.to_owned(), reason },
    })?;
    Ok(bytes.finish())
}

pub(super) fn decode_value<T: DeserializeOwned>(
    codec: Codec,
    key: &str,
    bytes: &[u8],
) -> Result<T, ValueError> {
    decode_bytes(codec, bytes).map_err(|reason| ValueError::Decode {
        key: key.to_owned(),
        expected: std::any::type_name::<T>(),
        reason,
    })
}

/// The value as JSON, for an inspection of the session. A bincode value does not describe itself, so it appears as
/// `{"bincode_bytes": n}`.
pub(super) fn value_to_json(codec: Codec, key: &str, bytes: &[u8]) -> Result<serde_json::Value, ValueError> {
    match codec {
        Codec::Bincode => Ok(serde_json::json!({ "bincode_bytes": bytes.len() })),
        Codec::MessagePack | Codec::Json => decode_value(codec, key, bytes).map(|Shown(value)| value),
    }
}

fn decode_bytes<T: DeserializeOwned>(codec: Codec, bytes: &[u8]) -> Result<T, String> {
    let trailing = || "trailing bytes".to_owned();
    match codec {
        Codec::Json => serde_json::from_slice(bytes).map_err(|e| e.to_string()),
        Codec::MessagePack => {
            // Decodes from the slice. Decoding from a reader would allocate a buffer.
            let mut decoder = rmp_serde::Deserializer::from_read_ref(bytes);
            let value = T::deserialize(&mut decoder).map_err(|e| e.to_string())?;
            if is_at_its_end(&mut decoder) { Ok(value) } else { Err(trailing()) }
        }
        Codec::Bincode => {
            let config = standard().with_limit::<HARD_LIMIT>();
            let (value, read) =
                bincode::serde::decode_from_slice(bytes, config).map_err(|e| e.to_string())?;
            if read == bytes.len() { Ok(value) } else { Err(trailing()) }
        }
    }
}

/// Whether no byte is left. Decoding a unit needs one byte, so it fails with `UnexpectedEof` only at the end.
fn is_at_its_end(decoder: &mut rmp_serde::Deserializer<ReadRefReader<'_, [u8]>>) -> bool {
    let next = <()>::deserialize(decoder);
    matches!(next, Err(Error::InvalidMarkerRead(error)) if error.kind() == ErrorKind::UnexpectedEof)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn what_follows_a_value_is_an_error_whatever_it_is() {
        let value = encode_value(Codec::MessagePack, "key", &Some(300_u16)).unwrap();
        let read = |bytes: &[u8]| decode_value::<Option<u16>>(Codec::MessagePack, "key", bytes);
        assert_eq!(read(&value), Ok(Some(300)));
        for length in 0..value.len() {
            assert!(read(&value[..length]).is_err(), "{length}");
        }
        for byte in 0..=255 {
            for rest in [&[byte][..], &[byte, 0x91], &[byte, 0xff, 0xff, 0xff, 0xff, 0xff]] {
                assert!(read(&[&value, rest].concat()).is_err(), "{rest:?}");
            }
        }
    }

    #[test]
    fn json_is_written_as_its_crate_writes_it() {
        #[derive(Serialize)]
        struct Whole {
            none: Option<f64>,
            unit: (),
            small: f64,
            large: f64,
            single: f32,
            map: HashMap<u8, char>,
            wide: u128,
            negative: i128,
            bytes: &'static [u8],
        }
        let whole = Whole {
            none: None,
            unit: (),
            small: f64::MIN_POSITIVE / 2.0,
            large: f64::MAX,
            single: f32::MIN,
            map: HashMap::from([(1, 'x')]),
            wide: u128::MAX,
            negative: i128::MIN,
            bytes: b"ab",
        };
        let written = encode_value(Codec::Json, "key", &whole).unwrap();
        assert_eq!(String::from_utf8_lossy(&written), serde_json::to_string(&whole).unwrap());
    }
}
