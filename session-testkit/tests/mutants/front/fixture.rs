use session_testkit::{Fixture, OpenError, Opened};

use super::{Front, Wrong};

/// Opens healthy stores with the defect in front.
pub(crate) struct FrontFixture(pub(crate) Wrong);

impl Fixture for FrontFixture {
    fn name(&self) -> &str {
        "mutant"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let front = Front::new(self.0);
        let (clock, corrupt, lose) = (front.store.clock.clone(), front.store.clone(), front.store.clone());
        Ok(Opened::blocking(front)
            .with_clock(move |time| clock.set(time))
            .with_corruption(move |key| corrupt.corrupt(key))
            .with_index_loss(move |family| lose.lose_index(family)))
    }
}
