use session_core::OpenSession;

use super::snapshot::{KEYS, Snapshot, TEXT, Value};

/// A change that a handler makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Set(&'static str, u32),
    SetText(&'static str),
    Remove(&'static str),
    /// A change that depends on the value before it, and on the order.
    Update(&'static str, u32),
    Clear,
    Flash(u8),
    TakeFlashes,
}

/// The part of a change that is recorded, to be made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Made {
    Set(&'static str, Value),
    Remove(&'static str),
    Update(&'static str, u32),
    Clear,
    Flash(String),
    TookFlashes(Vec<String>),
}

impl From<[u8; 2]> for Change {
    fn from([what, number]: [u8; 2]) -> Self {
        let key = KEYS[usize::from(what >> 4) % KEYS.len()];
        match what % 16 {
            0..4 => Self::Set(key, u32::from(number)),
            4 => Self::SetText(key),
            5..7 => Self::Remove(key),
            7..12 => Self::Update(key, u32::from(number)),
            12 => Self::Clear,
            13 | 14 => Self::Flash(number % 4),
            _ => Self::TakeFlashes,
        }
    }
}

impl Change {
    /// Changes of two different places are changes of different keys.
    pub(super) fn place(&self) -> &'static str {
        match self {
            Self::Set(key, _) | Self::SetText(key) | Self::Remove(key) | Self::Update(key, _) => key,
            Self::Clear | Self::Flash(_) | Self::TakeFlashes => "",
        }
    }

    /// Makes the change in the session, and returns its effect on this content.
    fn make(self, session: &OpenSession, model: &Snapshot) -> Option<Made> {
        match self {
            Self::Set(key, number) => {
                session.set(key, number).expect("there is room");
                Some(Made::Set(key, Value::Number(number)))
            }
            Self::SetText(key) => {
                session.set(key, TEXT).expect("there is room");
                Some(Made::Set(key, Value::Text))
            }
            Self::Remove(key) => {
                let removed = session.remove(key).expect("it is no key of the library");
                assert_eq!(removed, model.values.contains_key(key));
                // It wins against another request also if there was nothing.
                Some(Made::Remove(key))
            }
            Self::Update(key, number) => {
                let updated =
                    session.update(key, move |value: &mut u32| *value = changed(Some(*value), number));
                assert_eq!(updated.is_err(), model.values.get(key) == Some(&Value::Text));
                updated.is_ok().then_some(Made::Update(key, number))
            }
            Self::Clear => {
                session.clear().expect("it lives");
                Some(Made::Clear)
            }
            Self::Flash(number) => {
                session.flash("info", number.to_string()).expect("there is room");
                Some(Made::Flash(number.to_string()))
            }
            Self::TakeFlashes => {
                let taken = session.take_flashes().expect("they are messages");
                let taken: Vec<String> = taken.into_iter().map(|flash| flash.text).collect();
                assert!(model.flashes.iter().eq(&taken), "they come in order");
                (!taken.is_empty()).then_some(Made::TookFlashes(taken))
            }
        }
    }
}

impl Made {
    pub(super) fn key(&self) -> Option<&'static str> {
        match self {
            Self::Set(key, _) | Self::Remove(key) | Self::Update(key, _) => Some(key),
            Self::Clear | Self::Flash(_) | Self::TookFlashes(_) => None,
        }
    }

    /// Makes the change on other content; returns whether that is possible.
    pub(super) fn replay(&self, on: &mut Snapshot) -> bool {
        match self {
            Self::Set(key, value) => drop(on.values.insert(key, value.clone())),
            Self::Remove(key) => drop(on.values.remove(key)),
            Self::Update(key, number) => {
                let old = match on.values.get(key) {
                    None => None,
                    Some(Value::Number(old)) => Some(*old),
                    Some(Value::Text) => return false,
                };
                on.values.insert(key, Value::Number(changed(old, *number)));
            }
            Self::Clear => on.values.clear(),
            Self::Flash(text) => on.flashes.push_back(text.clone()),
            Self::TookFlashes(taken) => {
                for text in taken {
                    if let Some(at) = on.flashes.iter().position(|other| other == text) {
                        on.flashes.remove(at);
                    }
                }
            }
        }
        true
    }
}

/// A function whose result depends on the order.
const fn changed(old: Option<u32>, number: u32) -> u32 {
    let old = match old {
        Some(old) => old,
        None => 0,
    };
    old.wrapping_mul(31).wrapping_add(number)
}

/// Makes all changes, in the session and in its expected content, and returns their effects.
pub(super) fn make_all(changes: &[Change], session: &OpenSession, model: &mut Snapshot) -> Vec<Made> {
    let mut all = Vec::new();
    for change in changes {
        if let Some(made) = change.make(session, model) {
            assert!(made.replay(model), "it was possible");
            all.push(made);
        }
    }
    all
}
