use std::{fs, io, path::Path};

use super::{Report, SuiteReport};

/// The reports that are written to files, as `SESSION_TEST_REPORT` says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted(Vec<(Form, String)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Markdown,
    Json,
    Badge,
}

impl Wanted {
    const VARIABLE: &str = "SESSION_TEST_REPORT";
    const STORE: &str = "{store}";

    pub(crate) fn by_the_environment() -> Result<Self, String> {
        Self::parse(&std::env::var(Self::VARIABLE).unwrap_or_default())
    }

    fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let parsed = parts.map(|part| {
            let form = match part.split_once(':') {
                Some(("md", path)) => Some((Form::Markdown, path)),
                Some(("json", path)) => Some((Form::Json, path)),
                Some(("badge", path)) => Some((Form::Badge, path)),
                _ => None,
            };
            let (form, path) = form.filter(|(_, path)| !path.is_empty()).ok_or_else(|| {
                format!(
                    "{} must be md:PATH, json:PATH or badge:PATH, or several with commas: {part}",
                    Self::VARIABLE
                )
            })?;
            Ok((form, path.to_owned()))
        });
        parsed.collect::<Result<_, _>>().map(Self)
    }

    /// Writes each report, one for each store if the path has `{store}` in it.
    pub(crate) fn write(&self, report: &Report) -> Result<(), String> {
        for (form, path) in &self.0 {
            if path.contains(Self::STORE) {
                for suite in &report.suites {
                    let alone = Report::new(vec![suite.clone()], report.is_strict);
                    write(&path.replace(Self::STORE, &file_name(suite)), &form.of(&alone))?;
                }
            } else {
                write(path, &form.of(report))?;
            }
        }
        Ok(())
    }
}

impl Form {
    fn of(self, report: &Report) -> String {
        match self {
            Self::Markdown => report.to_markdown(),
            Self::Json => report.to_json() + "\n",
            Self::Badge => report.suites.iter().map(|suite| suite.badge() + "\n").collect(),
        }
    }
}

/// The name of the store, in letters that every file system takes.
fn file_name(suite: &SuiteReport) -> String {
    suite.store().chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect()
}

fn write(path: &str, text: &str) -> Result<(), String> {
    let path = Path::new(path);
    let directory = path.parent().map_or(Ok(()), fs::create_dir_all);
    let written: io::Result<()> = directory.and_then(|()| fs::write(path, text));
    written.map_err(|error| format!("the report could not be written to {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_a_form_and_a_path() {
        let wanted = |parts: &[(Form, &str)]| {
            Ok(Wanted(parts.iter().map(|(form, path)| (*form, (*path).to_owned())).collect()))
        };
        assert_eq!(Wanted::parse(""), wanted(&[]));
        assert_eq!(Wanted::parse("md:a.md"), wanted(&[(Form::Markdown, "a.md")]));
        assert_eq!(Wanted::parse("json:C:/x, badge:b"), wanted(&[(Form::Json, "C:/x"), (Form::Badge, "b")]));
        for wrong in ["a.md", "md:", "html:a", "md:a,b"] {
            assert!(Wanted::parse(wrong).is_err(), "{wrong}");
        }
    }
}
