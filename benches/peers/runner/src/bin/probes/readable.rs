use peer_runner::Kind;

use crate::{scene::Scene, verdict::Verdict};

/// Whoever reads the store looks for what the browser has.
pub(crate) fn probe(scene: &mut Scene) -> Verdict {
    if scene.contender.kind == Kind::Memory {
        return Verdict::Meaningless;
    }
    let mut browser = scene.visitor();
    let content = scene.database.content();
    assert!(!content.is_empty());
    let ids: Vec<String> = browser.jar().values().filter(|value| value.len() > 8).cloned().collect();
    let readable = ids.iter().any(|id| content.contains(id.as_str()));
    Verdict::of(!readable, if readable { "yes" } else { "no" })
}
