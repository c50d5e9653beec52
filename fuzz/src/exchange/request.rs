use session_core::{
    OpenSession, SessionError, Visit,
    exchange::{
        Call, Exchange as _, Liveness, Opening, Refreshing, Saving, Settled, Step, begin, finish, refresh,
    },
};

use super::{
    Site,
    fate::Fate,
    ledger::{Change, Cookie},
};

/// The requests of one tab, one after the other, and the state of the current one.
pub(super) enum Request<'a> {
    Idle,
    Opening(Box<Opening<'a>>, Cookie),
    Handling(Handled),
    Saving(Box<Saving>, Handled),
    Refreshing(Box<Refreshing>, Handled),
}

/// A request whose session is open, and its changes since the last acknowledgement.
pub(super) struct Handled {
    session: OpenSession,
    cookie: Option<usize>,
    change: Change,
    /// The outcome of the last save may be unknown. A refresh takes over nothing then.
    doubtful: bool,
}

impl<'a> Request<'a> {
    pub(super) fn step(self, site: &mut Site<'a>, how: u8, what: u8) -> Self {
        match self {
            Self::Idle => start(site, what),
            Self::Opening(opening, cookie) => {
                let answer = Fate::from(how).perform(&mut site.world, &opening.call());
                match opening.answer(answer) {
                    Ok(Step::Ask(opening)) => Self::Opening(Box::new(opening), cookie),
                    Ok(Step::Done(session)) => opened(site, session, cookie),
                    Err(SessionError::Store(_)) => Self::Idle,
                    Err(error) => panic!("opening: {error}"),
                }
            }
            Self::Handling(handled) if what < 64 => handled.save(site),
            Self::Handling(_) if what < 68 => Self::Idle,
            Self::Handling(handled) if what < 70 => handled.refresh(site, what == 69),
            Self::Handling(mut handled) => {
                handled.change.make(&mut site.ledger, &handled.session, what);
                Self::Handling(handled)
            }
            // The handler may continue while its session is being saved or refreshed.
            Self::Saving(saving, mut handled) if what >= 192 => {
                handled.change.make(&mut site.ledger, &handled.session, what);
                Self::Saving(saving, handled)
            }
            Self::Refreshing(refreshing, mut handled) if what >= 192 => {
                handled.change.make(&mut site.ledger, &handled.session, what);
                Self::Refreshing(refreshing, handled)
            }
            Self::Refreshing(refreshing, handled) => {
                let (fate, is_load) = (Fate::from(how), matches!(refreshing.call(), Call::Load { .. }));
                let answer = fate.perform(&mut site.world, &refreshing.call());
                match fate {
                    Fate::Crash => Self::Idle,
                    Fate::Cancelled | Fate::CancelledUnsent => Self::Handling(handled),
                    _ => handled.refreshed(site, is_load, refreshing.answer(answer)),
                }
            }
            Self::Saving(saving, mut handled) => {
                let fate = Fate::from(how);
                let answer = fate.perform(&mut site.world, &saving.call());
                if answer.is_err() {
                    handled.change.partly_saved();
                }
                match fate {
                    Fate::Crash => Self::Idle,
                    Fate::Cancelled | Fate::CancelledUnsent => {
                        drop(saving);
                        handled.save(site)
                    }
                    _ => handled.settle(site, saving.answer(answer)),
                }
            }
        }
    }
}

fn start<'a>(site: &mut Site<'a>, what: u8) -> Request<'a> {
    let cookie = site.ledger.choose_cookie(what);
    let header = cookie.at.map_or("", |at| site.ledger.cookies[at]);
    let visit = site.visits.alloc(Visit::new().cookie(header.as_bytes()));
    match begin(&site.context, visit, site.world.timestamp()) {
        Step::Ask(opening) => Request::Opening(Box::new(opening), cookie),
        Step::Done(session) => opened(site, session, cookie),
    }
}

fn opened<'a>(site: &mut Site<'a>, session: OpenSession, cookie: Cookie) -> Request<'a> {
    site.ledger.opened(&session, cookie);
    Request::Handling(Handled { session, cookie: cookie.at, change: Change::default(), doubtful: false })
}

impl Handled {
    fn save<'a>(mut self, site: &mut Site<'a>) -> Request<'a> {
        self.change.begin_save();
        let step = finish(&self.session, site.world.timestamp());
        self.settle(site, step)
    }

    fn refresh<'a>(self, site: &mut Site<'a>, uses: bool) -> Request<'a> {
        let step = refresh(&self.session, site.world.timestamp(), uses);
        self.refreshed(site, false, step)
    }

    fn refreshed<'a>(
        mut self,
        site: &mut Site<'a>,
        is_load: bool,
        step: Result<Step<Refreshing, Liveness>, SessionError>,
    ) -> Request<'a> {
        match step {
            Ok(Step::Ask(refreshing)) => return Request::Refreshing(Box::new(refreshing), self),
            // What others were told until now is there, once.
            Ok(Step::Done(Liveness::Alive)) if is_load && !self.doubtful => site.ledger.check(&self.session),
            Ok(Step::Done(Liveness::Alive)) => {}
            Ok(Step::Done(Liveness::Ended(_))) => {
                assert!(self.session.set("x", 0).is_err(), "a session that has ended can be changed");
                self.change.forget_all();
            }
            Err(SessionError::TokenSpent) => self.change.forget_tokens(),
            Err(SessionError::Store(_)) => {}
            Err(error) => panic!("refreshing: {error}"),
        }
        Request::Handling(self)
    }

    fn settle<'a>(
        mut self,
        site: &mut Site<'a>,
        step: Result<Step<Saving, Settled>, SessionError>,
    ) -> Request<'a> {
        self.doubtful = step.is_err();
        match step {
            Ok(Step::Ask(saving)) => return Request::Saving(Box::new(saving), self),
            Ok(Step::Done(settled)) => {
                let ledger = &mut site.ledger;
                let given = ledger.keep_cookie(&settled.cookie);
                if self.session.is_changed() {
                    // The next save acknowledges the changes that were made during this one.
                    self.change.partly_saved();
                } else {
                    ledger.acknowledge(std::mem::take(&mut self.change), &self.session, self.cookie);
                }
                if given.is_some() && given != self.cookie {
                    // It is no longer known which of the two ids the change of rights meant.
                    self.change.forget_id();
                    self.cookie = given;
                }
            }
            Err(SessionError::TokenSpent) => {
                self.change.forget_tokens();
                self.change.partly_saved();
            }
            // The request was told once that the taker of the token is unknown; a save after the end, such as a sign-out,
            // acknowledges later changes alone.
            Err(SessionError::Unknown) if self.session.is_new() => {
                self.change.forget_sent_tokens();
                self.change.partly_saved();
                if !self.session.is_changed() {
                    // The session moved away from under the request, and all changes with it.
                    self.change.forget_all();
                }
            }
            Err(
                error @ (SessionError::Mismatched
                | SessionError::Busy
                | SessionError::Record(_)
                | SessionError::Full
                | SessionError::Value(_)),
            ) => panic!("saving: {error}"),
            Err(_) => self.change.partly_saved(),
        }
        Request::Handling(self)
    }
}
