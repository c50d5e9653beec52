use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};

use crate::{
    protocol::{
        Reply,
        resp::{Frame, ProtocolError, read},
    },
    retry::MAX_LINE,
};

fn replies() -> impl Strategy<Value = Reply> {
    let text = "[ -~]{0,20}";
    let one = prop_oneof![
        proptest::strategy::Just(Reply::Nil),
        any::<i64>().prop_map(Reply::Int),
        text.prop_map(Reply::Status),
        text.prop_map(Reply::Error),
        prop::collection::vec(any::<u8>(), 0..50).prop_map(|bytes| Reply::Bytes(bytes.into())),
    ];
    one.prop_recursive(3, 30, 5, |inner| prop::collection::vec(inner, 0..5).prop_map(Reply::Array))
}

fn write(reply: &Reply, to: &mut Vec<u8>) {
    match reply {
        Reply::Nil => to.extend(b"$-1\r\n"),
        Reply::Int(number) => to.extend(format!(":{number}\r\n").bytes()),
        Reply::Status(text) => to.extend(format!("+{text}\r\n").bytes()),
        Reply::Error(text) => to.extend(format!("-{text}\r\n").bytes()),
        Reply::Bytes(bytes) => {
            to.extend(format!("${}\r\n", bytes.len()).bytes());
            to.extend(bytes);
            to.extend(b"\r\n");
        }
        Reply::Array(values) => {
            to.extend(format!("*{}\r\n", values.len()).bytes());
            values.iter().for_each(|value| write(value, to));
        }
        Reply::Other => unreachable!("nothing is read as this"),
    }
}

/// All replies of bytes that arrive in pieces of these sizes.
fn arrived(bytes: &[u8], sizes: &[usize]) -> Result<Vec<Reply>, ProtocolError> {
    let (mut frame, mut buffer, mut found) = (Frame::new(), Vec::new(), Vec::new());
    let mut sizes = sizes.iter().cycle();
    let mut left = bytes;
    while !left.is_empty() {
        let (piece, rest) = left.split_at((*sizes.next().unwrap()).min(left.len()));
        buffer.extend(piece);
        left = rest;
        while let Some(end) = frame.end(&buffer)? {
            found.push(read(&buffer[..end])?);
            buffer.drain(..end);
        }
    }
    Ok(found)
}

proptest! {
    #[test]
    fn replies_come_out_as_they_went_in_however_they_are_cut(
        expected in prop::collection::vec(replies(), 0..5),
        sizes in prop::collection::vec(1_usize..40, 1..5),
    ) {
        let mut bytes = Vec::new();
        expected.iter().for_each(|reply| write(reply, &mut bytes));
        assert_eq!(arrived(&bytes, &sizes), Ok(expected));
    }

    #[test]
    fn any_bytes_are_replies_or_refused_however_they_are_cut(
        bytes in "([+:$*_-]?[0-9a-]{0,3}(\r\n|\r|\n)?){0,12}",
        sizes in prop::collection::vec(1_usize..9, 1..5),
    ) {
        let whole = arrived(bytes.as_bytes(), &[usize::MAX]);
        assert_eq!(arrived(bytes.as_bytes(), &sizes), whole);
    }
}

#[test]
fn what_no_server_sends_is_refused() {
    let long = [&b"+"[..], &[b'x'; MAX_LINE]].concat();
    let deep = "*1\r\n".repeat(9) + ":1\r\n";
    for (bytes, expected) in [
        (&b"\r\n"[..], "an empty line"),
        (b"+OK\rx", "must end with CR LF"),
        (b":\r\n", "not a number"),
        (b":\xff\r\n", "not a number"),
        (b":9223372036854775808\r\n", "not a number"),
        (b"$-2\r\n", "invalid length"),
        (b"$536870913\r\n", "invalid length"),
        (b"*-7\r\n", "invalid length"),
        (b"$1\r\nxyz", "longer than its length"),
        (b"_\r\n", "version 2"),
        (b"%1\r\n", "version 2"),
        (&long, "too long"),
        (deep.as_bytes(), "too deep"),
    ] {
        let error = arrived(bytes, &[usize::MAX]).unwrap_err().to_string();
        assert!(error.contains(expected), "{}: {error}", bytes.escape_ascii());
    }
}
