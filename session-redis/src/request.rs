use std::sync::LazyLock;

use crate::{script::Script, slots::slot_of};

/// What is sent to Redis in one round trip. All its keys are of one slot.
#[derive(Debug)]
pub(crate) enum Request {
    /// Commands in one pipeline; the reply is the array of theirs.
    Pipeline(Vec<Command>),
    /// A script by its hash, and by its source where the server does not know it yet.
    Script { script: &'static Script, keys: Vec<Vec<u8>>, arguments: Vec<Vec<u8>> },
}

/// A command and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Command(pub(crate) Vec<Vec<u8>>);

impl Command {
    pub(crate) fn new(name: &str, arguments: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self(std::iter::once(name.as_bytes().to_vec()).chain(arguments).collect())
    }

    /// Has a node serve the next command although it does not own the slot yet.
    pub(crate) fn asking() -> &'static Self {
        static ASKING: LazyLock<Command> = LazyLock::new(|| Command::new("ASKING", []));
        &ASKING
    }

    /// Makes of a script's hash its source.
    pub(crate) fn name_source(&mut self, script: Option<&Script>) {
        if let (Some(script), [name, hash, ..]) = (script, self.0.as_mut_slice()) {
            *name = b"EVAL".to_vec();
            *hash = script.source().as_bytes().to_vec();
        }
    }
}

impl Request {
    /// The slot of its keys.
    pub(crate) fn slot(&self) -> u16 {
        let key = match self {
            Self::Pipeline(commands) => commands.first().and_then(|Command(words)| words.get(1)),
            Self::Script { keys, .. } => keys.first(),
        };
        key.map_or(0, |key| slot_of(key))
    }

    /// The commands to be sent: those of the pipeline, or the script by its hash.
    pub(crate) fn into_commands(self) -> (Option<&'static Script>, Vec<Command>) {
        match self {
            Self::Pipeline(commands) => (None, commands),
            Self::Script { script, keys, arguments } => {
                let head = [script.hash().as_bytes().to_vec(), keys.len().to_string().into_bytes()];
                let words = head.into_iter().chain(keys).chain(arguments);
                (Some(script), vec![Command::new("EVALSHA", words)])
            }
        }
    }
}
