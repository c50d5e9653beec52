use redis::{Arg, Cmd, Pipeline, RedisWrite as _};

use super::{Script, replies::REVISION};

/// A command and its arguments, as the client library sends them. Every further copy would cost each request.
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

    /// Makes a node execute the next command although it does not own the slot yet.
    pub(crate) fn asking() -> Self {
        Self::new("ASKING", [])
    }

    /// The call of the script that commits, in place of this `SET key value IFEQ replaced PX ttl`.
    pub(crate) fn swap_by(&self, script: &'static Script) -> Self {
        let [_, key, value, _, replaced, _, ttl] = words(&self.0).collect::<Vec<_>>()[..] else {
            return self.clone();
        };
        let (next, record) = value.split_at_checked(REVISION).unwrap_or_default();
        let expected = replaced.get(..REVISION).unwrap_or_default();
        Self::of(
            ["EVALSHA".as_bytes(), script.hash().as_bytes(), b"1", key, expected, next, record, ttl]
                .into_iter(),
        )
    }

    /// The call of a script with its source instead of its hash.
    pub(crate) fn with_source(&self, script: &'static Script) -> Self {
        let head = ["EVAL".as_bytes(), script.source().as_bytes()];
        let rest = words(&self.0).skip(2).collect::<Vec<_>>();
        Self::of(head.into_iter().chain(rest))
    }
}

/// The words of a command, its name first.
pub(crate) fn words(command: &Cmd) -> impl Iterator<Item = &[u8]> {
    command.args_iter().filter_map(|word| match word {
        Arg::Simple(word) => Some(word),
        _ => None,
    })
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
