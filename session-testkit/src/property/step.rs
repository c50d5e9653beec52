use proptest::{collection, option, prelude::*};

/// One step of a sequence, the way it takes to the records, and whether everything visible is compared after it.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    pub(super) step: Step,
    pub(super) way: usize,
    pub(super) look: bool,
}

/// One of the few keys: its family and its place in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) family: usize,
    pub(super) place: usize,
}

/// The revision that a write expects.
#[derive(Debug, Clone, Copy)]
pub(super) enum Base {
    Current,
    Former(usize),
    Foreign,
}

/// The time to live in units.
pub(super) type Life = u32;

/// An operation or the passing of time.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Load(Slot),
    Create {
        slot: Slot,
        life: Life,
        cap: Option<(u32, bool)>,
    },
    Commit {
        slot: Slot,
        base: Base,
        life: Life,
        same: bool,
    },
    Touch {
        slot: Slot,
        base: Base,
        life: Life,
    },
    Rotate {
        slot: Slot,
        base: Base,
        to: usize,
        life: Life,
        tombstone: Option<Life>,
    },
    Delete {
        slot: Slot,
        base: Option<Base>,
        tombstone: Option<Life>,
    },
    List(usize),
    Revoke {
        family: usize,
        keep: Option<usize>,
    },
    Sweep(u32),
    Pass(u32),
    /// Repeats the last create, commit, rotate or delete, as after a lost answer.
    Again,
}

/// The number of keys in a family, small so that steps meet.
pub(super) const PLACES: usize = 3;

/// The greatest number of ways to the records.
const WAYS: usize = 4;

pub(super) fn sequences(families: usize, few: bool) -> impl Strategy<Value = Vec<Planned>> {
    let length = if few { 1..18 } else { 1..40 };
    let planned = (step(families), 0..WAYS, any::<bool>());
    let planned = planned.prop_map(|(step, way, look)| Planned { step, way, look });
    collection::vec(planned, length)
}

fn step(families: usize) -> impl Strategy<Value = Step> {
    let slot = (0..families, 0..PLACES).prop_map(|(family, place)| Slot { family, place });
    let base = prop_oneof![
        6 => Just(Base::Current),
        2 => (0_usize..4).prop_map(Base::Former),
        1 => Just(Base::Foreign),
    ];
    let life = 1_u32..6;
    let cap = option::of((1_u32..4, any::<bool>()));
    prop_oneof![
        2 => slot.clone().prop_map(Step::Load),
        6 => (slot.clone(), life.clone(), cap)
            .prop_map(|(slot, life, cap)| Step::Create { slot, life, cap }),
        5 => (slot.clone(), base.clone(), life.clone(), any::<bool>())
            .prop_map(|(slot, base, life, same)| Step::Commit { slot, base, life, same }),
        3 => (slot.clone(), base.clone(), life.clone())
            .prop_map(|(slot, base, life)| Step::Touch { slot, base, life }),
        4 => (slot.clone(), base.clone(), 0..PLACES, life.clone(), option::of(life))
            .prop_map(|(slot, base, to, life, tombstone)| Step::Rotate { slot, base, to, life, tombstone }),
        3 => (slot, option::of(base), option::of(1_u32..6))
            .prop_map(|(slot, base, tombstone)| Step::Delete { slot, base, tombstone }),
        2 => (0..families).prop_map(Step::List),
        1 => (0..families, option::of(0..PLACES)).prop_map(|(family, keep)| Step::Revoke { family, keep }),
        1 => (0_u32..5).prop_map(Step::Sweep),
        3 => (1_u32..4).prop_map(Step::Pass),
        3 => Just(Step::Again),
    ]
}
