//! Real user agents of 2024 to 2026.

use proptest::prelude::*;

use super::{super::agent::Agent, *};

struct Device {
    agents: Vec<(&'static str, &'static str, &'static str)>,
}

fn devices() -> Vec<Device> {
    let sections = include_str!("agents.txt").split("\n## ").skip(1);
    let agents = |section: &'static str| {
        let lines = section.lines().skip(1).filter(|line| !line.is_empty());
        lines.map(|line| {
            let mut parts = line.splitn(3, ' ');
            let mut next = || parts.next().unwrap();
            (next(), next(), next())
        })
    };
    sections.map(|section| Device { agents: agents(section).collect() }).collect()
}

fn agents() -> Vec<(&'static str, &'static str, &'static str)> {
    devices().into_iter().flat_map(|device| device.agents).collect()
}

fn visit(agent: &str) -> Visit<'_> {
    Visit::new().user_agent(agent.as_bytes())
}

fn name(of: Option<impl std::fmt::Debug>) -> String {
    of.map_or("-".to_owned(), |of| format!("{of:?}").to_lowercase())
}

#[test]
fn each_user_agent_is_known_for_what_it_is() {
    assert!(agents().len() >= 120);
    for (browser, platform, text) in agents() {
        let agent = Agent::of(text.as_bytes());
        assert_eq!((&*name(agent.browser), &*name(agent.platform)), (browser, platform), "{text}");
    }
}

#[test]
fn nothing_that_one_browser_sends_by_turns_is_a_mismatch() {
    let config = SessionConfig::default();
    for Device { agents } in devices() {
        for (.., one) in &agents {
            for (.., two) in &agents {
                assert_eq!(follows(&visit(one), &visit(two), &config), Ok(()), "{one}\n{two}");
            }
        }
    }
}

#[test]
fn another_browser_or_another_platform_is_noticed() {
    let (config, agents) = (SessionConfig::default(), agents());
    let (mut noticed, mut passed) = (0, 0);
    for (browser, platform, one) in &agents {
        for (other_browser, other_platform, two) in &agents {
            let differ = |one: &str, two: &str| one != two && one != "-" && two != "-";
            let is_other = differ(browser, other_browser) || differ(platform, other_platform);
            let found = follows(&visit(one), &visit(two), &config);
            assert_eq!(found.is_err(), is_other, "{one}\n{two}");
            *if is_other { &mut noticed } else { &mut passed } += 1;
        }
    }
    assert!(noticed > passed, "{noticed} noticed, {passed} passed");
}

/// The user agent with each number replaced by another one.
fn updated(agent: &str, seed: u32) -> String {
    let (mut number, mut text) = (seed, String::new());
    for part in agent.split_inclusive(|letter: char| !letter.is_ascii_digit()) {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let rest = part.trim_start_matches(|letter: char| letter.is_ascii_digit());
        if rest.len() < part.len() {
            text.push_str(&(number >> (number % 32)).to_string());
        }
        text.push_str(rest);
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn no_version_language_or_missing_header_is_a_mismatch(
        at in any::<prop::sample::Index>(),
        seeds in any::<[u32; 2]>(),
        [language, dnt] in [prop::option::of("[ -~]{0,20}"), prop::option::of("[ -~]{0,3}")],
        has_agent in any::<[bool; 2]>(),
        address in prop::option::of(any::<[u8; 4]>()),
    ) {
        let (config, agents) = (SessionConfig::default(), agents());
        let (.., agent) = at.get(&agents);
        let agents = seeds.map(|seed| updated(agent, seed));
        let [mut one, mut two] = [Visit::new(), Visit::new()];
        for ((visit, agent), has_agent) in [&mut one, &mut two].into_iter().zip(&agents).zip(has_agent) {
            visit.user_agent = has_agent.then_some(agent.as_bytes());
        }
        two.accept_language = language.as_ref().map(|text| text.as_bytes());
        two.dnt = dnt.as_ref().map(|text| text.as_bytes());
        two.network = address.map(Into::into);
        prop_assert_eq!(follows(&one, &two, &config), Ok(()), "{:?}", agents);
        prop_assert_eq!(follows(&two, &one, &config), Ok(()), "{:?}", agents);
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let agent = Agent::of(&bytes);
        prop_assert_eq!(agent, Agent::of(&bytes[..bytes.len().min(1024)]));
        prop_assert_eq!(agent, Agent::of(&bytes.to_ascii_uppercase()));
    }
}

#[test]
fn what_is_left_of_a_hidden_user_agent_shows_nothing() {
    for agent in ["", "-", "*", "Mozilla/5.0", "Mozilla/5.0 ()", "12.3", "\u{1F98A}"] {
        assert_eq!(Agent::of(agent.as_bytes()), Agent::default(), "{agent}");
    }
}

#[test]
fn only_the_first_kilobyte_is_read() {
    let padded = |spaces: usize| format!("Mozilla/5.0 ({}) Firefox/128.0", " ".repeat(spaces));
    assert!(Agent::of(padded(900).as_bytes()).browser.is_some());
    assert!(Agent::of(padded(1024).as_bytes()).browser.is_none());
}
