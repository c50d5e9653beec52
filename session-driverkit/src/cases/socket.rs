//! Websockets.

use crate::{
    case::{Checked, Seen, cases, check, same},
    client::{Browser, Page, Socket},
    handler::Act,
    site::Stage,
};

cases! {
    SOCKET_1: [a_socket_is_saved_at_its_handshake];
    SOCKET_2: [a_socket_saves_for_itself];
    SOCKET_3: [a_socket_sees_what_others_wrote, a_socket_learns_of_a_sign_out];
    SOCKET_4: [a_page_of_another_site_opens_no_socket];
}

fn open(browser: &mut Browser, act: &Act) -> Checked<(Socket, Page)> {
    let refused = |page: Page| page.seen(format!("a handshake is answered {} and not 101", page.status));
    browser.socket(act, &[])?.map_err(refused)
}

fn a_socket_is_saved_at_its_handshake(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut browser = site.browser();
    let (mut socket, page) = open(&mut browser, &Act::new().set("name", "Ada"))?;
    page.cookie(site.cookie())?;
    browser.act(&Act::new().get("name"))?.answers("Ada")?;
    same("what the socket reads", &socket.ask(&Act::new().get("name"))?, &"Ada".to_owned())
}

fn a_socket_saves_for_itself(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut visitor = site.visitor()?;
    let (mut socket, _) = open(&mut visitor, &Act::new())?;
    let said = |socket: &mut Socket, act: Act| socket.ask(&act.then("say", "done"));
    same(
        "a socket that saves",
        &said(&mut socket, Act::new().set("name", "one").save())?,
        &"done".to_owned(),
    )?;
    visitor.act(&Act::new().get("name"))?.answers("one")?;
    same(
        "a socket that does not save",
        &said(&mut socket, Act::new().set("name", "two"))?,
        &"done".to_owned(),
    )?;
    visitor.act(&Act::new().get("name"))?.answers("one")?;
    drop(socket);
    visitor.act(&Act::new().get("name"))?.answers("one")?;
    Ok(())
}

fn a_socket_sees_what_others_wrote(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    let (mut socket, _) = open(&mut ada, &Act::new())?;
    ada.act(&Act::new().set("name", "Eve"))?.is(200)?;
    let seen = socket.ask(&Act::new().then("refresh", "").get("name"))?;
    same("what a socket reads after a refresh", &seen, &"Alive Eve".to_owned())?;
    // A socket in use keeps its session alive.
    for _ in 0..3 {
        site.pass(200);
        let seen = socket.ask(&Act::new().then("refresh", ""))?;
        same("a socket in use", &seen, &"Alive".to_owned())?;
    }
    same("who is there", &ada.who()?, &"ada".to_owned())
}

fn a_socket_learns_of_a_sign_out(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    let (mut socket, _) = open(&mut ada, &Act::new())?;
    ada.act(&Act::new().then("logout", ""))?.is(200)?;
    let seen = socket.ask(&Act::new().then("refresh", "").owner())?;
    let has_ended = seen.starts_with("Ended") && seen.ends_with("nobody");
    check(has_ended, || format!("after the sign-out the socket says {seen:?}"))?;
    let seen = socket.ask(&Act::new().set("name", "Eve").save())?;
    check(seen.starts_with("error"), || format!("after the sign-out the socket saves, and says {seen:?}"))?;
    same("the sessions of ada", &site.sessions_of("ada")?, &0)
}

fn a_page_of_another_site_opens_no_socket(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    let rows: [(&[(&str, &str)], bool); 7] = [
        (&[], true),
        (&[("Origin", "https://shop.test")], true),
        (&[("Origin", "https://shop.test"), ("Sec-Fetch-Site", "same-origin")], true),
        (&[("Origin", "https://evil.example")], false),
        (&[("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")], false),
        (&[("Origin", "https://shop.test:8443")], false),
        (&[("Origin", "null")], false),
    ];
    for (headers, opens) in rows {
        match ada.socket(&Act::new().set("name", "Eve"), headers)? {
            Ok(_) if opens => {}
            Err(page) if !opens => drop(page.is(403)?),
            Ok(_) => return Err(Seen::new(format!("a handshake with {headers:?} opens a socket"))),
            Err(page) => {
                return Err(page.seen(format!("a handshake with {headers:?} is answered {}", page.status)));
            }
        }
    }
    Ok(())
}
