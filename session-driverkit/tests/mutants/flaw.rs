use session_driverkit::{Rule, rules};

/// Makes a variant of each flaw and the list of all of them: the rule that it breaks, its name, and an example of where it occurs.
macro_rules! flaws {
    ($($rule:ident: [$($flaw:ident: $origin:literal,)+];)+) => {
        /// The flaws of the mutants, each as in real drivers.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Flaw {
            None,
            $($($flaw,)+)+
        }

        pub(crate) const ALL: &[(Flaw, &Rule, &str)] = &[$($((Flaw::$flaw, &rules::$rule, $origin),)+)+];
    };
}

flaws! {
    OPEN_1: [
        LoadsUntouched: "a middleware that loads the session of every request",
        MarksUntouched: "the cache headers are set on every response",
    ];
    OPEN_2: [
        GuardLoadsForItself: "the protection of forms has its own way to the store",
        RefreshesFirst: "the handler gets a session that was brought up to date once more",
    ];
    OPEN_3: [
        BeginsWithEveryVisit: "`session_start` for robots",
        AsksTheStoreFirst: "a ping before each use",
    ];
    OPEN_4: [
        FirstHeaderOnly: "`headers.get(COOKIE)`",
        TextCookiesOnly: "`to_str` of the header, and none if it fails",
        FirstCookieOnly: "a map of cookies by name",
    ];
    OPEN_5: [
        AliasesUnknownIds: "the id of the cookie is the key of the new session",
        NamesFoldCase: "names of cookies compared like names of headers",
    ];
    OPEN_6: [
        KeepsTheLast: "a thread-local that is not cleared",
        CachesPages: "a page cache keyed by the URL",
        KeepsOneForEachConnection: "a session among the extensions of the connection",
    ];
    OPEN_7: [
        ClockStands: "`now` taken when the server starts",
        ClockIsTheSystems: "`SystemTime::now` in place of the clock",
    ];
    OPEN_8: [
        HeadIsSeen: "HEAD is answered by the handler of GET, and nobody says so",
        PrefetchIsSeen: "no look at `Sec-Purpose`",
    ];
    OPEN_9: [
        NeverCrossSite: "no look at `Sec-Fetch-Site`",
        CrossSiteByMetadataOnly: "plain HTTP and old browsers forgotten",
    ];
    OPEN_10: [
        NoUserAgent: "the fingerprint's headers are not passed on",
        UserAgentIsCut: "a column of ten letters",
    ];
    SAVE_1: [
        SavesInTheBackground: "`spawn(save)` to answer sooner",
        SavesBehindTheBody: "a guard that saves when the response is dropped",
    ];
    SAVE_2: [
        WritesEveryTime: "`last_seen` in the session",
        TouchesAlways: "EXPIRE with every request",
        SavesAsItGoes: "a save before the last one, to be safe",
    ];
    SAVE_3: [
        SavesServerErrors: "a save whatever the status",
        SavesTimeouts: "408 is a client error",
    ];
    SAVE_4: [
        SavesFailures: "an error is a response like any other",
        SavesFailuresLater: "a timer that stores what has changed",
    ];
    SAVE_5: [
        SavesWhenDropped: "a guard that saves in `drop`",
        CatchesPanics: "a panic is an empty page",
    ];
    SAVE_6: [
        NoCookieWithErrors: "headers are set on success only",
        OwnSavesWait: "`save` sets a mark, and the end decides",
    ];
    SAVE_7: [
        FailuresAreNoUse: "nothing at all is saved with an error",
        PanicsAreNoUse: "nobody notices that the handler has gone",
        RefusalsAreNoUse: "a refused form never comes to the end of the driver",
    ];
    SAVE_8: [
        SavesAtOnce: "no lock",
        LockIsDroppedAtOnce: "`let _ = lock.await`",
    ];
    SAVE_9: [
        IgnoresTheMark: "no mark",
        MarkIsReadAfterTheSave: "the mark is looked at too late",
    ];
    SAVE_10: [
        AnswersRefusalsAgain: "what was refused is saved once more",
        RefusalsAreRemembered: "an error anywhere is the answer",
    ];
    SAVE_11: [
        EndOfAllForgetsTheRequest: "`end_all` does not know which request calls it",
        EndOfAllDestroys: "the session of the request ends like the others",
    ];
    COOKIE_1: [
        CookieEveryTime: "a cookie that slides",
        CookieTwice: "two layers, each with its cookie",
    ];
    COOKIE_2: [
        DefaultAttributes: "attributes written by hand",
        CookieIsReadable: "`HttpOnly` forgotten",
        NoMaxAge: "`Max-Age` forgotten",
    ];
    COOKIE_3: [
        RemovesBareCookie: "a removal with the name alone",
        NeverRemoves: "the session has ended, so nobody looks at it",
    ];
    COOKIE_4: [
        ReplacesSetCookie: "`insert` for `append`",
        JoinsSetCookies: "one header with commas",
    ];
    COOKIE_5: [
        RenewsLateCookies: "the id of the request goes back in every response",
        ConflictsRemoveTheCookie: "the session is gone, so its cookie goes too",
    ];
    COOKIE_6: [
        CookieOfTheLast: "a cookie jar of the server",
        CachesSetCookies: "a page cache that keeps `Set-Cookie`",
    ];
    COOKIE_7: [
        CookieBeforeTheSave: "the id is made and sent before it is stored",
        FailuresRemoveTheCookie: "whatever fails signs out",
    ];
    COOKIE_8: [
        OldIdsLive: "the old key is left to expire",
        SignInKeepsTheId: "a sign-in that writes the owner into the session",
    ];
    COOKIE_9: [
        SignsOutOfTheFirst: "a map of cookies by name",
        SignsOutOfTheLast: "the last header wins",
    ];
    CACHE_1: [
        NoVary: "`Vary` forgotten",
        ReplacesVary: "`insert` for `append`",
        VariesWithACookieOnly: "only responses that set a cookie vary",
    ];
    CACHE_2: [
        Cacheable: "`Cache-Control` forgotten",
        KeepsPublic: "what the handler says wins",
        OverridesPrivate: "what the handler says is lost",
    ];
    CACHE_3: [
        ForgetsCdns: "headers of CDNs forgotten",
        ForgetsSurrogates: "`Surrogate-Control` forgotten",
    ];
    CACHE_4: [
        FailuresAreCacheable: "an error page without headers",
        OutagesAreCacheable: "headers only where there is a session",
    ];
    STREAM_1: [
        BuffersStreams: "the body is collected for its length",
        SavesWhenStreamsEnd: "the session is saved when the response is over",
    ];
    STREAM_2: [
        SavesAfterStreams: "a guard in the body that saves",
        LateSavesAreIgnored: "`save` does nothing after the head",
    ];
    STREAM_3: [
        HeadIsNotTold: "`head_sent` forgotten",
        HeadIsToldWithCookies: "`head_sent` where a cookie is sent",
    ];
    SOCKET_1: [
        HandshakesAreNotSaved: "a 101 has no save",
        HandshakesHaveNoCookie: "a 101 is written by another part of the server",
    ];
    SOCKET_2: [
        SocketsSaveByThemselves: "a save after each message",
        SocketSavesAreIgnored: "`save` does nothing after the head",
    ];
    SOCKET_3: [
        RefreshIsAlive: "a session that was open is open",
        RefreshIsNoUse: "`check` in place of `refresh`",
    ];
    SOCKET_4: [
        HandshakesPass: "a GET is safe",
        HandshakesNeedTheToken: "a handshake is a change",
    ];
    CANCEL_1: [
        CancelledSavesAreDropped: "the future is dropped, and the save with it",
        CancelledSavesAreUses: "after the client only the use is noted",
    ];
    CANCEL_2: [
        CancelledHandlersAreSaved: "a guard that saves in `drop`",
        ChangesAreSavedAsTheyAreMade: "a timer that stores what has changed",
    ];
    CANCEL_3: [
        OwnSavesAreDropped: "only the driver's own save goes on",
        OwnSavesAreUses: "after the client only the use is noted",
    ];
    CANCEL_4: [
        EndsAreDropped: "only saves go on",
        EndsAreSaves: "the save goes on, and not what comes after it",
    ];
    CANCEL_5: [
        UsesOfTokensAreDropped: "only saves go on",
        UsesOfTokensAreGivenBack: "after the client only the use of the session is noted",
    ];
    FAIL_1: [
        OutageIsAnEmptySession: "`unwrap_or_default`",
        OutageRemovesTheCookie: "whatever fails signs out",
        OutageIs500: "every error is a 500",
        LoadsAreDoubtful: "a lost answer is a lost answer",
    ];
    FAIL_2: [
        SaveFailuresAreLogged: "a line in the log, and the handler's page",
        SaveFailuresAddAStatus: "the status changes, and the page stays",
    ];
    FAIL_3: [
        AlwaysRetryAfter: "every 503 may be repeated",
        UnknownIsFine: "the last try was refused, so nothing was done",
    ];
    FAIL_4: [
        UnreadableIsEmpty: "what cannot be read is no session",
        UnreadableIsUnavailable: "every error of the store is a 503",
    ];
    FAIL_5: [
        GoneIsFine: "the session has ended, so there is nothing to save",
        GoneIs500: "every error is a 500",
    ];
    FAIL_6: [
        TooLargeIs500: "every error is a 500",
        TooLargeIs400: "every error of a value is a 400",
    ];
    FAIL_7: [
        NoChallenge: "`WWW-Authenticate` forgotten",
        SignInIs403: "401 is for HTTP authentication",
    ];
    FAIL_8: [
        ErrorsTellTheirSource: "`{error:?}` in the page",
        ErrorsTellTheId: "the request in the page",
    ];
    FAIL_9: [
        LoadsAreRepeated: "one more try",
        FailuresSaveTheUse: "the deadline is extended whatever happened",
    ];
    FAIL_10: [
        FreshIs401: "whoever must sign in gets a 401",
        FreshIs500: "every error is a 500",
    ];
    FAIL_11: [
        FullIs503: "something is full",
        FullIsFine: "the visitor sees that nobody is signed in",
    ];
    FAIL_12: [
        ForgetsByLoading: "a sign-out is a change like any other",
        ForgottenCookiesStay: "the store is asked, and the browser is not told",
    ];
    CSRF_1: [
        SafeMethodsNeedTheOrigin: "the origin of every request is checked",
        SafeMethodsNeedTheToken: "every request needs a token",
    ];
    CSRF_2: [
        OnlyPostIsGuarded: "`method == POST`",
        OnlyWarns: "a report-only mode left on",
        GetIsGuardedAndPostIsNot: "a condition turned round",
    ];
    CSRF_3: [
        NoOrigin: "the token alone",
        OriginAfterTheLoad: "the token first",
        NullPasses: "`null` is no other origin",
    ];
    CSRF_4: [
        NoUrlEncoded: "the header alone",
        NoMultipart: "no multipart forms",
        TokenInTheQuery: "any parameter of the request",
    ];
    CSRF_5: [
        FormsAreEaten: "the body was read and is gone",
        BeginningsAreEaten: "what was read of a file is gone",
        TokensAreTakenOut: "the form is written anew without its token",
        PiecesAreLost: "one `poll_frame` for the whole body",
    ];
    CSRF_6: [
        TokensAreNotBound: "any token that this server made",
        TokensOutliveTheSignIn: "a token that was good once",
    ];
    CSRF_7: [
        FormsBeginSessions: "the token is stored in a session",
        NoFormCookie: "the second cookie forgotten",
        FormCookieEveryTime: "a new cookie for each form",
    ];
    CSRF_8: [
        NoLimit: "the whole body is read",
        LimitIs403: "too large is refused like the rest",
    ];
    CSRF_9: [
        SignedOutIs403: "one refusal for every form",
        SignedOutIsLeftToTheGuard: "a guard behind it will ask for the sign-in",
    ];
    RACE_1: [
        OneAtATime: "a session is locked while a request runs",
        NoReplay: "a conflict is an error",
    ];
    RACE_2: [
        EndedIsFine: "the session has ended, so there is nothing to save",
        EndedBeginsAnew: "the change goes into a new session",
    ];
    RACE_3: [
        MethodIsNotTold: "every request may change something",
        EveryMethodIsSafe: "no request may change anything",
    ];
    HEADER_1: [
        HeaderAndCookie: "the id goes out by every way",
        IdsAreToldEveryTime: "the header in every response",
        TheEndIsNotTold: "only new ids are told",
    ];
    HEADER_2: [
        TheCookieCountsToo: "the id is looked for in the header, then in the cookie",
        TheCookieGoesFirst: "the cookie is the session, if there is one",
    ];
    HEADER_3: [
        BrowsersAreToldTheId: "the header in every response that sets the cookie",
        TheHeaderIsAlwaysKnown: "a name written by hand",
    ];
    HEADER_4: [
        ProgramsNeedTheToken: "no look at the header",
        ProgramsNeedNoOrigin: "whoever has the header passes",
    ];
    HEADER_5: [
        VariesByTheCookieOnly: "a constant in `Vary`",
        VariesByTheHeaderIfItIsThere: "only programs depend on it",
    ];
    LOG_1: [
        LogsCookies: "the headers of the request in the log",
        LogsTokens: "the token of a refused form in the log",
    ];
}
