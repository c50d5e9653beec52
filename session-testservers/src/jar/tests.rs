use std::time::Duration;

use super::{Jar, Place, Trip};

const NOW: Duration = Duration::from_secs(1_000_000_000);

/// A jar in which the headers were kept at `url`.
fn jar(url: &str, headers: &[&str]) -> Jar {
    let mut jar = Jar::new();
    for header in headers {
        assert!(jar.keep(header, &Trip::to(&Place::parse(url)), NOW), "{header} at {url}");
    }
    jar
}

fn refused(url: &str, header: &str) {
    assert!(!Jar::new().keep(header, &Trip::to(&Place::parse(url)), NOW), "{header} at {url}");
}

fn sent(jar: &Jar, url: &str) -> String {
    jar.header(&Trip::to(&Place::parse(url)), NOW).unwrap_or_default()
}

fn after(seconds: u64) -> Duration {
    NOW + Duration::from_secs(seconds)
}

#[test]
fn a_cookie_goes_back_to_its_host_alone_unless_it_has_a_domain() {
    let host = jar("https://shop.example.com/", &["a=1"]);
    assert_eq!(sent(&host, "https://shop.example.com/x"), "a=1");
    for other in ["https://example.com/", "https://www.shop.example.com/", "https://shopexample.com/"] {
        assert_eq!(sent(&host, other), "", "{other}");
    }
    for domain in ["example.com", ".example.com", "EXAMPLE.com"] {
        let wide = jar("https://shop.example.com/", &[&format!("a=1; Domain={domain}")]);
        for host in ["shop.example.com", "example.com", "a.b.example.com"] {
            assert_eq!(sent(&wide, &format!("https://{host}/")), "a=1", "{host}");
        }
        assert_eq!(sent(&wide, "https://notexample.com/"), "");
    }
    for domain in ["com", "other.com", "www.shop.example.com", "hop.example.com"] {
        refused("https://shop.example.com/", &format!("a=1; Domain={domain}"));
    }
    refused("https://10.0.0.7/", "a=1; Domain=0.0.7");
    assert_eq!(sent(&jar("http://localhost/", &["a=1; Domain=localhost"]), "http://localhost:81/"), "a=1");
}

#[test]
fn a_cookie_goes_to_its_path_and_below() {
    let paths = jar("https://a.test/shop/cart", &["d=default", "s=shop; Path=/sho", "r=relative; Path=x"]);
    assert_eq!(sent(&paths, "https://a.test/shop/"), "d=default; r=relative");
    assert_eq!(sent(&paths, "https://a.test/shop"), "d=default; r=relative");
    assert_eq!(sent(&paths, "https://a.test/shopping"), "");
    assert_eq!(sent(&paths, "https://a.test/sho/x?y"), "s=shop");
}

#[test]
fn the_longest_path_comes_first_and_then_the_oldest() {
    let mut jar =
        jar("https://a.test/", &["a=1; Path=/", "b=2; Path=/", "c=3; Path=/shop", "d=4; Path=/shop/x"]);
    assert_eq!(sent(&jar, "https://a.test/shop/x"), "d=4; c=3; a=1; b=2");
    // A new value keeps the place of the old one.
    assert!(jar.keep("a=5; Path=/", &Trip::to(&Place::parse("https://a.test/")), after(9)));
    assert_eq!(sent(&jar, "https://a.test/"), "a=5; b=2");
}

#[test]
fn a_cookie_is_replaced_by_name_domain_and_path() {
    let one = jar(
        "https://a.b.test/",
        &["a=1; Path=/", "a=2; Path=/", "a=3; Path=/x", "a=4; Path=/; Domain=b.test"],
    );
    assert_eq!(sent(&one, "https://a.b.test/x"), "a=3; a=2; a=4");
    let gone = jar("https://a.test/", &["a=1; Path=/", "a=; Path=/; Max-Age=0"]);
    assert_eq!(sent(&gone, "https://a.test/"), "");
    let kept = jar("https://a.test/", &["a=1; Path=/", "a=; Path=/x; Max-Age=0"]);
    assert_eq!(sent(&kept, "https://a.test/"), "a=1", "a removal of another path removes nothing");
}

#[test]
fn a_cookie_lives_as_long_as_it_says() {
    let trip = Trip::to(&Place::parse("https://a.test/"));
    for (header, last) in [
        ("a=1; Max-Age=60", Some(59)),
        ("a=1; max-age = 60", Some(59)),
        ("a=1; Expires=Sun, 09 Sep 2001 01:47:40 GMT", Some(59)),
        ("a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", Some(59)),
        ("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60", Some(59)),
        ("a=1; Max-Age=99999999999", Some(400 * 86_400 - 1)),
        ("a=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT", Some(400 * 86_400 - 1)),
        ("a=1; Max-Age=6x; Expires=tomorrow", None),
    ] {
        let mut jar = jar("https://a.test/", &[header]);
        match last {
            Some(last) => {
                assert_eq!(jar.header(&trip, after(last)).as_deref(), Some("a=1"), "{header}");
                assert_eq!(jar.header(&trip, after(last + 1)), None, "{header}");
                jar.close();
                assert!(jar.header(&trip, NOW).is_some(), "{header} stays when the browser is closed");
            }
            None => {
                assert!(jar.header(&trip, after(1 << 30)).is_some());
                jar.close();
                assert_eq!(jar.header(&trip, NOW), None);
            }
        }
    }
    for header in ["a=1; Max-Age=0", "a=1; Max-Age=-5", "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT"] {
        assert_eq!(sent(&jar("https://a.test/", &[header]), "https://a.test/"), "", "{header}");
    }
}

#[test]
fn a_secure_cookie_needs_tls_or_a_loopback_name() {
    for place in [
        "https://a.test/",
        "http://localhost:3000/",
        "http://x.localhost/",
        "http://127.0.0.1/",
        "http://[::1]:8/",
    ] {
        assert_eq!(sent(&jar(place, &["a=1; Secure"]), place), "a=1", "{place}");
    }
    for place in ["http://a.test/", "http://192.168.1.5:3000/", "http://notlocalhost/", "http://127.example/"]
    {
        refused(place, "a=1; Secure");
    }
    let mut jar = jar("https://a.test/", &["a=1; Secure; Path=/shop"]);
    assert_eq!(sent(&jar, "http://a.test/shop"), "");
    let plain = Trip::to(&Place::parse("http://a.test/"));
    assert!(!jar.keep("a=evil; Path=/shop/x", &plain, NOW), "leave secure cookies alone");
    assert!(jar.keep("a=other; Path=/", &plain, NOW) && jar.keep("b=other; Path=/shop", &plain, NOW));
}

#[test]
fn prefixes_are_promises() {
    jar("https://a.test/", &["__Secure-a=1; Secure", "__Host-a=1; Secure; Path=/"]);
    for header in [
        "__Secure-a=1",
        "__host-a=1; Secure",
        "__Host-a=1; Path=/",
        "__HOST-a=1; Secure; Path=/x",
        "__Host-a=1; Secure; Path=/; Domain=a.test",
        "=__Host-a=1; Secure; Path=/",
        "__Secure-nameless",
    ] {
        refused("https://a.test/shop/", header);
    }
    refused("http://a.test/", "__Host-a=1; Secure; Path=/");
}

#[test]
fn same_site_decides_by_initiator_method_and_tab() {
    let (shop, evil) = (Place::parse("https://shop.test/"), Place::parse("https://evil.example/"));
    let sibling = Place::parse("https://www.shop.test/");
    let jar = jar(
        "https://shop.test/",
        &["s=1; SameSite=Strict", "l=1; SameSite=Lax", "u=1", "n=1; SameSite=None; Secure"],
    );
    let sent = |trip: &Trip, after_seconds| {
        let pairs = jar.header(trip, after(after_seconds)).unwrap_or_default();
        pairs.replace("=1", "").replace("; ", "")
    };
    let to = || Trip::to(&shop);
    assert_eq!(sent(&to(), 0), "slun", "typed");
    assert_eq!(
        sent(&to().from(&sibling).inside(&sibling).method("POST"), 0),
        "slun",
        "another host of the site"
    );
    assert_eq!(sent(&to().from(&evil), 0), "lun", "a link");
    assert_eq!(sent(&to().from(&evil).method("POST"), 119), "un", "a form of another site, soon");
    assert_eq!(sent(&to().from(&evil).method("POST"), 120), "n", "and later");
    assert_eq!(sent(&to().from(&evil).inside(&evil), 0), "n", "fetch, an image, a frame");
    assert_eq!(sent(&to().from(&shop).inside(&evil), 0), "n", "the shop inside of another site's page");
    assert_eq!(
        sent(&to().from(&Place::parse("http://shop.test/")), 0),
        "lun",
        "the scheme belongs to the site"
    );
}

#[test]
fn another_site_sets_only_what_it_may_send() {
    let (shop, evil) = (Place::parse("https://shop.test/"), Place::parse("https://evil.example/"));
    let (fetch, visit) =
        (Trip::to(&shop).from(&evil).inside(&evil), Trip::to(&shop).from(&evil).method("POST"));
    for header in ["a=1; SameSite=Lax", "a=1; SameSite=Strict", "a=1"] {
        assert!(!Jar::new().keep(header, &fetch, NOW), "{header}");
        assert!(Jar::new().keep(header, &visit, NOW), "{header}: a navigation may");
    }
    assert!(Jar::new().keep("a=1; SameSite=None; Secure", &fetch, NOW));
    refused("https://shop.test/", "a=1; SameSite=None");
}

#[test]
fn a_partitioned_cookie_belongs_to_the_page_around_it() {
    let (shop, news) = (Place::parse("https://shop.test/"), Place::parse("https://news.example/"));
    let (inside, alone) = (Trip::to(&shop).from(&shop).inside(&news), Trip::to(&shop));
    let mut jar = Jar::new();
    assert!(jar.keep("a=news; Secure; SameSite=None; Partitioned", &inside, NOW));
    assert!(jar.keep("a=alone; Secure; SameSite=None; Partitioned", &alone, NOW));
    assert!(jar.keep("a=shared; Secure; SameSite=None", &alone, NOW));
    assert_eq!(jar.header(&inside, NOW).as_deref(), Some("a=news; a=shared"));
    assert_eq!(jar.header(&alone, NOW).as_deref(), Some("a=alone; a=shared"));
    assert!(jar.keep("a=; Secure; SameSite=None; Partitioned; Max-Age=0", &inside, NOW));
    assert_eq!(jar.header(&inside, NOW).as_deref(), Some("a=shared"), "the twins are two cookies");
    refused("https://shop.test/", "a=1; Partitioned");
}

#[test]
fn what_is_too_long_or_has_controls_is_ignored() {
    let long = "x".repeat(4095);
    jar("https://a.test/", &[&format!("a={long}"), "=nameless", "nameless"]);
    refused("https://a.test/", &format!("ab={long}"));
    for header in ["", "=", ";a=1", "a=1\0", "a=\u{7f}", "a=1; Path=/\n"] {
        refused("https://a.test/", header);
    }
    let path = format!("a=1; Path=/{long}");
    assert_eq!(
        sent(&jar("https://a.test/x/", &[&path]), "https://a.test/x/"),
        "a=1",
        "the attribute is ignored"
    );
}

#[test]
fn a_request_says_where_it_comes_from() {
    let (shop, evil) = (Place::parse("https://shop.test/"), Place::parse("https://evil.example/"));
    let site = |trip: &Trip| {
        trip.headers().into_iter().find(|(name, _)| *name == "Sec-Fetch-Site").map(|(_, site)| site)
    };
    let from = |page: &str| site(&Trip::to(&shop).from(&Place::parse(page)));
    assert_eq!(site(&Trip::to(&shop)).as_deref(), Some("none"));
    assert_eq!(from("https://shop.test/x").as_deref(), Some("same-origin"));
    assert_eq!(from("https://www.shop.test/").as_deref(), Some("same-site"));
    assert_eq!(from("http://shop.test/").as_deref(), Some("cross-site"));
    assert_eq!(from("https://evil.example/").as_deref(), Some("cross-site"));
    let post = Trip::to(&Place::parse("http://shop.test/")).from(&evil).method("POST");
    assert_eq!(post.headers(), [("Origin", "https://evil.example".to_owned())], "plain HTTP has no metadata");
}
