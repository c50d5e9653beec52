use session_testservers::jar::Place;

/// Where a link of a page leads: the place and the target with its query. A relative one is taken from the page's folder.
pub(crate) fn resolve(page: &Place, target: &str, to: &str) -> (Place, String) {
    let to = to.split('#').next().unwrap_or_default();
    if to.split_once("://").is_some_and(|(scheme, _)| scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    {
        let place = Place::parse(to.split('?').next().unwrap_or_default());
        let behind = to.split_once("://").map_or("", |(_, rest)| rest);
        let target = behind.find(['/', '?']).and_then(|at| behind.get(at..)).unwrap_or("/");
        return (place, if target.starts_with('?') { format!("/{target}") } else { target.to_owned() });
    }
    if let Some(rest) = to.strip_prefix("//") {
        return resolve(page, target, &format!("{}://{rest}", page.scheme));
    }
    let target = match to {
        "" => target.to_owned(),
        to if to.starts_with('/') => to.to_owned(),
        to if to.starts_with('?') => format!("{}{to}", page.path),
        to => format!(
            "{}{to}",
            page.path.rsplit_once('/').map_or_else(|| "/".to_owned(), |(folder, _)| format!("{folder}/"))
        ),
    };
    (page.at(&target), target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_where_a_browser_would_go() {
        let at = |to: &str| {
            let (place, target) =
                resolve(&Place::parse("https://a.test/shop/cart?x=1"), "/shop/cart?x=1", to);
            format!("{} {target}", place.origin())
        };
        assert_eq!(at(""), "https://a.test /shop/cart?x=1");
        assert_eq!(at("#top"), "https://a.test /shop/cart?x=1");
        assert_eq!(at("/"), "https://a.test /");
        assert_eq!(at("add?y#z"), "https://a.test /shop/add?y");
        assert_eq!(at("?y"), "https://a.test /shop/cart?y");
        assert_eq!(at("//b.test"), "https://b.test /");
        assert_eq!(at("http://b.test:81?y"), "http://b.test:81 /?y");
        assert_eq!(at("/back?to=https://b.test/"), "https://a.test /back?to=https://b.test/");
    }
}
