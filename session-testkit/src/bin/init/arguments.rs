use std::{ffi::OsString, path::PathBuf};

use super::api::Api;

pub(crate) const USAGE: &str = "\
Writes the crate of a new session store: a skeleton, and a test that names every rule that is not kept yet.

Usage: session-testkit init <FOLDER> --api <API>

  <FOLDER>         the folder to make; its last part is the name of the crate
  --api async      the client of the database is asynchronous (tokio)
  --api blocking   the client is blocking, or the store is a file that several processes open
  --api embedded   the sessions live inside one process, which no other can look into
  --help           prints this
  --version        prints the version";

pub(crate) enum Asked {
    Init(Arguments),
    Help,
    Version,
}

pub(crate) struct Arguments {
    pub(crate) folder: PathBuf,
    pub(crate) api: Api,
}

/// Reads the arguments behind the name of the program.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Asked, String> {
    let mut arguments = arguments.into_iter();
    let (mut command, mut folder, mut api) = (None, None, None);
    while let Some(argument) = arguments.next() {
        let text = argument.to_str().unwrap_or_default();
        match (text, &command) {
            ("--help" | "-h" | "help", None) | ("--help" | "-h", _) => return Ok(Asked::Help),
            ("--version" | "-V", _) => return Ok(Asked::Version),
            ("--api", _) => api = Some(kind(&arguments.next().unwrap_or_default())?),
            _ if text.starts_with("--api=") => api = Some(Api::parse(text.trim_start_matches("--api="))?),
            _ if text.starts_with('-') => return Err(asked(&format!("unknown option `{text}`"))),
            ("init", None) => command = Some(()),
            (_, None) => return Err(asked(&format!("unknown command `{}`", argument.display()))),
            _ if folder.is_some() => return Err(asked(&format!("unexpected `{}`", argument.display()))),
            _ => folder = Some(PathBuf::from(argument)),
        }
    }
    let missing = |what: &str| asked(&format!("{what} is missing"));
    command.ok_or_else(|| missing("the command `init`"))?;
    let folder = folder.ok_or_else(|| missing("the folder of the new crate"))?;
    let api = api.ok_or_else(|| missing("`--api async`, `--api blocking` or `--api embedded`"))?;
    Ok(Asked::Init(Arguments { folder, api }))
}

fn kind(value: &OsString) -> Result<Api, String> {
    Api::parse(&value.to_string_lossy())
}

fn asked(wrong: &str) -> String {
    format!("{wrong}\n\n{USAGE}")
}
