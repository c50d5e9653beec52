use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use session_core::{
    id::{Digest, Family},
    store::{Applied, Page, StoreError, StoreErrorKind},
};

use crate::protocol::{
    Keys, Reply, Request,
    operations::{Server, list},
    words,
};

/// A server on which a session moves each time before its list is complete.
struct Restless(Keys);

impl Server for Restless {
    fn keys(&self) -> &Keys {
        &self.0
    }

    async fn ask(&self, request: Request) -> Result<Reply, StoreError> {
        let reads_index = request.commands.cmd_iter().any(|command| words(command).next() == Some(b"ZRANGE"));
        let bytes = |bytes: &[u8]| Reply::Bytes(Bytes::copy_from_slice(bytes));
        let entry = [b"s", &Digest::from_bytes([7; 32]).as_bytes()[..]].concat();
        Ok(Reply::Array(match reads_index {
            true => vec![Reply::Nil, Reply::Array(vec![bytes(&entry), bytes(b"1000000000000000")])],
            false => vec![Reply::Nil, Reply::Nil, Reply::Int(-2), Reply::Array(vec![Reply::Nil])],
        }))
    }
}

#[test]
fn a_list_that_may_lack_a_session_is_no_answer() {
    let server = Restless(Keys::new("p_".to_owned()));
    let listed = pin!(list(&server, &Family::of_owner("ada", None), Page::default()))
        .poll(&mut Context::from_waker(Waker::noop()));
    let Poll::Ready(Err(error)) = listed else { panic!("{listed:?}") };
    assert_eq!((error.kind(), error.applied()), (StoreErrorKind::Overloaded, Applied::No));
}
