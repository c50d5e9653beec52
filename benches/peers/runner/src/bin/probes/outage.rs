use std::{
    collections::BTreeSet,
    thread,
    time::{Duration, Instant},
};

use peer_runner::{Answer, Browser, Kind};

use crate::{
    scene::{Scene, knows},
    verdict::Verdict,
};

/// The store is killed and comes back with its data after three seconds. Somebody asks ten times a second.
pub(crate) fn probe(scene: &mut Scene) -> Verdict {
    const DOWN: Duration = Duration::from_secs(3);
    const SOON: Duration = Duration::from_millis(1500);
    const PATIENCE: Duration = Duration::from_secs(30);

    if matches!(scene.contender.kind, Kind::Memory | Kind::Sqlite) {
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
    // What has been answered by now was answered without the store.
    let early = Instant::now();
    scene.database.restart();
    let up = Instant::now();
    let mut back = None;
    while back.is_none() && up.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(10));
        back = knows(&browser, scene.here()).then(|| up.elapsed());
    }
    let answers: Vec<Asked> = asked.into_iter().map(|asking| asking.join().unwrap()).collect();
    let longest = answers.iter().map(|asked| asked.taken).max().unwrap();
    let said: BTreeSet<String> = answers.iter().map(|asked| asked.says(early)).collect();
    let said = said.into_iter().collect::<Vec<_>>().join(" or ");
    let after = back.map_or("not back after 30 s".to_owned(), |back| format!("back in {}", seconds(back)));
    let good = longest < SOON && back.is_some_and(|back| back < SOON) && !said.contains("200");
    Verdict::of(good, format!("{said}, within {}; {after}", seconds(longest)))
}

struct Asked {
    answer: Option<Answer>,
    taken: Duration,
    at: Instant,
}

impl Asked {
    fn says(&self, early: Instant) -> String {
        match &self.answer {
            None => "hangs".to_owned(),
            Some(answer) if answer.status != 200 => answer.status.to_string(),
            Some(answer) if answer.body != Scene::KNOWN => "200 with an empty session".to_owned(),
            Some(_) if self.at < early => "200 from the process's memory".to_owned(),
            Some(_) => "waits for the store".to_owned(),
        }
    }
}

fn ask(browser: &Browser, scene: &Scene) -> thread::JoinHandle<Asked> {
    let mut tab = browser.tab(scene.here());
    thread::spawn(move || {
        let start = Instant::now();
        let answer = tab.get("/read").ok();
        Asked { answer, taken: start.elapsed(), at: Instant::now() }
    })
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
