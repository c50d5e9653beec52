use peer_runner::{Browser, Kind};

use crate::{scene::Scene, verdict::Verdict};

/// Robots, health checks, pictures: nobody looks at a session.
pub(crate) fn probe(scene: &mut Scene) -> Verdict {
    let before = scene.database.records();
    let mut cookies = 0;
    for _ in 0..200 {
        let answer = Browser::new(scene.here()).get("/untouched").unwrap();
        cookies += u32::from(answer.sets_cookie);
    }
    if scene.contender.kind == Kind::Memory {
        return Verdict::of(cookies == 0, format!("{cookies} cookies"));
    }
    let stored = scene.database.records() - before;
    Verdict::of(stored == 0 && cookies == 0, format!("{stored} stored, {cookies} cookies"))
}
