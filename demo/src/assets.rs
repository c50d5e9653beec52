/// A file that is the same for all visitors.
pub(crate) struct Asset {
    pub(crate) content_type: &'static str,
    pub(crate) content: &'static str,
}

impl Asset {
    /// Any cache may keep it.
    pub(crate) const CACHE_CONTROL: &str = "public, max-age=3600";
}

pub(crate) const STYLE: Asset =
    Asset { content_type: "text/css; charset=utf-8", content: include_str!("../assets/style.css") };

pub(crate) const ICON: Asset =
    Asset { content_type: "image/svg+xml", content: include_str!("../assets/icon.svg") };
