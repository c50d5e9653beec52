use super::rules;

rules! {
    /// The rules of whole sessions, through the drivers of the core, over a store that keeps its own rules.
    "session-testkit" SESSIONS:
    SESSION_1, "SESSION-1":
        "Two requests that change different keys of one session keep both changes.",
        "The slower of two tabs must not undo what the faster one did.";
    SESSION_2, "SESSION-2":
        "Updates of one key by any number of writers add up exactly, once for each that was acknowledged.",
        "A counter that loses a step is a cart that loses an item.";
    SESSION_3, "SESSION-3":
        "A request that ends after the sign-out is refused, and nothing of the session comes back.",
        "Signed out is signed out, whatever is still in flight.";
    SESSION_4, "SESSION-4":
        "An id chosen by the client is never adopted, and an id from before a sign-in opens nothing after it.",
        "An attacker who plants an id must not be signed in together with the victim.";
    SESSION_5, "SESSION-5":
        "A write in flight while the id is replaced because of its age is kept, and the old id works on the new record within the grace.",
        "A second tab must not notice that an id is replaced because of its age.";
    SESSION_6, "SESSION-6":
        "A write in flight while rights change is refused, and is not in the session that follows.",
        "A request with the old id, perhaps from a thief, must not act with the new rights.";
    SESSION_7, "SESSION-7":
        "A session that is only read lives on through any number of idle times, by touches alone, and ends when it is left alone.",
        "Reading must neither sign people out nor cost a write.";
    SESSION_8, "SESSION-8":
        "Of any number of requests that use a one-time token exactly one gets it.",
        "A payment that is sent twice must be made once.";
    SESSION_9, "SESSION-9":
        "Two sign-ins from one session both succeed, each with a session of its own that has what was in the old one and what a sign-in before it added, and the old id is dead.",
        "A double click must end signed in, whichever response the browser takes last.";
    SESSION_10, "SESSION-10":
        "Of a sign-out and a sign-in from one session one succeeds: one session is left or none, and the old id is dead.",
        "A user who was told that they are signed out must be.";
    SESSION_11, "SESSION-11":
        "A crash between any two store operations of a sign-in or a change of id leaves the old session or the new one: never none, and never two of which a browser has the id.",
        "A server that restarts must neither sign people out nor leave a second key to the door.";
}
