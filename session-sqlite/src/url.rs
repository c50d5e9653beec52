//! The URL of a file: `sqlite:FILE?parameter=value`.

use std::{
    fs,
    path::{self, Path, PathBuf},
    time::{Duration, SystemTime},
};

use session_net::{ParameterError, Parameters, decoded};

use crate::{BuildError, Synchronous, options::Options};

/// How long an operation may take unless another time is given.
const BUDGET: Duration = Duration::from_secs(2);

/// Names that other programs know, and what to write instead.
const FOREIGN: [(&str, &str); 10] = [
    ("mode", "a file that is missing is created, and one that cannot be written is read"),
    ("cache", "every connection has a cache of its own"),
    ("immutable", "the file is written"),
    ("vfs", "the file is reached by the means of the system"),
    ("journal-mode", "the journal is always a write-ahead log"),
    ("busy-timeout", "the limit is `budget`"),
    ("timeout", "the limit is `budget`"),
    ("foreign-keys", "the table has none"),
    ("auto-vacuum", "it is always incremental"),
    ("", "there are `synchronous` and `budget`"),
];

/// Reads a URL. `-` and `_` in the names of parameters are the same, and so are small and large letters.
pub(crate) fn parse(text: &str) -> Result<Options, BuildError> {
    let rest = text.strip_prefix("sqlite:").ok_or_else(|| invalid("must begin with `sqlite:`"))?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    if path.starts_with("//") && !path.starts_with("///") {
        return Err(invalid("there is no host: write `sqlite:FILE`, or `sqlite:///FILE` from the root"));
    }
    let path = decoded(path).map_err(|reason| invalid(format!("the name of the file {reason}")))?;
    if path.is_empty() || path == ":memory:" {
        return Err(invalid("must name a file: what need not outlive the program is kept by `memory:`"));
    }
    if path.contains('\0') {
        return Err(invalid("the name of a file has no zero byte"));
    }
    let mut parameters = Parameters::parse(query, &[])?;
    let synchronous = match parameters.text("synchronous")? {
        None => Synchronous::default(),
        Some(word) => {
            Synchronous::of(&word).ok_or_else(|| invalid("`synchronous` must be `full` or `normal`"))?
        }
    };
    let budget = parameters.duration("budget")?.unwrap_or(BUDGET);
    parameters.finish(&FOREIGN)?;
    let (path, clock) = (PathBuf::from(path), Box::new(SystemTime::now));
    Ok(Options { path, synchronous, budget, clock, may_create: true.into() })
}

/// Returns the absolute path of the file, so that no change of the working directory leads to another one, if a file can be
/// there.
pub(crate) fn usable(path: &Path) -> Result<PathBuf, BuildError> {
    let unusable = |reason: String| BuildError::Path { path: path.to_owned(), reason };
    let absolute = path::absolute(path).map_err(|error| unusable(error.to_string()))?;
    let ends_with_a_name = !path.as_os_str().to_string_lossy().ends_with('/');
    if absolute.is_dir() || !ends_with_a_name {
        return Err(unusable("it is a directory; name a file in it".to_owned()));
    }
    let directory = absolute.parent().unwrap_or(&absolute);
    match fs::metadata(directory) {
        Ok(found) if found.is_dir() => Ok(absolute),
        Ok(_) => Err(unusable(format!("{} is not a directory", directory.display()))),
        Err(error) => Err(unusable(format!("create its directory {} first: {error}", directory.display()))),
    }
}

fn invalid(reason: impl Into<String>) -> BuildError {
    BuildError::Url { reason: reason.into() }
}

impl From<ParameterError> for BuildError {
    fn from(error: ParameterError) -> Self {
        invalid(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(url: &str) -> String {
        parse(url).unwrap().path.display().to_string()
    }

    fn refused(url: &str) -> String {
        parse(url).unwrap_err().to_string()
    }

    #[test]
    fn a_file_is_named_from_here_or_from_the_root() {
        assert_eq!(path("sqlite:sessions.db"), "sessions.db");
        assert_eq!(path("sqlite:/var/lib/shop/sessions.db"), "/var/lib/shop/sessions.db");
        assert_eq!(path("sqlite:///var/lib/shop/sessions.db"), "///var/lib/shop/sessions.db");
        assert_eq!(path("sqlite:what%3F%20%C3%A4%25.db?synchronous=full"), "what? ä%.db");
    }

    #[test]
    fn a_setting_is_read_whatever_its_case() {
        let settings = parse("sqlite:a?Synchronous=NORMAL&budget=1.5s").unwrap();
        assert_eq!(settings.synchronous, Synchronous::Normal);
        assert_eq!(settings.budget, Duration::from_millis(1500));
        assert_eq!(parse("sqlite:a").unwrap().synchronous, Synchronous::Full);
    }

    #[test]
    fn what_cannot_work_is_refused_with_the_cure() {
        for (url, cure) in [
            ("postgres://h/d", "must begin with `sqlite:`"),
            ("sqlite:", "kept by `memory:`"),
            ("sqlite::memory:", "kept by `memory:`"),
            ("sqlite:?budget=1s", "kept by `memory:`"),
            ("sqlite://shop.db", "write `sqlite:FILE`"),
            ("sqlite:%ff", "must be UTF-8"),
            ("sqlite:100%.db", "write `%` as %25"),
            ("sqlite:a%00b", "zero byte"),
            ("sqlite:a?mode=rwc", "unknown parameter `mode`: a file that is missing is created"),
            ("sqlite:a?busy_timeout=5000", "the limit is `budget`"),
            ("sqlite:a?colour=red", "unknown parameter `colour`: there are `synchronous` and `budget`"),
            ("sqlite:a?synchronous=off", "must be `full` or `normal`"),
            ("sqlite:a?budget=5", "must be a time like"),
            ("sqlite:a?budget=1s&budget=2s", "is there twice"),
        ] {
            assert!(refused(url).contains(cure), "{url}: {}", refused(url));
        }
    }
}
