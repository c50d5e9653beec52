use crate::Rule;

/// What whole sessions keep over a store that keeps its rules, through the drivers of the core.
pub const SESSIONS: &[&Rule] = &[
    &SESSION_1,
    &SESSION_2,
    &SESSION_3,
    &SESSION_4,
    &SESSION_5,
    &SESSION_6,
    &SESSION_7,
    &SESSION_8,
    &SESSION_9,
    &SESSION_10,
    &SESSION_11,
];

/// SESSION-1.
pub const SESSION_1: Rule = Rule {
    name: "SESSION-1",
    sentence: "Two requests that change different keys of one session keep both changes.",
    reason: "The slower of two tabs must not undo what the faster one did.",
};

/// SESSION-2.
pub const SESSION_2: Rule = Rule {
    name: "SESSION-2",
    sentence: "Updates of one key by any number of writers add up exactly, once for each that was acknowledged.",
    reason: "A counter that loses a step is a cart that loses an item.",
};

/// SESSION-3.
pub const SESSION_3: Rule = Rule {
    name: "SESSION-3",
    sentence: "A request that ends after the sign-out is refused, and nothing of the session comes back.",
    reason: "Signed out is signed out, whatever is still in flight.",
};

/// SESSION-4.
pub const SESSION_4: Rule = Rule {
    name: "SESSION-4",
    sentence: "An id chosen by the client is never adopted, and an id from before a sign-in opens nothing after it.",
    reason: "Whoever plants an id must not be signed in with its victim.",
};

/// SESSION-5.
pub const SESSION_5: Rule = Rule {
    name: "SESSION-5",
    sentence: "A write in flight while the id is replaced for its age is kept, and within the grace the old id works on the new record.",
    reason: "Replacing ids by the clock must not be felt in a second tab.",
};

/// SESSION-6.
pub const SESSION_6: Rule = Rule {
    name: "SESSION-6",
    sentence: "A write in flight while rights change is refused, and is not in the session that follows.",
    reason: "What was sent with the id of before, perhaps by a thief, must not act with the rights of after.",
};

/// SESSION-7.
pub const SESSION_7: Rule = Rule {
    name: "SESSION-7",
    sentence: "A session that is only read lives on through any number of idle times, by touches alone, and ends when it is left alone.",
    reason: "Reading must neither sign people out nor cost a write.",
};

/// SESSION-8.
pub const SESSION_8: Rule = Rule {
    name: "SESSION-8",
    sentence: "Of any number of requests that use a one-time token exactly one gets it.",
    reason: "A payment that is sent twice must be made once.",
};

/// SESSION-9.
pub const SESSION_9: Rule = Rule {
    name: "SESSION-9",
    sentence: "Of two sign-ins from one session one is done, one session is left, and the id of before is dead.",
    reason: "A double click must not leave a signed-in session that nobody knows of.",
};

/// SESSION-10.
pub const SESSION_10: Rule = Rule {
    name: "SESSION-10",
    sentence: "Of a sign-out and a sign-in from one session one is done: one session is left or none, and the id of before is dead.",
    reason: "Whoever was told to be signed out must be.",
};

/// SESSION-11.
pub const SESSION_11: Rule = Rule {
    name: "SESSION-11",
    sentence: "A crash between any two store operations of a sign-in or a change of id leaves the old session or the new one: never none, and never two that somebody has the id of.",
    reason: "A server that restarts must neither sign people out nor leave a second key to the door.",
};
