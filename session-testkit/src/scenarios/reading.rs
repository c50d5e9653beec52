use std::time::Duration;

use session_core::{exchange::Saved, store::Stored};

use super::{Browser, Site};
use crate::{case::cases, subject::Subject, violation::Checked};

cases! {
    SESSION_7: [a_session_that_is_only_read_lives_on];
}

async fn a_session_that_is_only_read_lives_on(s: Subject) -> Checked {
    // Without a clock that can be moved, the least that the configuration accepts and a far store can keep.
    let (idle, reads) = if s.shared.time.is_real() {
        (Duration::from_secs(1).max(s.resolution() * 16).max(s.short()), s.pace().affords(10, 8, 4))
    } else {
        (Duration::from_secs(300), s.pace().affords(60, 2, 10))
    };
    let site = Site::with(&s, |settings| {
        settings.idle = idle;
        settings.grace = idle.min(Duration::from_secs(10));
    })?;
    for owner in [None, Some(site.owner())] {
        let mut touched = s.now();
        let visitor = site.visitor(owner.as_deref()).await;
        if visitor.is_err() {
            // It looks for the session that it has made.
            s.in_time(touched, idle)?;
        }
        let mut browser = visitor?;
        let Some(key) = browser.key() else {
            return Err(s.violation("a session was stored and the browser got no id"));
        };
        let first = s.load(&key).await?;
        for read in 1..=reads {
            site.pass(idle * 2 / 5);
            let asked = s.now();
            let kept = lives_on(&site, &mut browser, first.as_ref()).await;
            if kept.is_err() {
                s.in_time(touched, idle)?;
            }
            s.check(kept?, || format!("the record was written by read {read} of {reads}"))?;
            touched = asked;
        }
        s.outlive(idle);
        site.is_dead(&browser, "after it was left alone").await?;
    }
    Ok(())
}

/// Reads once more. Returns whether the record is still as it was first.
async fn lives_on(site: &Site, browser: &mut Browser, first: Option<&Stored>) -> Checked<bool> {
    let s = &site.s;
    let session = site.found(browser, "while it was read again and again").await?;
    let n = site.done("reading a value", session.get::<u32>("n"))?;
    s.equal("what is read", &n, &Some(0))?;
    let settled = site.save(&session, browser).await?;
    s.equal("what a request did that only read, so long after the last", &settled.saved, &Saved::Touched)?;
    let Some(key) = browser.key() else {
        return Err(s.violation("a session was read and the browser lost its id"));
    };
    let stored = s.load(&key).await?;
    let written = |stored: Option<&Stored>| stored.map(|stored| (stored.revision, stored.data.clone()));
    Ok(written(stored.as_ref()) == written(first))
}
