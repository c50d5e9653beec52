//! Which requests a fingerprint tells apart.

use FingerprintProperty::{AcceptLanguage, Browser, Dnt, Network, Platform, UserAgent};
use proptest::prelude::*;

use super::*;
use crate::config::FingerprintSettings;

const ALL: [FingerprintProperty; 6] = [Browser, Platform, Network, UserAgent, AcceptLanguage, Dnt];

fn address(text: &str) -> Visit<'static> {
    Visit::new().network(text.parse().unwrap())
}

#[test]
fn without_properties_or_request_there_is_none() {
    let visit = Visit::new().user_agent(b"Firefox");
    assert_eq!(Fingerprint::of(&visit, &config([])), None);
    assert_eq!(Fingerprint::of(&Visit::outside_http(), &config(ALL)), None);
    assert_eq!(Fingerprint::of(&Visit::new(), &config([Browser, Platform, Network])), None);
    assert!(Fingerprint::of(&Visit::new(), &config([UserAgent])).is_some());
}

#[test]
fn only_chosen_properties_count() {
    let home = || Visit::new().accept_language(b"1").dnt(b"1").network([192, 0, 2, 1].into());
    let firefox = b"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    let one = home().user_agent(firefox);
    for changed in ALL {
        let other = match changed {
            Browser => home().user_agent(b"Mozilla/5.0 (X11; Linux x86_64) Chrome/1"),
            Platform => home().user_agent(b"Mozilla/5.0 (Windows) Firefox/1"),
            UserAgent => {
                home().user_agent(b"Mozilla/5.0 (X11; Linux x86_64; rv:129.0) Gecko/20100101 Firefox/129.0")
            }
            AcceptLanguage => one.clone().accept_language(b"2"),
            Dnt => one.clone().dnt(b"2"),
            Network => one.clone().network([198, 51, 100, 1].into()),
        };
        for chosen in ALL {
            let is_noticed =
                chosen == changed || chosen == UserAgent && [Browser, Platform].contains(&changed);
            let found = follows(&one, &other, &config([chosen]));
            assert_eq!(found.is_err(), is_noticed, "{chosen:?} when {changed:?} changes");
        }
    }
}

#[test]
fn the_network_is_taken_coarsely() {
    for (one, two, is_noticed) in [
        ("192.0.2.1", "192.0.2.254", false),
        ("192.0.2.1", "192.0.3.1", true),
        ("192.0.2.1", "::ffff:192.0.2.9", false),
        ("2001:db8:1::1", "2001:db8:1:ffff::2", false),
        ("2001:db8:1::1", "2001:db8:2::1", true),
        // Browsers change between the two by themselves.
        ("192.0.2.1", "2001:db8:1::1", false),
        ("0.0.0.0", "0.0.1.0", true),
    ] {
        let found = follows(&address(one), &address(two), &config([Network]));
        assert_eq!(found.is_err(), is_noticed, "{one} {two}");
    }
}

// Few and short values, so that some requests are one sequence of bytes when joined.
fn value() -> impl Strategy<Value = Option<Vec<u8>>> {
    prop::option::of(prop::collection::vec(0..3_u8, 0..3))
}

fn visit(values: &[Option<Vec<u8>>; 3]) -> Visit<'_> {
    let [user_agent, accept_language, dnt] = values;
    let mut visit = Visit::new();
    visit.user_agent = user_agent.as_deref();
    visit.accept_language = accept_language.as_deref();
    visit.dnt = dnt.as_deref();
    visit
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]
    #[test]
    fn by_the_rule_of_the_original_two_requests_are_the_same_exactly_if_their_headers_are(
        one in [value(), value(), value()],
        two in [value(), value(), value()],
    ) {
        let config = SessionConfig::with(|settings| settings.fingerprint = FingerprintSettings::original()).unwrap();
        prop_assert_eq!(follows(&visit(&one), &visit(&two), &config).is_ok(), one == two);
    }
}
