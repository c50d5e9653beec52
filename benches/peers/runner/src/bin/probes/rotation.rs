use std::thread;

use crate::{
    scene::{MIDDLE, PAUSE, Scene, has, knows, meanwhile},
    verdict::Verdict,
};

/// A request is under way that will write; another one gives the session a new id; then the first one writes.
pub(crate) fn probe(scene: &mut Scene) -> Verdict {
    let (here, there) = (scene.here(), scene.there());
    let before = scene.visitor();
    let late = meanwhile(&before, here, format!("/write/late/{PAUSE}"));
    thread::sleep(MIDDLE);
    let mut rotated = before.tab(there);
    assert!(rotated.get("/rotate").unwrap().is_ok());
    let (after, status) = late.join().unwrap();

    let any = |found: fn(&_, _) -> bool, browser| [here, there].iter().any(|&site| found(browser, site));
    let written = |browser: &_, site| has(browser, site, "late");
    let mut found = Vec::new();
    let kept = any(written, &rotated);
    found.push(match (kept, status) {
        (true, _) => "kept".to_owned(),
        (false, 200) => "lost".to_owned(),
        (false, status) => format!("not written, told ({status})"),
    });
    let mut good = kept || status != 200;
    if !any(knows, &rotated) {
        good = false;
        found.push("the session is lost".to_owned());
    }
    if any(knows, &before) {
        good = false;
        found.push("the old id is alive".to_owned());
    }
    let has_its_own = after.cookies() != before.cookies() && after.cookies() != rotated.cookies();
    if has_its_own && (any(knows, &after) || any(written, &after)) {
        good = false;
        found.push("the session is forked".to_owned());
    }
    Verdict::of(good, found.join(", "))
}
