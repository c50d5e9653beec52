use super::Place;

/// A request as the cookie jar sees it: where it goes, by which method, and which page makes it.
#[derive(Debug, Clone)]
#[must_use]
pub struct Trip {
    pub(super) to: Place,
    pub(super) from: Option<Place>,
    pub(super) top: Option<Place>,
    pub(super) method: String,
}

impl Trip {
    /// A GET that the visitor makes: an address typed, a bookmark.
    pub fn to(place: &Place) -> Self {
        Self { to: place.clone(), from: None, top: None, method: "GET".to_owned() }
    }

    /// Sets the page that makes the request.
    pub fn from(mut self, page: &Place) -> Self {
        self.from = Some(page.clone());
        self
    }

    /// Sets the method.
    pub fn method(mut self, method: &str) -> Self {
        method.clone_into(&mut self.method);
        self
    }

    /// Makes it the request of something inside a page, such as `fetch`, an image or a frame: the address bar shows `top`.
    pub fn inside(mut self, top: &Place) -> Self {
        self.top = Some(top.clone());
        self
    }

    /// Returns whether the request replaces the page of the tab.
    #[must_use]
    pub const fn is_navigation(&self) -> bool {
        self.top.is_none()
    }

    /// Returns whether the page that makes the request, and the page it is in, are of the site of the target.
    #[must_use]
    pub fn is_same_site(&self) -> bool {
        let site = self.to.site();
        [&self.from, &self.top].into_iter().flatten().all(|page| page.site() == site)
    }

    /// Returns the headers by which a browser says where the request comes from: `Origin` unless the method is GET or HEAD,
    /// and to trustworthy places `Sec-Fetch-Site`.
    #[must_use]
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = Vec::new();
        if let Some(from) = &self.from
            && !["GET", "HEAD"].contains(&self.method.as_str())
        {
            headers.push(("Origin", from.origin()));
        }
        if self.to.is_trustworthy() {
            let site = match &self.from {
                None => "none",
                Some(from) if from.origin() == self.to.origin() => "same-origin",
                Some(from) if from.site() == self.to.site() => "same-site",
                Some(_) => "cross-site",
            };
            headers.push(("Sec-Fetch-Site", site.to_owned()));
            headers.push((
                "Sec-Fetch-Mode",
                if self.is_navigation() { "navigate" } else { "no-cors" }.to_owned(),
            ));
        }
        headers
    }

    /// Returns the site that the jar is partitioned by.
    pub(super) fn partition(&self) -> String {
        self.top.as_ref().unwrap_or(&self.to).site()
    }

    pub(super) fn is_safe(&self) -> bool {
        ["GET", "HEAD", "OPTIONS", "TRACE"].contains(&self.method.as_str())
    }
}
