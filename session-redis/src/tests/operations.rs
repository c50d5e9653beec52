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
        let mut commands =
            request.commands.cmd_iter().filter_map(|command| words(command).next().map(<[u8]>::to_vec));
        let (first, reads_index) = (commands.next(), commands.any(|command| command == b"ZRANGE"));
        let bytes = |bytes: &[u8]| Reply::Bytes(Bytes::copy_from_slice(bytes));
        let entry = [b"s", &Digest::from_bytes([7; 32]).as_bytes()[..]].concat();
        let entries = Reply::Array(vec![bytes(&entry), bytes(b"1000000000000000")]);
        Ok(Reply::Array(match (first.as_deref(), reads_index) {
            (Some(b"ZRANGE"), _) => vec![entries, Reply::Nil],
            (_, true) => vec![Reply::Nil, entries],
            _ => vec![Reply::Nil, Reply::Nil, Reply::Int(-2), Reply::Array(vec![Reply::Nil])],
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
