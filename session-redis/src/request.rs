use crate::script::Script;

/// What is sent to Redis in one round trip.
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
}

impl Request {
    /// The commands to be sent: those of the pipeline, or the script by its hash.
    pub(crate) fn commands(&self) -> Vec<Command> {
        match self {
            Self::Pipeline(commands) => commands.clone(),
            Self::Script { script, .. } => self.script_command("EVALSHA", script.hash()),
        }
    }

    /// The script by its source; none for a pipeline.
    pub(crate) fn source(&self) -> Option<Vec<Command>> {
        match self {
            Self::Pipeline(_) => None,
            Self::Script { script, .. } => Some(self.script_command("EVAL", script.source())),
        }
    }

    fn script_command(&self, name: &str, script: &str) -> Vec<Command> {
        let Self::Script { keys, arguments, .. } = self else {
            return Vec::new();
        };
        let head = [script.as_bytes().to_vec(), keys.len().to_string().into_bytes()];
        vec![Command::new(
            name,
            head.into_iter().chain(keys.iter().cloned()).chain(arguments.iter().cloned()),
        )]
    }
}
