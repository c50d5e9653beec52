use std::thread;

use crate::{
    scene::{MIDDLE, PAUSE, Scene, has, knows, meanwhile},
    verdict::Verdict,
};

/// A request is under way that will write; another one signs out; then the first one writes.
pub(crate) fn probe(scene: &mut Scene) -> Verdict {
    let (here, there) = (scene.here(), scene.there());
    let before = scene.visitor();
    let late = meanwhile(&before, here, format!("/write/late/{PAUSE}"));
    thread::sleep(MIDDLE);
    let mut leaving = before.tab(there);
    assert!(leaving.get("/end").unwrap().is_ok());
    let (after, status) = late.join().unwrap();
    let alive =
        |browser| [here, there].iter().any(|&site| knows(browser, site) || has(browser, site, "late"));
    if alive(&before) {
        Verdict::Bad(format!("{status}, the session is back"))
    } else if alive(&after) {
        Verdict::Bad(format!("{status}, old data under a new cookie"))
    } else {
        Verdict::Good(format!("stays dead, the write is answered {status}"))
    }
}
