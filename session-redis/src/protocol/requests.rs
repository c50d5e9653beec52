use redis::{Arg, Cmd, Pipeline, RedisWrite as _};

use crate::{protocol::scripts::Script, routing::slots::slot_of};

/// What is sent to Redis in one round trip. All its keys are of one slot.
#[derive(Debug)]
pub(crate) struct Request {
    /// The script that its one command calls by its hash, and by its source where the server does not know it yet.
    pub(crate) script: Option<&'static Script>,
    pub(crate) commands: Pipeline,
}

/// A command and its arguments, kept as the client library sends them: every further copy would cost each request.
#[derive(Debug, Clone)]
pub(crate) struct Command(pub(crate) Cmd);

impl Command {
    pub(crate) fn new<'a>(
        name: &'a str,
        arguments: impl IntoIterator<Item = &'a [u8], IntoIter: Clone>,
    ) -> Self {
        Self::of(std::iter::once(name.as_bytes()).chain(arguments))
    }

    fn of<'a>(words: impl Iterator<Item = &'a [u8]> + Clone) -> Self {
        let (count, bytes) =
            words.clone().fold((0, 0), |(count, bytes), word| (count + 1, bytes + word.len()));
        let mut command = Cmd::with_capacity(count, bytes);
        for word in words {
            command.write_arg(word);
        }
        Self(command)
    }

    /// Has a node serve the next command although it does not own the slot yet.
    pub(crate) fn asking() -> Self {
        Self::new("ASKING", [])
    }

    /// The same script by its source instead of its hash.
    pub(crate) fn with_source(&self, script: &'static Script) -> Self {
        let head = ["EVAL".as_bytes(), script.source().as_bytes()];
        let rest = self.words().skip(2).collect::<Vec<_>>();
        Self::of(head.into_iter().chain(rest))
    }

    pub(crate) fn words(&self) -> impl Iterator<Item = &[u8]> {
        words(&self.0)
    }
}

/// The words of a command, its name first.
pub(crate) fn words(command: &Cmd) -> impl Iterator<Item = &[u8]> {
    command.args_iter().filter_map(|word| match word {
        Arg::Simple(word) => Some(word),
        _ => None,
    })
}

impl Request {
    /// Commands that follow each other; the reply is the array of theirs.
    pub(crate) fn pipeline(commands: impl IntoIterator<Item = Command, IntoIter: ExactSizeIterator>) -> Self {
        Self { script: None, commands: pack(commands) }
    }

    pub(crate) fn script(script: &'static Script, keys: &[Vec<u8>], arguments: &[&[u8]]) -> Self {
        // No script has ten.
        let count = [b'0' + keys.len() as u8];
        let head = [script.hash().as_bytes(), &count];
        let words = head.into_iter().chain(keys.iter().map(Vec::as_slice)).chain(arguments.iter().copied());
        Self { script: Some(script), commands: pack([Command::new("EVALSHA", words)]) }
    }

    /// The slot of its keys.
    pub(crate) fn slot(&self) -> u16 {
        let first = if self.script.is_some() { 3 } else { 1 };
        let command = self.commands.cmd_iter().next();
        command.and_then(|command| words(command).nth(first)).map_or(0, slot_of)
    }
}

/// Commands that are sent together.
pub(crate) fn pack(commands: impl IntoIterator<Item = Command, IntoIter: ExactSizeIterator>) -> Pipeline {
    let commands = commands.into_iter();
    let mut pipeline = Pipeline::with_capacity(commands.len());
    for Command(command) in commands {
        pipeline.add_command(command);
    }
    pipeline
}
