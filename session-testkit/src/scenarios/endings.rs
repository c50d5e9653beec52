use session_core::OpenSession;

use super::{Browser, Handler, Site};
use crate::{
    case::cases,
    subject::{Subject, racer},
    violation::Checked,
};

cases! {
    SESSION_3: [a_write_that_ends_after_the_sign_out_stays_dead, a_read_that_ends_after_the_sign_out_revives_nothing,
        a_racing_write_does_not_outlive_the_sign_out, nothing_in_flight_revives_what_the_end_of_all_has_ended];
    SESSION_10: [a_sign_out_and_a_sign_in_in_turn_have_one_winner, a_sign_out_racing_a_sign_in_leaves_one_or_none,
        a_sign_in_again_after_the_end_of_all_revives_nothing];
}

/// The ways to end a session: a logout, a logout with a message for the next page, and a destroy.
const ENDS: [Handler; 3] = [
    OpenSession::logout,
    |session| session.logout().and_then(|()| session.flash("info", "see you")),
    |session| {
        session.destroy();
        Ok(())
    },
];

async fn a_write_that_ends_after_the_sign_out_stays_dead(s: Subject) -> Checked {
    let site = Site::new(&s)?;
    for end in ENDS {
        let owner = site.owner();
        let mut browser = site.visitor(Some(&owner)).await?;
        let old = browser.clone();
        let (writer, leaver) = (site.open(&browser).await?, site.open(&browser).await?);
        site.done("signing out", end(&leaver))?;
        site.save(&leaver, &mut browser).await?;
        site.done("setting a value", writer.set("late", 1_u32))?;
        let saved = site.save_unless_gone(&writer, &mut old.clone()).await?;
        s.equal("whether a write after the sign-out was acknowledged", &saved, &false)?;
        stays_dead(&site, &owner, &old).await?;
    }
    Ok(())
}

async fn a_read_that_ends_after_the_sign_out_revives_nothing(s: Subject) -> Checked {
    // Late enough for a reader to extend the deadline.
    let site = Site::with(&s, |settings| settings.touch_after = Some(std::time::Duration::from_millis(1)))?;
    for end in ENDS {
        let owner = site.owner();
        let mut browser = site.visitor(Some(&owner)).await?;
        let old = browser.clone();
        site.pass(std::time::Duration::from_millis(5).max(s.slack()));
        let (reader, leaver) = (site.open(&browser).await?, site.open(&browser).await?);
        site.done("signing out", end(&leaver))?;
        site.save(&leaver, &mut browser).await?;
        site.done("saving after a read", site.try_save(&reader).await)?;
        stays_dead(&site, &owner, &old).await?;
    }
    Ok(())
}

async fn a_racing_write_does_not_outlive_the_sign_out(s: Subject) -> Checked {
    let site = Site::new(&s)?;
    for end in ENDS.into_iter().cycle().zip(Subject::rounds()).map(|(end, _)| end) {
        let owner = site.owner();
        let browser = site.visitor(Some(&owner)).await?;
        let writer = || {
            let mut browser = browser.clone();
            racer(move |s: Subject| async move {
                let site = Site::new(&s)?;
                let session = site.open(&browser).await?;
                if session.is_new() {
                    return Ok(());
                }
                site.done("setting a value", session.set("late", 1_u32))?;
                site.save_unless_gone(&session, &mut browser).await.map(drop)
            })
        };
        let leaver = {
            let mut browser = browser.clone();
            racer(move |s: Subject| async move {
                let site = Site::new(&s)?;
                let session = site.open(&browser).await?;
                site.done("signing out", end(&session))?;
                site.save(&session, &mut browser).await.map(drop)
            })
        };
        s.race(vec![writer(), leaver, writer()])?;
        stays_dead(&site, &owner, &browser).await?;
    }
    Ok(())
}

/// The end of all leaves no tombstone, so the key is simply absent.
async fn nothing_in_flight_revives_what_the_end_of_all_has_ended(s: Subject) -> Checked {
    let site = Site::with(&s, |settings| settings.touch_after = Some(std::time::Duration::from_millis(1)))?;
    for writes in [true, false] {
        let owner = site.owner();
        let browser = site.visitor(Some(&owner)).await?;
        site.pass(std::time::Duration::from_millis(5).max(s.slack()));
        let session = site.open(&browser).await?;
        s.revoke(&site.family(&owner), None).await?;
        if writes {
            site.done("setting a value", session.set("late", 1_u32))?;
            let saved = site.save_unless_gone(&session, &mut browser.clone()).await?;
            s.equal("whether a write after the end of all was acknowledged", &saved, &false)?;
        } else {
            site.done("saving after a read", site.try_save(&session).await)?;
        }
        stays_dead(&site, &owner, &browser).await?;
    }
    Ok(())
}

async fn a_sign_in_again_after_the_end_of_all_revives_nothing(s: Subject) -> Checked {
    let site = Site::new(&s)?;
    let owner = site.owner();
    let browser = site.visitor(Some(&owner)).await?;
    let session = site.open(&browser).await?;
    s.revoke(&site.family(&owner), None).await?;
    site.done("signing in", session.login(&owner))?;
    let saved = site.save_unless_gone(&session, &mut browser.clone()).await?;
    s.equal("whether a sign-in with a session that has ended was acknowledged", &saved, &false)?;
    stays_dead(&site, &owner, &browser).await
}

async fn stays_dead(site: &Site, owner: &str, old: &Browser) -> Checked {
    site.is_dead(old, "after the sign-out").await?;
    site.s.equal("sessions of an owner who has signed out", &site.sessions_of(owner).await?, &0)
}

async fn a_sign_out_and_a_sign_in_in_turn_have_one_winner(s: Subject) -> Checked {
    let site = Site::new(&s)?;
    for (sign_in_first, end) in ENDS.into_iter().flat_map(|end| [(true, end), (false, end)]) {
        let owner = site.owner();
        let browser = site.visitor(Some(&owner)).await?;
        let (out, again) = (site.open(&browser).await?, site.open(&browser).await?);
        site.done("signing out", end(&out))?;
        site.done("signing in", again.login(&owner))?;
        let (mut after_out, mut after_in) = (browser.clone(), browser.clone());
        let left = if sign_in_first {
            let signed_in = site.save_unless_gone(&again, &mut after_in).await?;
            (site.save_unless_gone(&out, &mut after_out).await?, signed_in)
        } else {
            (
                site.save_unless_gone(&out, &mut after_out).await?,
                site.save_unless_gone(&again, &mut after_in).await?,
            )
        };
        settled(&site, &owner, &browser, &after_in, left).await?;
    }
    Ok(())
}

async fn a_sign_out_racing_a_sign_in_leaves_one_or_none(s: Subject) -> Checked {
    let site = Site::new(&s)?;
    for end in ENDS.into_iter().cycle().zip(Subject::rounds()).map(|(end, _)| end) {
        let owner = site.owner();
        let browser = site.visitor(Some(&owner)).await?;
        let (out, again) = (site.open(&browser).await?, site.open(&browser).await?);
        site.done("signing out", end(&out))?;
        site.done("signing in", again.login(&owner))?;
        let save = |session: OpenSession| {
            let mut browser = browser.clone();
            racer(move |s: Subject| async move {
                let saved = Site::new(&s)?.save_unless_gone(&session, &mut browser).await?;
                Ok((saved, browser))
            })
        };
        let saved = s.race(vec![save(out), save(again)])?;
        if let [(out, _), (again, after_in)] = saved.as_slice() {
            settled(&site, &owner, &browser, after_in, (*out, *again)).await?;
        }
    }
    Ok(())
}

/// Checks that the acknowledged request took effect, and that the old id is dead in any case.
async fn settled(
    site: &Site,
    owner: &str,
    old: &Browser,
    after_in: &Browser,
    (out, signed_in): (bool, bool),
) -> Checked {
    site.is_dead(old, "after a sign-out and a sign-in").await?;
    let sessions = site.sessions_of(owner).await?;
    site.s.check(out != signed_in, || {
        format!("of a sign-out and a sign-in, signed out: {out}, signed in: {signed_in}")
    })?;
    site.s.equal("sessions after a sign-out and a sign-in", &sessions, &usize::from(signed_in))?;
    if signed_in {
        site.found(after_in, "after a sign-in that raced a sign-out").await?;
    }
    Ok(())
}
