use peer_runner::Browser;

use crate::{
    scene::{Processes, Scene, knows},
    verdict::Verdict,
};

/// A browser comes with cookies as the site makes them, but which its store does not know.
pub(crate) fn probe(scene: &mut Scene) -> Verdict {
    let elsewhere = Scene::new(scene.contender, Processes::One);
    let planted = elsewhere.visitor();
    let mut victim: Browser = planted.tab(scene.here());
    assert!(victim.get("/fill").unwrap().is_ok());
    if knows(&planted, scene.here()) {
        return Verdict::Bad("adopted".to_owned());
    }
    assert!(knows(&victim, scene.here()), "{}: the victim has no session", scene.contender.title());
    Verdict::Good("refused".to_owned())
}
