use std::collections::BTreeMap;

use peer_runner::{Contender, Kind};

use crate::{
    numbers::Spread,
    stand::{Sample, Stand},
    work::Work,
};

/// Everything that was measured, one sample a round.
#[derive(Default)]
pub(crate) struct Results {
    rows: Vec<Row>,
    pub(crate) databases: Vec<String>,
}

pub(crate) struct Row {
    pub(crate) contender: Contender,
    pub(crate) work: Work,
    pub(crate) samples: Vec<Sample>,
    pub(crate) commands: BTreeMap<String, f64>,
}

impl Results {
    /// What the requests ask of their databases, which is the same every time.
    pub(crate) fn count(&mut self, contenders: &[Contender], stands: &[Stand]) {
        for (&contender, stand) in contenders.iter().zip(stands) {
            for work in Work::ALL.into_iter().filter(|work| work.is_done_by(&contender)) {
                let commands = stand.count(work);
                self.rows.push(Row { contender, work, samples: Vec::new(), commands });
            }
            let version = stand.database.version();
            if !version.is_empty() && !self.databases.contains(&version) {
                self.databases.push(version);
            }
        }
    }

    pub(crate) fn add(&mut self, contender: &Contender, work: Work, sample: Sample) {
        let mut rows = self.rows.iter_mut();
        rows.find(|row| row.contender == *contender && row.work == work).unwrap().samples.push(sample);
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter()
    }

    /// Those that do this work with this kind of store.
    pub(crate) fn with(&self, kind: Kind, work: Work) -> impl Iterator<Item = &Row> {
        self.rows().filter(move |row| row.contender.kind == kind && row.work == work)
    }

    /// The least that the work takes, by axum or by actix-web.
    pub(crate) fn floor(&self, kind: Kind, work: Work, on_actix: bool) -> Option<&Row> {
        let kind = if work == Work::Untouched || kind == Kind::Memory { Kind::None } else { kind };
        let work = if kind == Kind::None { Work::Untouched } else { work };
        self.with(kind, work).find(|row| row.contender.is_floor() && row.contender.is_on_actix() == on_actix)
    }
}

impl Row {
    pub(crate) fn spread(&self, of: impl Fn(&Sample) -> f64) -> Option<Spread> {
        Spread::of(self.samples.iter().map(of))
    }

    pub(crate) fn cpu(&self) -> f64 {
        self.spread(|sample| sample.cpu).map_or(f64::NAN, |spread| spread.median)
    }

    /// How many times the processor time of another, round by round.
    pub(crate) fn times(&self, other: &Self) -> Option<Spread> {
        Spread::of(self.samples.iter().zip(&other.samples).map(|(mine, other)| mine.cpu / other.cpu))
    }
}
