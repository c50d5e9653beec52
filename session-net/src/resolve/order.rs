use std::net::IpAddr;

use crate::bounds::MAX_ADDRESSES;

/// Returns the addresses so that both families take turns, beginning with the family of the first: a family without a route
/// costs one attempt and not all of them.
pub(super) fn interleaved(found: &[IpAddr]) -> impl Iterator<Item = IpAddr> {
    let first_is_v6 = found.first().is_some_and(IpAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) =
        found.iter().partition(|address| address.is_ipv6() == first_is_v6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let pairs = (0..found.len()).flat_map(move |_| [first.next(), second.next()]);
    pairs.flatten().take(MAX_ADDRESSES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(found: &[&str]) -> Vec<String> {
        let found: Vec<IpAddr> = found.iter().map(|address| address.parse().unwrap()).collect();
        interleaved(&found).map(|address| address.to_string()).collect()
    }

    #[test]
    fn families_take_turns_and_keep_their_order() {
        assert_eq!(sorted(&["::1", "::2", "::3", "1.1.1.1"]), ["::1", "1.1.1.1", "::2", "::3"]);
        assert_eq!(sorted(&["1.1.1.1", "2.2.2.2", "::1"]), ["1.1.1.1", "::1", "2.2.2.2"]);
        assert_eq!(sorted(&["1.1.1.1"]), ["1.1.1.1"]);
        assert!(sorted(&[]).is_empty());
    }

    #[test]
    fn there_are_only_so_many() {
        let many: Vec<_> = (0..20).map(|last| format!("10.0.0.{last}")).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        assert_eq!(sorted(&many), many[..MAX_ADDRESSES]);
    }
}
