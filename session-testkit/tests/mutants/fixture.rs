use std::time::Duration;

use session_testkit::{Claims, Errand, Fixture, Network, OpenError, Opened};
use session_testservers::proxy::Proxy;

use crate::{
    defect::Defect,
    remote::{Remote, Server},
    store::Mutant,
};

/// Opens stores with the defect.
pub(crate) struct MutantFixture(pub(crate) Defect);

impl Fixture for MutantFixture {
    fn name(&self) -> &str {
        "mutant"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let store = Mutant::new(self.0);
        let (clock, corrupt, lose) = (store.clock.clone(), store.clone(), store.clone());
        let counted = store.clone();
        // Most defects show through either API.
        let opened = match self.0 {
            Defect::ApisCacheApart => Opened::both(store.clone(), store.other_api()),
            Defect::None | Defect::RotateIsCancelledMidway => Opened::nonblocking(store),
            defect if Defect::OF_A_SERVER.contains(&defect) => Opened::nonblocking(store),
            _ => Opened::blocking(store),
        };
        Ok(opened
            .with_clock(move |time| clock.set(time))
            .with_count(move || counted.count())
            .with_corruption(move |key| corrupt.corrupt(key))
            .with_index_loss(move |family| lose.lose_index(family)))
    }

    async fn open_behind_proxy(&self) -> Result<(Opened, Box<dyn Network>), OpenError> {
        let server = Server::start()?;
        let proxy = Proxy::start(server.address())?;
        let clock = server.clock();
        let store = Remote::new(self.0, server, proxy.address());
        Ok((Opened::nonblocking(store).with_clock(move |time| clock.set(time)), Box::new(proxy)))
    }

    fn time_limit(&self) -> Duration {
        Duration::from_secs(8)
    }

    fn claims(&self) -> Claims {
        match self.0 {
            Defect::SweepClaimsTooMuch | Defect::NativeExpiryNeverDeletes => {
                Claims::everything().native_expiry()
            }
            Defect::ConnectionsAreTested | Defect::RevokesOneByOne => {
                Claims::everything().budget([(Errand::Load, 1), (Errand::RevokeFifty, 1)])
            }
            _ => Claims::everything(),
        }
    }
}
