//! Numbers that are not finite, which JSON has no form for.

use std::collections::HashMap;

use serde::Serialize;
use session_core::{SessionError, ValueError, config::Codec};

use crate::site::{Site, with};

const CODECS: [Codec; 3] = [Codec::MessagePack, Codec::Json, Codec::Bincode];

fn not_finite(key: &str, found: &'static str) -> SessionError {
    ValueError::NotFinite { key: key.to_owned(), found }.into()
}

/// Sets a value that has a number that is not finite, with each codec.
fn refused_by_json_alone<T: Serialize>(value: &T, found: &'static str) {
    for codec in CODECS {
        let mut site = Site::with_session(with(|settings| settings.codec = codec));
        let session = site.open();
        let set = session.set("n", value);
        if codec == Codec::Json {
            assert_eq!(set, Err(not_finite("n", found)));
            assert_eq!((session.get("n"), session.is_changed()), (Ok(Some(1)), false));
            let text = set.unwrap_err().to_string();
            assert!(text.contains("\"n\" has") && text.contains(found), "{text}");
            assert!(text.contains("`is_finite`") && text.contains("`codec`"), "{text}");
        } else {
            assert_eq!(set, Ok(()));
            site.save(&session).unwrap();
        }
    }
}

#[test]
fn json_refuses_a_number_that_is_not_finite_wherever_it_stands() {
    #[derive(Clone, Serialize)]
    struct Price {
        net: f64,
    }
    #[derive(Clone, Serialize)]
    struct Wrapped(f32);
    #[derive(Clone, Serialize)]
    struct Pair(u8, f32);
    #[derive(Clone, Serialize)]
    enum Shape {
        Circle(f64),
        Box(f64, f64),
        Ring { inner: f64 },
    }
    const INFINITE: &str = "an infinite number";
    refused_by_json_alone(&f64::NAN, "NaN");
    refused_by_json_alone(&f32::NAN, "NaN");
    refused_by_json_alone(&f64::INFINITY, INFINITE);
    refused_by_json_alone(&f32::NEG_INFINITY, INFINITE);
    refused_by_json_alone(&Some(f64::NAN), "NaN");
    refused_by_json_alone(&vec![1.0, f64::NEG_INFINITY], INFINITE);
    refused_by_json_alone(&(1, f32::NAN), "NaN");
    refused_by_json_alone(&HashMap::from([("a", 1.0), ("b", f64::NAN)]), "NaN");
    refused_by_json_alone(&Price { net: f64::NAN }, "NaN");
    refused_by_json_alone(&Wrapped(f32::NAN), "NaN");
    refused_by_json_alone(&Pair(1, f32::INFINITY), INFINITE);
    for shape in [Shape::Circle(f64::NAN), Shape::Box(1.0, f64::NAN), Shape::Ring { inner: f64::NAN }] {
        refused_by_json_alone(&vec![Some(HashMap::from([(1, shape)]))], "NaN");
    }
}

#[test]
fn an_update_that_makes_no_number_is_refused_by_json_and_kept_by_the_others() {
    for codec in CODECS {
        let mut site = Site::with_session(with(|settings| settings.codec = codec));
        let session = site.open();
        session.set("rate", 1.5).unwrap();
        site.save(&session).unwrap();
        let session = site.open();
        let updated = session.update("rate", |rate: &mut f64| *rate = (*rate - 1.5) / 0.0);
        if codec == Codec::Json {
            assert_eq!(updated, Err(not_finite("rate", "NaN")));
            assert_eq!((session.get("rate"), session.is_changed()), (Ok(Some(1.5)), false));
        } else {
            assert_eq!(updated, Ok(()));
            site.save(&session).unwrap();
            let read: Option<f64> = site.open().get("rate").unwrap();
            assert!(read.is_some_and(f64::is_nan), "{codec:?}");
        }
    }
}
