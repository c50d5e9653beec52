//! `session-testkit init`: writes the crate of a new store, with a test that names every rule that is not kept yet.
#![allow(clippy::print_stderr, reason = "a program talks to its user")]

mod api;
mod arguments;
mod names;
mod source;
mod template;

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

use arguments::{Arguments, USAGE};
use names::Names;
use source::Source;

fn main() -> ExitCode {
    match run() {
        Ok(said) => {
            // A reader that went away, such as `head`, is no failure: the crate is written.
            let _ = writeln!(io::stdout(), "{said}");
            ExitCode::SUCCESS
        }
        Err(wrong) => {
            eprintln!("session-testkit: {wrong}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<String, String> {
    let Arguments { folder, api } = match arguments::parse(std::env::args_os().skip(1))? {
        arguments::Asked::Init(arguments) => arguments,
        arguments::Asked::Help => return Ok(USAGE.to_owned()),
        arguments::Asked::Version => return Ok(env!("CARGO_PKG_VERSION").to_owned()),
    };
    let name = folder.file_name().and_then(|name| name.to_str());
    let names = Names::of(name.ok_or_else(|| format!("`{}` does not end with a name", folder.display()))?)?;
    let source = Source::here();
    let files = template::files(api, &names, &source, in_workspace(&folder));
    write(&folder, &files)?;
    let written: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
    Ok(format!(
        "Wrote `{store}`, {api}: {files}.\nIt depends on {source}.\n\nNext:\n  cd {folder}\n  cargo test\n\n\
         The test names every rule that is not kept yet. The guide leads through them:\n  {guide}",
        store = names.store,
        files = written.join(", "),
        folder = folder.display(),
        guide = source.guide(),
    ))
}

/// Writes into a new folder, and never into one that exists.
fn write(folder: &Path, files: &[(&str, String)]) -> Result<(), String> {
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent).map_err(|error| failed(parent, &error))?;
    }
    fs::create_dir(folder).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            format!("`{}` exists already; nothing was written", folder.display())
        }
        _ => failed(folder, &error),
    })?;
    for (path, text) in files {
        let path = folder.join(path);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
        written.map_err(|error| failed(&path, &error))?;
    }
    Ok(())
}

fn failed(path: &Path, error: &io::Error) -> String {
    format!("cannot write `{}`: {error}", path.display())
}

/// Whether a manifest lies in a folder above, which cargo would take for the workspace of the new crate.
fn in_workspace(folder: &Path) -> bool {
    let Ok(folder) = std::path::absolute(folder) else { return false };
    folder.ancestors().skip(1).any(|above| above.join("Cargo.toml").exists())
}
