use session_benches::{Load, Site};
use session_core::{
    id::{Algorithm, CookieId, Family, Generator, StoreKey},
    store::{CommitOutcome, CreateOutcome, Revision, Store, Write},
};

use super::{TTL, Work, number};

/// The operations that are measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Load,
    Commit,
    OwnedCommit,
}

/// A session of one task.
pub(crate) struct OnStore<S> {
    store: S,
    what: What,
    key: StoreKey,
    revision: u128,
    data: Vec<u8>,
}

impl What {
    pub(crate) const ALL: [Self; 3] = [Self::Load, Self::Commit, Self::OwnedCommit];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Commit => "commit",
            Self::OwnedCommit => "commit, owned",
        }
    }
}

impl<S: Store + Clone> OnStore<S> {
    pub(crate) async fn start(store: &S, what: What) -> Self {
        let owner = format!("user-{}", number());
        let family = (what == What::OwnedCommit).then(|| Family::of_owner(&owner, None));
        let key = *CookieId::generate(Algorithm::Sha256, family, &Generator).unwrap().key();
        let data = Site::new(Load::Small).stored().data.to_vec();
        let work = Self { store: store.clone(), what, key, revision: 1, data };
        let created = work.store.create(&key, work.write(), None).await.unwrap();
        assert!(matches!(created, CreateOutcome::Created { .. }));
        work
    }

    fn write(&self) -> Write<'_> {
        Write { next: self.revision(), data: &self.data, ttl: TTL }
    }

    const fn revision(&self) -> Revision {
        Revision::from_bytes(self.revision.to_be_bytes())
    }
}

impl<S: Store + Clone + Send + 'static> Work for OnStore<S> {
    async fn once(&mut self) {
        if self.what == What::Load {
            assert!(self.store.load(&self.key).await.unwrap().is_some());
            return;
        }
        let expected = self.revision();
        self.revision += 1;
        let outcome = self.store.commit(&self.key, expected, self.write()).await.unwrap();
        assert_eq!(outcome, CommitOutcome::Written);
    }
}
