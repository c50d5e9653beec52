use session_core::exchange::{Step, finish, set_cookie};

use crate::site::{Site, seconds, with};

#[test]
fn nothing_that_can_be_printed_shows_an_id_a_token_or_a_value() {
    let mut site = Site::with_session(with(|settings| {
        settings.rotate_after = Some(seconds(60));
        settings.secrets = vec!["a secret of the application".into()];
    }));
    site.pass(60);
    let session = site.open();
    session.set("password", "hunter2").unwrap();
    let token = session.tokens().text("form").unwrap();
    session.login("ada").unwrap();
    let Step::Ask(saving) = finish(&session, site.now()).unwrap() else { panic!("nothing to save") };
    let mut shown = vec![
        format!("{session:?}"),
        format!("{saving:?}"),
        format!("{:?}", site.context()),
        format!("{:?}", site.sessions.context()),
        format!("{:?}", session.tokens()),
        format!("{token:?}"),
        format!("{:?}", set_cookie(&session)),
    ];
    drop(saving);
    let settled = site.save(&session).unwrap();
    shown.extend([format!("{settled:?}"), format!("{session:?}")]);
    let secret = site.cookie.rsplit(['.', '=']).next().unwrap();
    for text in shown {
        for hidden in [secret, token.as_str(), "a secret of the application"] {
            assert!(!text.contains(hidden), "{text}");
        }
    }
    assert!(format!("{session:?}").contains(&session.id_handle().unwrap().to_string()));
}
