//! The servers start, answer, come back with their data, and leave nothing behind.

mod absence;
mod mariadb;
mod mysql_groups;
mod ownership;
mod postgres;
mod postgres_groups;
mod redis;
mod redis_groups;
mod support;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Trial};
use session_testservers::ServerError;
use support::Checked;

type Case = (&'static str, fn() -> Checked);

macro_rules! cases {
    ($($module:ident :: { $($case:ident),+ $(,)? }),+ $(,)?) => {
        &[$($((concat!(stringify!($module), "::", stringify!($case)), $module::$case)),+),+]
    };
}

const CASES: &[Case] = cases![
    redis::{
        it_starts_and_answers,
        it_comes_back_with_its_data,
        it_comes_back_empty_without_a_log,
        a_frozen_one_answers_when_thawed,
        a_password_is_asked_for,
        tls_is_verified,
        two_are_strangers,
        it_is_gone_after_drop,
        a_bad_configuration_is_reported_with_the_log,
        an_error_is_an_error,
    },
    redis_groups::{
        a_cluster_has_a_key_in_each_range,
        a_cluster_node_comes_back,
        a_replica_takes_over_its_part_of_the_cluster,
        sentinels_promote_the_replica,
    },
    mariadb::{
        it_starts_and_answers,
        it_comes_back_with_its_data,
        a_frozen_one_greets_when_thawed,
        tls_is_verified,
        two_are_strangers_and_one_is_gone_after_drop,
        a_bad_configuration_is_reported_with_the_log,
        a_bad_statement_is_reported,
    },
    mysql_groups::{
        what_one_node_of_galera_writes_the_others_read,
        what_one_member_writes_the_others_read,
    },
    postgres::{
        it_starts_and_answers,
        it_comes_back_with_its_data,
        a_frozen_one_answers_when_thawed,
        a_killed_one_commits_nothing_more,
        tls_is_verified,
        a_certificate_is_wanted_of_clients,
        a_rule_of_access_goes_first,
        two_are_strangers_and_one_is_gone_after_drop,
        a_bad_configuration_is_reported_with_the_log,
        a_bad_statement_is_reported,
    },
    postgres_groups::{
        a_standby_reads_and_is_promoted,
        transactions_share_connections,
        a_bouncer_comes_back_and_is_gone_after_drop,
    },
    ownership::{
        everything_ends_with_a_killed_owner,
        everything_ends_with_an_owner_that_exits,
    },
    absence::{
        an_absent_server_is_ignored_with_the_reason,
        a_required_server_must_not_be_absent,
        another_requirement_changes_nothing,
        the_environment_takes_precedence,
    },
];

fn main() -> ExitCode {
    if let Some(ended) = support::played_role() {
        return ended;
    }
    let trials = CASES.iter().map(|(name, case)| {
        Trial::ignorable_test(*name, move || match case() {
            Ok(()) => Ok(Completion::Completed),
            Err(error) => match error.downcast_ref().and_then(ServerError::absence) {
                Some(reason) => Ok(Completion::ignored_with(reason)),
                None => Err(error.to_string().into()),
            },
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}
