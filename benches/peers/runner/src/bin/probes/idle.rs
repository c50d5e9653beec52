use std::{
    thread,
    time::{Duration, Instant},
};

use crate::{
    scene::{Scene, knows},
    verdict::Verdict,
};

/// A session is read four times a second and must live, then it is left alone and must not.
pub(crate) fn probe(scene: &mut Scene) -> Verdict {
    const IDLE: Duration = Duration::from_secs(2);

    scene.start(IDLE);
    let mut browser = scene.visitor();
    let start = Instant::now();
    while start.elapsed() < 3 * IDLE {
        thread::sleep(IDLE / 8);
        if browser.get("/read").unwrap().body != Scene::KNOWN {
            return Verdict::Bad(format!("expires in use, after {:.1} s", start.elapsed().as_secs_f64()));
        }
    }
    // Some stores count whole seconds.
    thread::sleep(IDLE + Duration::from_millis(1500));
    if knows(&browser, scene.here()) {
        return Verdict::Bad("stays, also when left alone".to_owned());
    }
    Verdict::Good("stays, ends when left alone".to_owned())
}
