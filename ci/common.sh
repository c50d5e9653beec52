# What the scripts in this folder share. Source it; it changes to the root of the repository.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

step() { printf '\n== %s\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

# The published crates, each after those that it depends on. No other script lists them.
crates=(
    session-core
    session-memory
    session-metrics
    session-tokio
    session-testservers
    session-net
    session-redis
    session-sql
    session-mysql
    session-postgres
    session-sqlite
    session-http
    session-tower
    session-actix
    session-testing
    session-testkit
    session-driverkit
    alo-session
    session-setup
)

# The features that a crate needs at least: a store with a server has one of its two APIs.
least_features() {
    case $1 in session-redis | session-sql | session-mysql | session-postgres) echo blocking ;; esac
}

# The tests start servers of their own; without these programs they would be ignored.
export SESSION_TEST_REQUIRE=redis,mysql,postgres,pgbouncer,browser

# All crates have the same version.
workspace_version() { sed -n '/^\[workspace.package\]/,/^$/s/^version = "\(.*\)"/\1/p' Cargo.toml; }
