//! The protection against forms of other sites: how it reads a form, and what the handler gets of it.

use super::csrf::token;
use crate::{
    case::{Checked, cases, check},
    client::{Browser, Request},
    handler::Act,
    site::Stage,
};

cases! {
    CSRF_4: [the_token_is_found_wherever_pages_put_it, other_bodies_need_the_header];
    CSRF_5: [
        an_urlencoded_form_arrives_whole,
        a_form_with_a_file_arrives_whole,
        a_body_with_the_header_arrives_whole,
        a_body_of_unknown_length_arrives_whole,
    ];
    CSRF_8: [a_form_that_is_too_large_is_refused, a_form_of_unknown_length_is_too_large_as_well];
}

const URL_ENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=kit";

fn echo() -> Request {
    Request::guarded(&Act::new().then("body", ""))
}

/// A form with the token before a file of so many bytes.
fn multipart(token: &str, file: usize) -> Vec<u8> {
    let mut body = format!(
        "--kit\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n{token}\r\n--kit\r\n\
         Content-Disposition: form-data; name=\"photo\"; filename=\"p.bin\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend((0..=u8::MAX).cycle().take(file));
    body.extend_from_slice(b"\r\n--kit--\r\n");
    body
}

fn arrives(browser: &mut Browser, what: &str, request: Request, content_type: &str, body: &[u8]) -> Checked {
    let page = browser.send(&request.body(content_type, body))?.is(200)?;
    check(page.body == body, || {
        let at = page.body.iter().zip(body).position(|(seen, sent)| seen != sent);
        format!(
            "{what} of {} bytes: the handler gets {} bytes, the first other one at {at:?}",
            body.len(),
            page.body.len()
        )
    })
}

fn the_token_is_found_wherever_pages_put_it(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    let token = token(&mut ada)?;
    let post = || Request::guarded(&Act::new().owner());
    ada.send(&post().header("X-CSRF-Token", &token))?.answers("ada")?;
    ada.send(&post().form(&format!("_csrf={token}")))?.answers("ada")?;
    ada.send(&post().form(&format!("a=1&_csrf={token}&b=2")))?.answers("ada")?;
    ada.send(&post().form(&format!("a=1&%5Fcsrf={token}")))?.answers("ada")?;
    ada.send(&post().body("application/x-www-form-urlencoded; charset=UTF-8", format!("_csrf={token}")))?
        .answers("ada")?;
    ada.send(&post().body(MULTIPART, multipart(&token, 10)))?.answers("ada")?;
    ada.send(&post().body(MULTIPART, multipart(&token, 0)))?.answers("ada")?;
    Ok(())
}

fn other_bodies_need_the_header(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    let token = token(&mut ada)?;
    for content_type in ["application/json", "text/plain", MULTIPART] {
        let body = format!("_csrf={token}");
        ada.send(&echo().body(content_type, body.clone()))?.is(403)?;
        arrives(
            &mut ada,
            content_type,
            echo().header("X-CSRF-Token", &token),
            content_type,
            body.as_bytes(),
        )?;
    }
    // In the query it would be in logs and in the history.
    ada.send(&Request::new("POST", "/guarded").asking(&Act::new().owner().then("_csrf", &token)))?.is(403)?;
    Ok(())
}

fn an_urlencoded_form_arrives_whole(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    let token = token(&mut ada)?;
    for size in [0, 1, 1000, 50_000] {
        let form = format!("item=caf%C3%A9&_csrf={token}&text={}", "x+y%26".repeat(size / 6));
        arrives(&mut ada, "an urlencoded form", echo(), URL_ENCODED, form.as_bytes())?;
    }
    Ok(())
}

fn a_form_with_a_file_arrives_whole(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    let token = token(&mut ada)?;
    // The largest is longer than what the protection reads at all.
    for size in [0, 1000, 200_000] {
        arrives(&mut ada, "a form with a file", echo(), MULTIPART, &multipart(&token, size))?;
    }
    Ok(())
}

fn a_body_with_the_header_arrives_whole(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    let token = token(&mut ada)?;
    let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(100_000).collect();
    for content_type in ["application/octet-stream", URL_ENCODED, MULTIPART] {
        arrives(&mut ada, content_type, echo().header("X-CSRF-Token", &token), content_type, &bytes)?;
    }
    Ok(())
}

fn a_form_that_is_too_large_is_refused(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    let token = token(&mut ada)?;
    // By default 64 KiB are read.
    let form = format!("_csrf={token}&text={}", "x".repeat(64 * 1024));
    ada.send(&echo().form(&form))?.is(413)?;
    Ok(())
}

fn a_body_of_unknown_length_arrives_whole(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    let token = token(&mut ada)?;
    let form = format!("item=1&_csrf={token}&text={}", "x+y%26".repeat(50));
    // The pieces end within the token and within the boundary.
    for piece in [1, 7, 64] {
        let request = echo().in_pieces(piece);
        arrives(&mut ada, "an urlencoded form in pieces", request, URL_ENCODED, form.as_bytes())?;
        let request = echo().in_pieces(piece);
        arrives(&mut ada, "a form with a file in pieces", request, MULTIPART, &multipart(&token, 500))?;
    }
    let request = echo().in_pieces(9000);
    arrives(&mut ada, "a large form in pieces", request, MULTIPART, &multipart(&token, 150_000))
}

fn a_form_of_unknown_length_is_too_large_as_well(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    let token = token(&mut ada)?;
    let form = format!("_csrf={token}&text={}", "x".repeat(64 * 1024));
    ada.send(&echo().in_pieces(5000).form(&form))?.is(413)?;
    Ok(())
}
