//! Lists while other requests change them: before each request of a list, something happens on the real server.

use std::{
    cell::Cell,
    num::NonZeroU32,
    pin::pin,
    sync::Mutex,
    task::{Context, Poll, Waker},
    time::Duration,
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{BlockingStore as _, Cap, Listed, OnFull, Page, Revision, StoreError, Write},
};
use session_testservers::RedisServer;

use crate::{
    blocking::RedisStore,
    protocol::{
        Keys, Reply, Request,
        operations::{Server, list},
    },
};

const SESSIONS: u8 = 12;

/// The sessions of an owner, oldest first: each has a number, and a digest that changes when it is rotated.
struct Site {
    store: RedisStore,
    digests: Mutex<Vec<Digest>>,
}

fn family() -> Family {
    Family::of_owner("ada", None)
}

fn write() -> Write<'static> {
    Write { next: Revision::from_bytes([7; 16]), data: b"data", ttl: Duration::from_hours(1) }
}

impl Site {
    fn new(server: &RedisServer) -> Self {
        server.command(&["FLUSHALL"]).unwrap();
        let store = RedisStore::connect(&server.url()).unwrap();
        let site = Self { store, digests: Mutex::default() };
        (0..SESSIONS).for_each(|_| site.sign_in(None));
        site
    }

    fn key(&self, number: u8) -> StoreKey {
        StoreKey { family: family(), digest: self.digests.lock().unwrap()[usize::from(number)] }
    }

    fn sign_in(&self, cap: Option<Cap>) {
        let mut digests = self.digests.lock().unwrap();
        let mut bytes = [0; 32];
        bytes[0] = u8::try_from(digests.len()).unwrap();
        let digest = Digest::from_bytes(bytes);
        self.store.create(&StoreKey { family: family(), digest }, write(), cap).unwrap();
        digests.push(digest);
    }

    fn rotate(&self, number: u8) {
        let from = self.key(number);
        let mut bytes = *from.digest.as_bytes();
        bytes[1] += 1;
        let to = StoreKey { digest: Digest::from_bytes(bytes), ..from };
        self.store.rotate(&from, write().next, &to, write(), Some(write())).unwrap();
        self.digests.lock().unwrap()[usize::from(number)] = to.digest;
    }

    fn list(&self, page: Page, disturb: impl Fn(&Self, u8) + Sync) -> Result<Listed, StoreError> {
        let disturbed = Disturbed { site: self, asked: Mutex::new(Cell::new(0)), disturb };
        let listed = pin!(list(&disturbed, &family(), page)).poll(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(listed) = listed else { panic!("the blocking API waits") };
        listed
    }
}

/// The numbers of the sessions in a list.
fn numbers(listed: &Listed) -> Vec<u8> {
    listed.sessions.iter().map(|(digest, _)| digest.as_bytes()[0]).collect()
}

struct Disturbed<'a, F> {
    site: &'a Site,
    asked: Mutex<Cell<u8>>,
    disturb: F,
}

impl<F: Fn(&Site, u8) + Sync> Server for Disturbed<'_, F> {
    fn keys(&self) -> &Keys {
        self.site.store.keys()
    }

    async fn ask(&self, request: Request) -> Result<Reply, StoreError> {
        let asked = self.asked.lock().unwrap().get();
        self.asked.lock().unwrap().set(asked + 1);
        (self.disturb)(self.site, asked);
        self.site.store.ask(request).await
    }
}

#[test]
fn a_page_comes_about_whatever_is_rotated_in_between() {
    let server = RedisServer::start().unwrap();
    let all: Vec<u8> = (0..SESSIONS).rev().collect();
    let one = |site: &Site, asked: u8| site.rotate(asked % SESSIONS);
    let all_for_a_while = |site: &Site, asked: u8| {
        if asked < 10 {
            (0..SESSIONS).for_each(|number| site.rotate(number));
        }
    };
    let and_new_ones = |site: &Site, asked: u8| {
        site.rotate(asked % SESSIONS);
        site.sign_in(None);
    };
    for disturb in [&one as &(dyn Fn(&Site, u8) + Sync), &all_for_a_while, &and_new_ones] {
        for limit in [1, 5, 100] {
            let site = Site::new(&server);
            let mut page = Page::first(NonZeroU32::new(limit).unwrap());
            let mut found = Vec::new();
            loop {
                let listed = site.list(page, disturb).unwrap();
                assert!(listed.sessions.len() <= limit as usize);
                found.extend(numbers(&listed));
                page.after = listed.next;
                if page.after.is_none() {
                    break;
                }
            }
            // A session that is newer than the list may be there.
            found.retain(|number| *number < SESSIONS);
            assert_eq!(found, all, "{limit}");
        }
    }
}

#[test]
fn what_is_ended_in_between_is_gone_and_keeps_no_list_back() {
    let server = RedisServer::start().unwrap();
    let cap = Cap { max: NonZeroU32::new(SESSIONS.into()).unwrap(), on_full: OnFull::EvictOldest };
    let evicts = |site: &Site, asked: u8| {
        site.rotate(asked + 1);
        site.sign_in(Some(cap));
    };
    let site = Site::new(&server);
    let listed = numbers(&site.list(Page::default(), evicts).unwrap());
    assert!(listed.is_sorted_by(|newer, older| newer > older), "{listed:?}");
    for number in 5..SESSIONS {
        assert!(listed.contains(&number), "{number} lived throughout: {listed:?}");
    }
    let site = Site::new(&server);
    let deletes = |site: &Site, asked: u8| {
        site.store.delete(&site.key(asked), None, None).unwrap();
    };
    let listed = numbers(&site.list(Page::default(), deletes).unwrap());
    assert_eq!(listed, (2..SESSIONS).rev().collect::<Vec<_>>());
}

/// The kept session has another place in the order, and the others have ended.
#[test]
fn a_session_that_is_kept_while_all_others_end_is_in_the_list() {
    let server = RedisServer::start().unwrap();
    for kept in 0..SESSIONS {
        for when in 0..4 {
            let site = Site::new(&server);
            let disturb = |site: &Site, asked: u8| {
                if asked < 7 {
                    site.rotate(kept);
                }
                if asked == when {
                    site.store.revoke(&family(), Some(&site.key(kept).digest)).unwrap();
                    site.rotate(kept);
                }
            };
            let listed = numbers(&site.list(Page::default(), disturb).unwrap());
            assert!(listed.contains(&kept), "{kept}, {when}: {listed:?}");
        }
    }
}

#[test]
fn an_owner_without_sessions_has_an_empty_list() {
    let server = RedisServer::start().unwrap();
    let site = Site::new(&server);
    site.store.revoke(&family(), None).unwrap();
    assert_eq!(site.list(Page::default(), |_, _| ()).unwrap(), Listed::default());
}
