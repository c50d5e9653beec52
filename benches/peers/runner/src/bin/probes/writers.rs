use std::thread;

use crate::{
    scene::{MIDDLE, PAUSE, Scene, has, meanwhile},
    verdict::Verdict,
};

/// Two requests look at the session, and then each writes a key that the other does not.
pub(crate) fn probe(scene: &mut Scene) -> Verdict {
    const TIMES: u32 = 10;

    let (here, there) = (scene.here(), scene.there());
    let browser = scene.visitor();
    let both = (0..TIMES).filter(|time| {
        let long = meanwhile(&browser, here, format!("/write/a{time}/{PAUSE}"));
        let short = meanwhile(&browser, there, format!("/write/b{time}/{}", PAUSE / 2));
        let _ = (long.join().unwrap(), short.join().unwrap());
        thread::sleep(MIDDLE / 10);
        let kept = |key: &str| [here, there].iter().all(|&site| has(&browser, site, &format!("{key}{time}")));
        kept("a") && kept("b")
    });
    match both.count() as u32 {
        TIMES => Verdict::Good("both kept".to_owned()),
        kept => Verdict::Bad(format!("one lost, {} of {TIMES}", TIMES - kept)),
    }
}
