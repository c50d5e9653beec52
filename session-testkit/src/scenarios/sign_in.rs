use session_core::id::CookieId;

use super::{Browser, Site};
use crate::{
    case::cases,
    subject::{Subject, racer},
    violation::Checked,
};

cases! {
    SESSION_4: [an_id_chosen_by_the_client_is_not_adopted, an_id_planted_before_the_sign_in_is_dead_after_it];
    SESSION_9: [two_sign_ins_in_turn_both_succeed, two_racing_sign_ins_both_succeed];
}

async fn an_id_chosen_by_the_client_is_not_adopted(s: Subject) -> Checked {
    let site = Site::new(&s)?;
    let algorithm = site.context().config().algorithm;
    for family in [None, Some(site.family(&site.owner()))] {
        let chosen = CookieId::generate(algorithm, family, site.context().entropy());
        let chosen = site.done("making an id", chosen)?;
        let planted = Browser::with(site.cookie_name(), &chosen);
        let mut browser = planted.clone();
        let session = site.open(&browser).await?;
        s.check(session.is_new(), || "an id that nobody was given opened a session".to_owned())?;
        site.done("setting a value", session.set("n", 1_u32))?;
        site.save(&session, &mut browser).await?;
        s.check(browser.key() != planted.key(), || "an id chosen by the client was adopted".to_owned())?;
        s.absent(chosen.key(), "after a visit with an id chosen by the client").await?;
        site.is_dead(&planted, "after a visit with an id chosen by the client").await?;
    }
    Ok(())
}

async fn an_id_planted_before_the_sign_in_is_dead_after_it(s: Subject) -> Checked {
    let site = Site::new(&s)?;
    let (victim, thief) = (site.owner(), site.owner());
    // An id planted by a visitor, one planted by a thief with an account, and one stolen from the victim.
    for owner in [None, Some(&thief), Some(&victim)] {
        let planted = site.visitor(owner.map(String::as_str)).await?;
        let mut browser = planted.clone();
        let session = site.found(&browser, "with the planted id").await?;
        site.done("signing in", session.login(&victim))?;
        site.done("setting a value", session.set("secret", 1_u32))?;
        site.save(&session, &mut browser).await?;
        let session = site.found(&browser, "after the sign-in").await?;
        s.equal("who is signed in", &session.owner().as_deref(), &Some(victim.as_str()))?;
        site.is_dead(&planted, "the planted id, after the sign-in").await?;
    }
    Ok(())
}

async fn two_sign_ins_in_turn_both_succeed(s: Subject) -> Checked {
    let site = Site::new(&s)?;
    for was in [None, Some(site.owner())] {
        let owner = was.clone().unwrap_or_else(|| site.owner());
        let browser = site.visitor(was.as_deref()).await?;
        let both = [site.open(&browser).await?, site.open(&browser).await?];
        let mut outcomes = Vec::new();
        for (number, session) in both.into_iter().enumerate() {
            site.done("signing in", session.login(&owner))?;
            if number == 0 {
                site.done("setting a value", session.set("first", 1_u32))?;
            }
            let mut after = browser.clone();
            site.save(&session, &mut after).await?;
            outcomes.push(after);
        }
        both_are_signed_in(&site, &owner, &browser, &outcomes).await?;
        for browser in &outcomes {
            let session = site.found(browser, "after both sign-ins").await?;
            s.equal("whether what the first sign-in added is there", &session.contains("first"), &true)?;
        }
    }
    Ok(())
}

async fn two_racing_sign_ins_both_succeed(s: Subject) -> Checked {
    let site = Site::new(&s)?;
    for round in Subject::rounds() {
        let owner = site.owner();
        let browser = site.visitor((round % 2 == 0).then_some(owner.as_str())).await?;
        let sign_in = || {
            let (mut browser, owner) = (browser.clone(), owner.clone());
            racer(move |s: Subject| async move {
                let site = Site::new(&s)?;
                let session = site.open(&browser).await?;
                site.done("signing in", session.login(&owner))?;
                site.save(&session, &mut browser).await?;
                Ok(browser)
            })
        };
        let outcomes = s.race(vec![sign_in(), sign_in()])?;
        both_are_signed_in(&site, &owner, &browser, &outcomes).await?;
    }
    Ok(())
}

async fn both_are_signed_in(site: &Site, owner: &str, old: &Browser, after: &[Browser]) -> Checked {
    site.s.equal("sessions of the owner after two sign-ins", &site.sessions_of(owner).await?, &2)?;
    site.is_dead(old, "the id that two signed in from").await?;
    for browser in after {
        let session = site.found(browser, "after a sign-in that was acknowledged").await?;
        site.s.equal("who is signed in", &session.owner().as_deref(), &Some(owner))?;
        site.s.equal("whether what was in the session is still in it", &session.contains("n"), &true)?;
    }
    Ok(())
}
