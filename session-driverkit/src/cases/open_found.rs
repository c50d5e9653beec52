//! Which session is found by the cookies of a request.

use crate::{
    case::{Checked, cases, check},
    client::Request,
    handler::Act,
    site::{Site, Stage},
};

cases! {
    OPEN_4: [the_cookie_is_found_among_others, the_cookie_is_found_in_every_header, what_is_no_text_hides_nothing];
    OPEN_5: [an_id_of_another_site_is_not_adopted, a_changed_id_opens_nothing];
}

fn reads(site: &Site, what: &str, headers: &[Vec<u8>], expected: &str) -> Checked {
    let request = Request::act(&Act::new().get("name"));
    let request = headers.iter().fold(request, |request, header| request.header("Cookie", header));
    let seen = site.send(&request)?.is(200)?.text();
    check(seen == expected, || format!("{what}: the handler reads {seen:?} and not {expected:?}"))
}

/// `name=value` of the session's cookie of a visitor.
fn pair(site: &Site) -> Checked<String> {
    let visitor = site.visitor()?;
    let value = visitor.cookies.get(site.cookie()).cloned().unwrap_or_default();
    Ok(format!("{}={value}", site.cookie()))
}

fn the_cookie_is_found_among_others(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let pair = pair(&site)?;
    let planted = format!("{}=planted", site.cookie());
    for (what, header) in [
        ("behind another cookie", format!("theme=dark; {pair}")),
        ("between others, without blanks", format!("a=b;{pair};c=d")),
        ("among separators", format!(";;; ;{pair};;")),
        ("behind one that is not an id", format!("{planted}; {pair}")),
        ("before one that is not an id", format!("{pair}; {planted}")),
        ("behind a name that ends so", format!("X{planted}; {pair}")),
        ("twice", format!("{pair}; {pair}")),
    ] {
        reads(&site, what, &[header.into_bytes()], "Ada")?;
    }
    Ok(())
}

fn the_cookie_is_found_in_every_header(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let pair = pair(&site)?.into_bytes();
    reads(&site, "in the second header", &[b"theme=dark".to_vec(), pair.clone()], "Ada")?;
    reads(&site, "in the first header", &[pair.clone(), b"theme=dark".to_vec()], "Ada")?;
    let planted = format!("{}=planted", site.cookie()).into_bytes();
    reads(&site, "in two headers, the first with one that is not an id", &[planted, pair], "Ada")
}

fn what_is_no_text_hides_nothing(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let pair = pair(&site)?;
    let behind = [b"th\xE9me=\xFF; ".as_slice(), pair.as_bytes()].concat();
    reads(&site, "behind a cookie that is not UTF-8", &[behind], "Ada")?;
    let own = format!("{}=", site.cookie());
    reads(&site, "a value that is not UTF-8", &[[own.as_bytes(), b"\xC3\xA9\xFF"].concat()], "-")
}

fn an_id_of_another_site_is_not_adopted(stage: &Stage) -> Checked {
    let (site, other) = (stage.site()?, stage.site()?);
    let planted = pair(&other)?;
    let mut victim = site.browser();
    let request =
        Request::act(&Act::new().get("name").set("name", "Bob")).header("Cookie", planted.as_bytes());
    let page = victim.send(&request)?.answers("-")?;
    let cookie = page.cookie(site.cookie())?;
    let given = format!("{}={}", cookie.name, cookie.value);
    page.check(given != planted, "the id that the client made up is that of the new session")?;
    reads(&site, "the id that the client made up, afterwards", &[planted.into_bytes()], "-")?;
    reads(&site, "the new id", &[given.into_bytes()], "Bob")
}

fn a_changed_id_opens_nothing(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let pair = pair(&site)?;
    let shorter = pair.get(..pair.len() - 1).unwrap_or_default();
    for (what, changed) in [
        ("an id that lacks its last letter", shorter.to_owned()),
        ("an id with one more letter", format!("{pair}A")),
        ("an id without its name", pair.split_once('=').map(|(_, id)| id.to_owned()).unwrap_or_default()),
        ("a cookie whose name is in lower case", pair.to_lowercase()),
        ("a cookie whose name only ends so", format!("X{pair}")),
    ] {
        reads(&site, what, &[changed.into_bytes()], "-")?;
    }
    Ok(())
}
