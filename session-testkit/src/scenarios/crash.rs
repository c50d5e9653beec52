use session_core::{
    OpenSession,
    exchange::{Call, Exchange, Step, finish},
    id::StoreKey,
    store::Store as _,
};

use super::{Browser, Handled, Site};
use crate::{case::cases, subject::Subject, violation::Checked};

cases! {
    SESSION_11: [a_crash_between_any_two_steps_leaves_one_session];
}

/// A change of the id of a session.
struct Change {
    name: &'static str,
    signed_in: bool,
    /// Whether the family stays the same, so that the store does it in one step.
    in_one_step: bool,
    run: fn(&OpenSession, &str) -> Handled,
}

const CHANGES: [Change; 5] = [
    Change {
        name: "sign-in",
        signed_in: false,
        in_one_step: false,
        run: |session, owner| session.login(owner),
    },
    Change {
        name: "sign-in as somebody else",
        signed_in: true,
        in_one_step: false,
        run: |session, owner| session.switch_owner(format!("{owner}-2")),
    },
    Change {
        name: "sign-in again",
        signed_in: true,
        in_one_step: true,
        run: |session, owner| session.login(owner),
    },
    Change {
        name: "change of the id of a visitor",
        signed_in: false,
        in_one_step: true,
        run: |session, _| session.rotate(),
    },
    Change {
        name: "change of the id",
        signed_in: true,
        in_one_step: true,
        run: |session, _| session.rotate(),
    },
];

/// More calls than any change makes.
const MANY: usize = 8;

async fn a_crash_between_any_two_steps_leaves_one_session(s: Subject) -> Checked {
    let site = Site::new(&s)?;
    for change in &CHANGES {
        for steps in 0..MANY {
            let owner = site.owner();
            let browser = site.visitor(change.signed_in.then_some(owner.as_str())).await?;
            let (new, told) = crashed(&site, &browser, change, &owner, steps).await?;
            one_is_left(&site, &browser, new, told.as_ref(), change, steps).await?;
            if told.is_some() {
                break;
            }
            s.check(steps + 1 < MANY, || format!("a {} asked the store {MANY} times", change.name))?;
            again(&site, &browser, new, change, &owner).await?;
        }
    }
    Ok(())
}

/// Carries out this many calls and stops. Returns the new key, and the browser if it got the response.
async fn crashed(
    site: &Site,
    browser: &Browser,
    change: &Change,
    owner: &str,
    steps: usize,
) -> Checked<(Option<StoreKey>, Option<Browser>)> {
    let session = site.found(browser, "before its id is changed").await?;
    site.done(change.name, (change.run)(&session, owner))?;
    let (mut new, mut done) = (None, 0);
    let mut step = site.done("saving a session", finish(&session, site.now()))?;
    loop {
        let saving = match step {
            Step::Ask(_) if done == steps => return Ok((new, None)),
            Step::Ask(saving) => saving,
            Step::Done(settled) => {
                let mut told = browser.clone();
                told.told(site.cookie_name(), &settled.cookie);
                return Ok((new, Some(told)));
            }
        };
        if let Call::Create { key: to, .. } | Call::Rotate { to, .. } = saving.call() {
            new = Some(to);
        }
        let answer = site.s.store.perform(saving.call()).await;
        done += 1;
        if done == steps {
            // The answer is lost.
            return Ok((new, None));
        }
        step = site.done("saving a session", saving.answer(answer))?;
    }
}

async fn one_is_left(
    site: &Site,
    old: &Browser,
    new: Option<StoreKey>,
    told: Option<&Browser>,
    change: &Change,
    steps: usize,
) -> Checked {
    let when = match told {
        Some(_) => format!("after a {}", change.name),
        None => format!("after a crash behind {steps} calls of a {}", change.name),
    };
    let by_old = !site.open(old).await?.is_new();
    let by_new = match new {
        Some(key) => site.s.load(&key).await?.is_some(),
        None => false,
    };
    site.s.check(by_old || by_new, || format!("{when}: neither the old session nor the new one is left"))?;
    // In two steps there is a moment with both sessions, but no browser has the new id yet.
    let both = by_old && by_new && (told.is_some() || change.in_one_step);
    site.s.check(!both, || format!("{when}: both the old session and the new one are live"))?;
    if let Some(told) = told {
        let session = site.found(told, &when).await?;
        site.s.equal("whether what was in the session is still in it", &session.contains("n"), &true)?;
    }
    Ok(())
}

/// The browser that still has the old id can try again.
async fn again(
    site: &Site,
    browser: &Browser,
    new: Option<StoreKey>,
    change: &Change,
    owner: &str,
) -> Checked {
    let session = site.open(browser).await?;
    if session.is_new() {
        return Ok(());
    }
    let mut after = browser.clone();
    site.done(change.name, (change.run)(&session, owner))?;
    site.save(&session, &mut after).await?;
    site.found(&after, "after it was done again, following a crash").await?;
    site.is_dead(browser, "after it was done again, following a crash").await?;
    site.s.check(after.key() != new, || "the id of before the crash was used again".to_owned())
}
