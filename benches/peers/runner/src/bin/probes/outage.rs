use std::{
    thread,
    time::{Duration, Instant},
};

use peer_runner::{Browser, Kind};

use crate::{
    scene::{Scene, knows},
    verdict::Verdict,
};

/// The store is killed and comes back with its data after three seconds. Somebody asks ten times a second.
pub(crate) fn probe(scene: &mut Scene) -> Verdict {
    const DOWN: Duration = Duration::from_secs(3);
    const SOON: Duration = Duration::from_millis(1500);

    if scene.contender.kind == Kind::Memory {
        return Verdict::Meaningless;
    }
    let browser = scene.visitor();
    scene.database.kill();
    let start = Instant::now();
    let mut asked = Vec::new();
    while start.elapsed() < DOWN {
        asked.push(ask(&browser, scene));
        thread::sleep(Duration::from_millis(100));
    }
    scene.database.restart();
    let up = Instant::now();
    while !knows(&browser, scene.here()) {
        if up.elapsed() > Duration::from_secs(20) {
            return Verdict::Bad("the session is not there afterwards".to_owned());
        }
        thread::sleep(Duration::from_millis(10));
    }
    let back = up.elapsed();
    let answers: Vec<(u16, Duration)> = asked.into_iter().map(|asking| asking.join().unwrap()).collect();
    let longest = answers.iter().map(|(_, taken)| *taken).max().unwrap();
    let mut statuses: Vec<String> = answers.iter().map(|(status, _)| status.to_string()).collect();
    statuses.sort_unstable();
    statuses.dedup();
    let statuses = statuses.join(" and ").replace("200", "served without the store");
    let text = format!(
        "{statuses}, after {} at most; back in {}",
        seconds(longest.min(Duration::from_secs(10))),
        seconds(back)
    );
    // An empty session in place of the one that cannot be read would be worse than an error.
    Verdict::of(longest < SOON && back < SOON && !statuses.contains("served"), text)
}

fn ask(browser: &Browser, scene: &Scene) -> thread::JoinHandle<(u16, Duration)> {
    let mut tab = browser.tab(scene.here());
    thread::spawn(move || {
        let start = Instant::now();
        let status = tab.get("/read").map_or(0, |answer| answer.status);
        (status, start.elapsed())
    })
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
