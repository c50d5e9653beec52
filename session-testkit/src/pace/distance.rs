use std::time::Duration;

/// How far away the stores of this run are, each way, as the variable `SESSION_TEST_DISTANCE_MS` says. No distance by
/// default.
///
/// The kit puts a [`Distant`](crate::Distant) of as much in front of each store, unless its fixture says that the store
/// [is that far away](crate::Opened::at_distance) already, by a proxy for example.
#[must_use]
pub fn distance() -> Duration {
    let millis = std::env::var("SESSION_TEST_DISTANCE_MS").ok().and_then(|text| text.parse().ok());
    Duration::from_millis(millis.unwrap_or_default())
}
