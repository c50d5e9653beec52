use std::time::Duration;

use session_core::{OpenSession, exchange::Saved};

use super::{Browser, Handled, Site};
use crate::{
    case::cases,
    pace::Clock,
    subject::{Subject, racer},
    violation::Checked,
};

cases! {
    SESSION_5: [a_write_in_flight_while_the_id_ages_out_is_kept, racing_writes_while_the_id_ages_out_are_kept];
    SESSION_6: [a_write_in_flight_while_rights_change_is_refused];
}

/// The age at which an id is replaced. Without a clock that can be moved, the least that the configuration accepts and a
/// far store can keep.
fn age(s: &Subject) -> Duration {
    match s.shared.time.clock() {
        Clock::Stands => Duration::from_secs(60),
        Clock::RunsAndMoves => Duration::from_secs(60).max(s.short()),
        Clock::Runs => Duration::from_secs(1).max(s.short()),
    }
}

fn aging(s: &Subject) -> Checked<Site> {
    Site::with(s, |settings| {
        settings.idle = settings.idle.max(age(s) * 4);
        settings.rotate_after = Some(age(s));
        settings.grace = age(s);
    })
}

async fn a_write_in_flight_while_the_id_ages_out_is_kept(s: Subject) -> Checked {
    let site = aging(&s)?;
    for owner in [None, Some(site.owner())] {
        let mut browser = site.visitor(owner.as_deref()).await?;
        let old = browser.clone();
        site.pass(age(&s) + s.slack());
        let rotated = s.now();
        let kept = late_writes(&site, &mut browser, &old).await;
        if kept.is_err() {
            s.in_time(rotated, age(&s))?;
        }
        kept?;
        let session = site.found(&browser, "by the new id").await?;
        let kept = ["late", "tab", "n"].map(|key| session.contains(key));
        s.equal("whether writes in flight during a rotation are kept", &kept, &[true; 3])?;
        if let Some(owner) = &owner {
            s.equal("sessions of the owner after a rotation", &site.sessions_of(owner).await?, &1)?;
        }
    }
    Ok(())
}

/// Replaces the id, and writes through the old one within its grace.
async fn late_writes(site: &Site, browser: &mut Browser, old: &Browser) -> Checked {
    let (rotates, writes) = (site.open(browser).await?, site.open(browser).await?);
    let settled = site.save(&rotates, browser).await?;
    site.s.equal("what became of a session whose id was old", &settled.saved, &Saved::Rotated)?;
    write(site, &writes, "late", &mut old.clone()).await?;
    // Within the grace the old id works on the new record.
    let tab = site.found(old, "by the old id, within the grace").await?;
    write(site, &tab, "tab", &mut old.clone()).await
}

/// Each browser finds what all have written, by its new id or within the grace of the old one.
async fn all_kept(site: &Site, browsers: &[Browser]) -> Checked {
    for browser in browsers {
        let session = site.found(browser, "after its id was replaced").await?;
        let kept = ["a", "b", "c", "n"].map(|key| session.contains(key));
        site.s.equal("whether racing writes during a rotation are kept", &kept, &[true; 4])?;
    }
    Ok(())
}

async fn racing_writes_while_the_id_ages_out_are_kept(s: Subject) -> Checked {
    let site = aging(&s)?;
    for round in Subject::rounds().take(if s.shared.time.is_real() { 2 } else { 60 }) {
        let owner = (round % 2 == 0).then(|| site.owner());
        let browser = site.visitor(owner.as_deref()).await?;
        site.pass(age(&s) + s.slack());
        let writer = |key: &'static str| {
            let mut browser = browser.clone();
            racer(move |s: Subject| async move {
                let site = aging(&s)?;
                let session = site.found(&browser, "while its id is replaced").await?;
                write(&site, &session, key, &mut browser).await?;
                Ok(browser)
            })
        };
        let rotated = s.now();
        let after = s.race(vec![writer("a"), writer("b"), writer("c")]);
        let kept = match after {
            Ok(browsers) => all_kept(&site, &browsers).await,
            Err(flaw) => Err(flaw),
        };
        if kept.is_err() {
            s.in_time(rotated, age(&s))?;
        }
        kept?;
        if let Some(owner) = &owner {
            s.equal("sessions of the owner after a rotation", &site.sessions_of(owner).await?, &1)?;
        }
    }
    Ok(())
}

async fn write(site: &Site, session: &OpenSession, key: &str, browser: &mut Browser) -> Checked {
    site.done("setting a value", session.set(key, 1_u32))?;
    site.save(session, browser).await.map(drop)
}

async fn a_write_in_flight_while_rights_change_is_refused(s: Subject) -> Checked {
    let site = Site::new(&s)?;
    for was in [None, Some(site.owner())] {
        let owner = was.clone().unwrap_or_else(|| site.owner());
        let changes: [&dyn Fn(&OpenSession) -> Handled; 2] =
            [&|session| session.login(&owner), &OpenSession::rotate];
        for change in changes {
            let mut browser = site.visitor(was.as_deref()).await?;
            let old = browser.clone();
            let (writer, changer) = (site.open(&browser).await?, site.open(&browser).await?);
            site.done("changing rights", change(&changer))?;
            site.save(&changer, &mut browser).await?;
            site.done("setting a value", writer.set("late", 1_u32))?;
            let saved = site.save_unless_gone(&writer, &mut old.clone()).await?;
            s.equal("whether a write by the id of before was acknowledged", &saved, &false)?;
            site.is_dead(&old, "the id of before the change of rights").await?;
            let session = site.found(&browser, "after the change of rights").await?;
            s.equal("whether the late write is in it", &session.contains("late"), &false)?;
            s.equal("whether the first write is in it", &session.contains("n"), &true)?;
        }
    }
    Ok(())
}
