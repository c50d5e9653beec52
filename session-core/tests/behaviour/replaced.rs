//! What a store is told of the record that a commit replaces. That it is true, the store of the tests checks at each commit.

use crate::site::{Site, config};

/// For each commit since the last call, whether it was told.
fn told(site: &Site) -> Vec<bool> {
    site.world(|world| std::mem::take(&mut world.told))
}

#[test]
fn the_first_save_of_a_request_tells_what_it_has_loaded() {
    let mut site = Site::with_session(config());
    let session = site.open();
    session.set("n", 2).unwrap();
    site.save(&session).unwrap();
    assert_eq!(told(&site), [true]);
    // What the first save has stored is not kept.
    session.set("n", 3).unwrap();
    site.save(&session).unwrap();
    assert_eq!(told(&site), [false]);
    assert_eq!(site.n(), Some(3));
}

#[test]
fn a_save_after_a_conflict_tells_what_it_has_met() {
    let mut site = Site::with_session(config());
    let (one, other) = (site.open(), site.open());
    one.set("one", 1).unwrap();
    other.set("other", 1).unwrap();
    site.save(&one).unwrap();
    site.save(&other).unwrap();
    assert_eq!(told(&site), [true, true, true]);
    let session = site.open();
    assert_eq!((session.get("one").unwrap(), session.get("other").unwrap()), (Some(1), Some(1)));
}
