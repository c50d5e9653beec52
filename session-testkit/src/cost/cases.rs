use super::Errand;
use crate::case::cases;
use crate::{
    subject::Subject,
    violation::{Checked, Flaw},
};

cases! {
    COST_1: [no_operation_asks_its_server_more_often_than_declared];
}

/// How often an errand is counted after it has run once: what happens only the first time, such as connecting and
/// preparing, is not its cost.
const ROUNDS: usize = 5;

/// Fifty sessions are many on a store that is far away.
const FEW_ROUNDS: usize = 2;

async fn no_operation_asks_its_server_more_often_than_declared(s: Subject) -> Checked {
    s.round_trips()?;
    let (mut dearer, mut budgeted) = (None, 0);
    for errand in Errand::ALL {
        let budget = s.shared.claims.budget_of(*errand);
        budgeted += usize::from(budget.is_some());
        let mut counts = count(&s, *errand).await?;
        let exceeds = |counts: &[u64]| budget.filter(|budget| counts.iter().any(|count| count > budget));
        // A connection that was lost in between is made anew once, and not twice.
        if exceeds(&counts).is_some() {
            counts = count(&s, *errand).await?;
        }
        if let Some(budget) = exceeds(&counts) {
            let most = counts.last().copied().unwrap_or_default();
            let seen = format!("`{errand}` took {most} round trips, where at most {budget} are declared");
            dearer.get_or_insert(s.violation(seen));
        }
        s.shared.costs.note(&s.shared.api, *errand, &counts, budget);
    }
    match dearer {
        Some(flaw) => Err(flaw),
        None if budgeted == 0 => {
            Err(Flaw::Unable("the store declares no budget (`Claims::budget`)".to_owned()))
        }
        None => Ok(()),
    }
}

/// The round trips of some runs, from few to many.
async fn count(s: &Subject, errand: Errand) -> Checked<Vec<u64>> {
    errand.run(s).await?;
    let rounds = if errand == Errand::RevokeFifty { FEW_ROUNDS } else { ROUNDS };
    let mut counts = Vec::new();
    for _ in 0..rounds {
        counts.push(errand.run(s).await?);
    }
    counts.sort_unstable();
    Ok(counts)
}
