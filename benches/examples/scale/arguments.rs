use std::path::PathBuf;

/// `redis|mysql|postgres|sqlite [sessions|keys|size|owner] [MOST] [--plot FILE]`
pub(crate) struct Arguments {
    pub(crate) kind: String,
    pub(crate) varied: String,
    /// The largest quantity, instead of the default.
    pub(crate) most: Option<u64>,
    pub(crate) plot: Option<PathBuf>,
}

impl Arguments {
    pub(crate) fn read() -> Self {
        let mut args: Vec<String> = std::env::args().skip(1).collect();
        let plot = args.iter().position(|arg| arg == "--plot").map(|at| {
            let mut taken = args.drain(at..at + 2);
            taken.next_back().unwrap().into()
        });
        let mut args = args.into_iter();
        Self {
            kind: args.next().unwrap_or_else(|| "redis".to_owned()),
            varied: args.next().unwrap_or_else(|| "sessions".to_owned()),
            most: args.next().map(|number| number.parse().unwrap()),
            plot,
        }
    }
}
