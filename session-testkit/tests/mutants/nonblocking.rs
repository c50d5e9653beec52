use session_core::store::{Adapter, Answer, BlockingStore, Call, StoreError};

use crate::{
    defect::Defect,
    store::{Mutant, Records},
};

impl Adapter for Mutant {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        if let Call::Rotate { from, expected, to, .. } = call
            && self.is(Defect::RotateIsCancelledMidway)
        {
            let whole = |records: &mut Records, now| {
                let ready = records.live(now, &from).is_some_and(|record| record.revision == expected)
                    && records.live(now, &to).is_none();
                if ready { records.all.remove(&from) } else { None }
            };
            if let Some(taken) = self.step(whole) {
                tokio::task::yield_now().await;
                self.step(|records, _| records.all.insert(from, taken));
            }
        }
        BlockingStore::perform(self, call)
    }
}
