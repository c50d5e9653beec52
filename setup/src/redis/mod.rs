//! Redis or Valkey servers as an operator sees them.

mod cluster;
mod info;
mod judge;
mod keys;
mod sentinels;
mod survey;

use std::{sync::Arc, time::Duration};

use session_redis::{
    acl_rules,
    blocking::RedisStore,
    maintenance::{Maintenance, Server},
};

pub(crate) use self::{
    info::Info,
    keys::{KeyCount, pages},
    survey::Survey,
};
use crate::{Failure, Finding, Report, args::RedisArgs, trial::Trial};

/// Looks at every master, and at what is around them.
pub(crate) fn look(args: &RedisArgs) -> Result<Report, Failure> {
    let url = args.url.read()?;
    let maintenance = Maintenance::connect(&url, &args.prefix)?;
    let account = format!("ACL SETUSER sessions on >PASSWORD {}", acl_rules(&args.prefix));
    let surveys = maintenance.masters().iter().map(|server| Survey::of(&maintenance, server, args));
    let surveys: Vec<Survey> = surveys.collect::<Result<_, _>>()?;
    let heading = surveys.iter().map(Survey::to_string).collect::<Vec<_>>().join("\n");
    let mut findings = cluster::judge(&maintenance, &surveys);
    findings.extend(sentinels::judge(&maintenance));
    for survey in &surveys {
        let found = judge::judge(survey).into_iter();
        findings.extend(
            found.map(|finding| if surveys.len() > 1 { finding.at(&survey.address) } else { finding }),
        );
    }
    if !args.no_trial {
        let store = open(&url, &args.prefix)?;
        for server in maintenance.masters() {
            let finding = attempt(&maintenance, &store, server, &account);
            findings.push(if surveys.len() > 1 { finding.at(&server.to_string()) } else { finding });
        }
    }
    Ok(Report { heading, findings, account: Some(account), ..Report::default() })
}

/// The store itself, as patient as an operator.
pub(crate) fn open(url: &str, prefix: &str) -> Result<Arc<RedisStore>, Failure> {
    const PATIENCE: Duration = Duration::from_secs(30);

    let builder = RedisStore::builder(url).prefix(prefix).budget(PATIENCE);
    Ok(Arc::new(builder.connect_timeout(PATIENCE / 6).response_timeout(PATIENCE / 2).build_blocking()?))
}

/// Tries a throw-away session on one master.
fn attempt(maintenance: &Maintenance, store: &RedisStore, server: &Server, account: &str) -> Finding {
    // Each attempt has a random slot. A master with a single slot is found in 16,384 of them on average.
    const ATTEMPTS: usize = 200_000;

    let is_there = |trial: &Trial| maintenance.server_of(&trial.owner()).as_ref() == Some(server);
    let Some(trial) = (0..ATTEMPTS).filter_map(|_| Trial::new()).find(is_there) else {
        return Finding::unknown("trial", "no key was found that belongs to this server");
    };
    let finding = trial.run(store, account);
    let mut leftovers = trial.leftovers().into_iter();
    match leftovers.try_for_each(|(family, digests)| maintenance.forget(&family, &digests)) {
        // Whoever may not write may not remove either, and has left nothing.
        Err(error) if finding.level == crate::Level::Fine => {
            let seen = format!("the throw-away session could not be removed: {error}");
            Finding::warning("trial", seen, "it removes itself within 401 days")
        }
        _ => finding,
    }
}
