//! What caches are told.

use crate::{
    case::{Checked, cases},
    client::{Page, Request},
    handler::Act,
    site::Stage,
};

cases! {
    CACHE_1: [a_page_varies_by_the_cookie, what_the_handler_varies_by_is_kept];
    CACHE_2: [a_page_is_not_kept, what_is_public_is_not_kept, what_is_private_already_stays];
    CACHE_3: [a_cdn_is_told_the_same];
    CACHE_4: [failures_are_not_kept];
}

fn varies(page: Page) -> Checked<Page> {
    let vary = page.header("vary");
    let elements = vary.split(',').filter(|element| element.trim().eq_ignore_ascii_case("cookie")).count();
    page.check(elements == 1, format!("it has `Vary: {vary}`, which must name the cookie once"))
}

fn is_not_kept(page: Page) -> Checked<Page> {
    let control = page.header("cache-control");
    let is_so = page.says("cache-control", "no-store") && !page.says("cache-control", "public");
    page.check(is_so, format!("it has `Cache-Control: {control}`, which lets others keep it"))
}

fn a_page_varies_by_the_cookie(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    for act in
        [Act::new().owner(), Act::new().set("name", "Ada"), Act::new().status(404), Act::new().status(500)]
    {
        varies(ada.act(&act)?)?;
    }
    varies(ada.send(&Request::act(&Act::new().owner()).method("HEAD"))?)?;
    // A visitor sees another page than somebody who is signed in.
    varies(site.browser().act(&Act::new().owner())?)?;
    Ok(())
}

fn what_the_handler_varies_by_is_kept(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    let page = varies(ada.act(&Act::new().header("vary", "Accept-Language").owner())?.is(200)?)?;
    let says = page.says("vary", "accept-language");
    page.check(says, "it has lost the `Vary` of the handler")?;
    varies(ada.act(&Act::new().header("vary", "Accept, Cookie").owner())?)?;
    Ok(())
}

fn a_page_is_not_kept(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    for act in
        [Act::new().owner(), Act::new().set("name", "Ada"), Act::new().status(404), Act::new().status(500)]
    {
        is_not_kept(ada.act(&act)?)?;
    }
    is_not_kept(site.browser().act(&Act::new().owner())?)?;
    Ok(())
}

fn what_is_public_is_not_kept(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    for value in ["public, max-age=60", "max-age=60", "no-cache", "s-maxage=60, private, public"] {
        is_not_kept(ada.act(&Act::new().header("cache-control", value).owner())?)?;
        let act = Act::new().header("cache-control", value).set("name", "Ada");
        is_not_kept(site.browser().act(&act)?)?;
    }
    Ok(())
}

fn what_is_private_already_stays(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    for value in ["private, max-age=60", "no-store"] {
        let page = ada.act(&Act::new().header("cache-control", value).owner())?.is(200)?;
        let control = page.header("cache-control");
        page.check(control == value, format!("its handler says `{value}`, and it has `{control}`"))?;
    }
    Ok(())
}

fn a_cdn_is_told_the_same(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    for name in ["cdn-cache-control", "surrogate-control"] {
        let page = ada.act(&Act::new().header(name, "max-age=60").owner())?.is(200)?;
        let (value, is_so) = (page.header(name), page.says(name, "no-store"));
        page.check(is_so, format!("it has `{name}: {value}`, which lets a CDN keep it"))?;
    }
    Ok(())
}

fn failures_are_not_kept(stage: &Stage) -> Checked {
    let site = stage.site()?;
    let mut ada = site.ada()?;
    is_not_kept(site.browser().act(&Act::new().then("demand", ""))?.is(401)?)?;
    is_not_kept(ada.act(&Act::new().then("fill", "big"))?.is(413)?)?;
    is_not_kept(ada.send(&Request::guarded(&Act::new()))?.is(403)?)?;
    site.store().down();
    is_not_kept(ada.act(&Act::new().owner())?.is(503)?)?;
    Ok(())
}
