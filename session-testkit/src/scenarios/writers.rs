use super::{Browser, Site};
use crate::{
    case::cases,
    subject::{Subject, racer},
    violation::Checked,
};

cases! {
    SESSION_1: [two_writers_on_different_keys_in_turn, two_racing_writers_on_different_keys];
    SESSION_2: [updates_in_turn_add_up, updates_of_many_writers_add_up];
    SESSION_8: [a_token_has_one_of_two_takers_in_turn, a_token_has_one_of_many_takers];
}

async fn two_writers_on_different_keys_in_turn(s: Subject) -> Checked {
    let site = Site::new(&s)?;
    for owner in [None, Some(site.owner())] {
        let mut browser = site.visitor(owner.as_deref()).await?;
        let (one, two) = (site.open(&browser).await?, site.open(&browser).await?);
        for (session, key) in [(one, "a"), (two, "b")] {
            site.done("setting a value", session.set(key, 1_u32))?;
            site.save(&session, &mut browser).await?;
        }
        holds_both(&site, &browser).await?;
    }
    Ok(())
}

async fn two_racing_writers_on_different_keys(s: Subject) -> Checked {
    let site = Site::new(&s)?;
    for round in Subject::rounds() {
        let owner = (round % 2 == 0).then(|| site.owner());
        let browser = site.visitor(owner.as_deref()).await?;
        let writer = |key: &'static str| {
            let mut browser = browser.clone();
            racer(move |s: Subject| async move {
                let site = Site::new(&s)?;
                let session = site.open(&browser).await?;
                site.done("setting a value", session.set(key, 1_u32))?;
                site.save(&session, &mut browser).await.map(drop)
            })
        };
        s.race(vec![writer("a"), writer("b")])?;
        holds_both(&site, &browser).await?;
    }
    Ok(())
}

async fn holds_both(site: &Site, browser: &Browser) -> Checked {
    let session = site.found(browser, "after two requests wrote to it").await?;
    let kept = ["a", "b", "n"].map(|key| session.contains(key));
    site.s.equal("whether the keys of both writers and of the first are kept", &kept, &[true; 3])
}

/// All have seen the same number before one of them saves, however fast the store is.
async fn updates_in_turn_add_up(s: Subject) -> Checked {
    let site = Site::new(&s)?;
    for owner in [None, Some(site.owner())] {
        let mut browser = site.visitor(owner.as_deref()).await?;
        let mut sessions = Vec::new();
        for _ in 0..3 {
            sessions.push(site.found(&browser, "before it was updated").await?);
        }
        for session in &sessions {
            let updated = session.update("n", |n: &mut u32| {
                *n += 1;
                *n
            });
            site.done("updating a value", updated)?;
            site.save(session, &mut browser).await?;
        }
        let session = site.found(&browser, "after three updates").await?;
        let n = site.done("reading a value", session.get::<u32>("n"))?;
        s.equal("the sum of three acknowledged updates", &n, &Some(3))?;
    }
    Ok(())
}

async fn updates_of_many_writers_add_up(s: Subject) -> Checked {
    const WRITERS: usize = 4;
    // Only one of them succeeds at a time.
    let each = s.pace().affords(15, 8, 5);
    let site = Site::new(&s)?;
    let browser = site.visitor(Some(&site.owner())).await?;
    let done = s.race_many(WRITERS, |_, s| {
        let mut browser = browser.clone();
        async move {
            let site = Site::new(&s)?;
            for _ in 0..each {
                let session = site.found(&browser, "while it was being written").await?;
                let updated = session.update("n", |n: &mut u32| {
                    *n += 1;
                    *n
                });
                site.done("updating a value", updated)?;
                site.save(&session, &mut browser).await?;
            }
            Ok(each)
        }
    })?;
    let session = site.found(&browser, "after many updates").await?;
    let n = site.done("reading a value", session.get::<u32>("n"))?;
    s.equal("the sum of all acknowledged updates", &n, &Some(done.iter().sum()))
}

async fn a_token_has_one_of_two_takers_in_turn(s: Subject) -> Checked {
    let site = Site::new(&s)?;
    for owner in [None, Some(site.owner())] {
        let mut browser = site.visitor(owner.as_deref()).await?;
        let session = site.open(&browser).await?;
        let text = site.done("making a token", session.tokens().create("once", None))?;
        site.save(&session, &mut browser).await?;
        // Both have seen the token before one of them uses it up.
        let (one, two) = (site.open(&browser).await?, site.open(&browser).await?);
        let one = site.consume(&one, "once", text.as_str()).await?;
        let two = site.consume(&two, "once", text.as_str()).await?;
        s.equal("who took a one-time token", &(one, two), &(true, false))?;
    }
    Ok(())
}

async fn a_token_has_one_of_many_takers(s: Subject) -> Checked {
    const TAKERS: usize = 4;
    let site = Site::new(&s)?;
    for round in Subject::rounds() {
        let owner = (round % 2 == 0).then(|| site.owner());
        let mut browser = site.visitor(owner.as_deref()).await?;
        let session = site.open(&browser).await?;
        let text = site.done("making a token", session.tokens().create("once", None))?;
        site.save(&session, &mut browser).await?;
        let (browser, text) = (&browser, &text);
        let taken = s.race_many(TAKERS, |_, s| async move {
            let site = Site::new(&s)?;
            let session = site.open(browser).await?;
            site.consume(&session, "once", text.as_str()).await
        })?;
        let takers = taken.iter().filter(|taken| **taken).count();
        s.equal("takers of a one-time token", &takers, &1)?;
        let session = site.open(browser).await?;
        let again = site.consume(&session, "once", text.as_str()).await?;
        s.equal("whether a token that was used up is taken again", &again, &false)?;
    }
    Ok(())
}
