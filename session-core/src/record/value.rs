use bincode::config::standard;
use serde::{Serialize, de::DeserializeOwned};

use super::ValueError;
use crate::config::Codec;

/// What a bincode value may claim, whatever a length prefix says.
const HARD_LIMIT: usize = 1 << 24;

pub(crate) fn encode_value<T: Serialize + ?Sized>(
    codec: Codec,
    key: &str,
    value: &T,
) -> Result<Vec<u8>, ValueError> {
    let failed = |reason: String| ValueError::Encode { key: key.to_owned(), reason };
    match codec {
        Codec::MessagePack => rmp_serde::to_vec_named(value).map_err(|e| failed(e.to_string())),
        Codec::Json => serde_json::to_vec(value).map_err(|e| failed(e.to_string())),
        Codec::Bincode => bincode::serde::encode_to_vec(value, standard()).map_err(|e| failed(e.to_string())),
    }
}

pub(crate) fn decode_value<T: DeserializeOwned>(
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

/// The value for somebody who looks at the whole session. A bincode value does not describe itself, so it appears
/// as what it is: `{"bincode_bytes": n}`.
pub(crate) fn value_to_json(codec: Codec, key: &str, bytes: &[u8]) -> Result<serde_json::Value, ValueError> {
    match codec {
        Codec::Bincode => Ok(serde_json::json!({ "bincode_bytes": bytes.len() })),
        Codec::MessagePack | Codec::Json => decode_value(codec, key, bytes),
    }
}

fn decode_bytes<T: DeserializeOwned>(codec: Codec, mut bytes: &[u8]) -> Result<T, String> {
    let trailing = || "something follows the value".to_owned();
    match codec {
        Codec::Json => serde_json::from_slice(bytes).map_err(|e| e.to_string()),
        Codec::MessagePack => {
            let value =
                T::deserialize(&mut rmp_serde::Deserializer::new(&mut bytes)).map_err(|e| e.to_string())?;
            if bytes.is_empty() { Ok(value) } else { Err(trailing()) }
        }
        Codec::Bincode => {
            let config = standard().with_limit::<HARD_LIMIT>();
            let (value, read) =
                bincode::serde::decode_from_slice(bytes, config).map_err(|e| e.to_string())?;
            if read == bytes.len() { Ok(value) } else { Err(trailing()) }
        }
    }
}
