//! The cases of single operations: each a private function, listed by name under the rule that it checks.

mod attempt;
mod clock;
mod commit;
mod commit_races;
mod commit_replacing;
mod create;
mod delete;
mod delete_tombstone;
mod expiry_races;
mod family;
mod family_cap;
mod family_pages;
mod family_races;
mod family_revoke;
mod heap;
mod load;
mod out_of_step;
mod outage;
mod peer;
mod peer_families;
mod retry;
mod rotate;
mod rotate_races;
mod rotate_refused;
mod sweep;
mod tombstone;
mod touch;
mod ttl;
mod undecodable;

use crate::case::Case;

/// Every case, in the order of the contract.
pub(crate) const GROUPS: [&[Case]; 28] = [
    create::CASES,
    load::CASES,
    commit::CASES,
    commit_races::CASES,
    commit_replacing::CASES,
    retry::CASES,
    touch::CASES,
    rotate::CASES,
    rotate_refused::CASES,
    rotate_races::CASES,
    delete::CASES,
    delete_tombstone::CASES,
    tombstone::CASES,
    family::CASES,
    family_revoke::CASES,
    family_cap::CASES,
    family_pages::CASES,
    family_races::CASES,
    ttl::CASES,
    sweep::CASES,
    heap::CASES,
    clock::CASES,
    expiry_races::CASES,
    peer::CASES,
    peer_families::CASES,
    outage::CASES,
    out_of_step::CASES,
    undecodable::CASES,
];
