use session_testservers::jar::Place;

/// Where a link of a page leads: the place and the target with its query. A relative one is taken from the page's folder.
pub(crate) fn resolve(page: &Place, target: &str, to: &str) -> (Place, String) {
    let to = to.split('#').next().unwrap_or_default();
    if to.contains("://") {
        let place = Place::parse(to);
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
