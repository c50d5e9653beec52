use std::{path::PathBuf, time::Duration};

use peer_runner::Contender;

/// What was asked for.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) rounds: u32,
    pub(crate) time: Duration,
    pub(crate) chart: Option<PathBuf>,
    only: Vec<String>,
}

impl Arguments {
    const HELP: &str = "runner [--quick] [--rounds 5] [--seconds 4] [--only TEXT]... [--chart FILE.svg]";

    pub(crate) fn read() -> Self {
        let mut read = Self { rounds: 5, time: Duration::from_secs(4), chart: None, only: Vec::new() };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().expect(Self::HELP);
            match argument.as_str() {
                "--quick" => (read.rounds, read.time) = (1, Duration::from_secs(1)),
                "--rounds" => read.rounds = value().parse().expect(Self::HELP),
                "--seconds" => read.time = Duration::from_secs(value().parse().expect(Self::HELP)),
                "--only" => read.only.push(value()),
                "--chart" => read.chart = Some(value().into()),
                other => panic!("{other} is not known: {}", Self::HELP),
            }
        }
        read
    }

    pub(crate) fn wants(&self, contender: &Contender) -> bool {
        self.only.is_empty() || self.only.iter().any(|text| contender.title().contains(text))
    }
}
