//! Any bytes as a record, unchanged and with a right header: a record that is read stays the same when it is written and
//! read again.

use crate::sealed;
use bytes::Bytes;
use session_core::internal::Record;

pub fn run(input: &[u8]) {
    decode(Bytes::copy_from_slice(input));
    if let [codec, body @ ..] = input {
        decode(sealed(1 + codec % 4, body));
    }
}

fn decode(data: Bytes) {
    let Ok(record) = Record::decode(&data) else { return };
    let written = Bytes::from(record.encode());
    // An integer may be spelled longer than needed, never shorter.
    assert!(written.len() <= data.len());
    let again = Record::decode(&written).expect("what is written is readable");
    assert_eq!(again.encode(), written);
    if let (Record::Live(one), Record::Live(two)) = (&record, &again) {
        assert_eq!((one.created, one.renewed, one.deadline), (two.created, two.renewed, two.deadline));
        assert_eq!((&one.owner, &one.label), (&two.owner, &two.label));
    }
}
