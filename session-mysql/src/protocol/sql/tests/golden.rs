use super::*;

const TTL: Duration = Duration::from_nanos(1_500_000_001);

fn sql() -> Sql {
    Sql::new(&Table::new("t").unwrap())
}

fn keys() -> (StoreKey, StoreKey) {
    let family = Family::from_bytes([1; 16]);
    let key = |byte| StoreKey { family, digest: Digest::from_bytes([byte; 32]) };
    (key(2), key(3))
}

/// The text with a short word for the clock, and the parameters.
fn shown(statement: &Statement<'_>) -> (String, Vec<String>) {
    let one = |parameter: &Parameter<'_>| match parameter {
        Bytes(bytes) => format!("{}x{}", bytes.len(), bytes.first().copied().unwrap_or_default()),
        Number(number) => number.to_string(),
    };
    (statement.text.replace(NOW, "NOW"), statement.parameters.iter().map(one).collect())
}

fn assert_shown(statement: &Statement<'_>, text: &str, parameters: &[&str]) {
    let (shown, values) = shown(statement);
    assert_eq!(shown, text);
    assert_eq!(values, parameters);
    assert_eq!(text.matches('?').count(), parameters.len(), "{text}");
}

#[test]
fn the_hot_statements_are_these() {
    let (sql, (from, to)) = (sql(), keys());
    let expected = Revision::from_bytes([4; 16]);
    let write = Write { next: Revision::from_bytes([5; 16]), data: &[6; 3], ttl: TTL };
    assert_shown(
        &sql.load(&from),
        "SELECT revision,expires_at-(NOW),data FROM `t` WHERE family=? AND digest=?",
        &["16x1", "32x2"],
    );
    assert_shown(
        &sql.insert(&from, &write),
        "INSERT INTO `t` (family,digest,revision,owned,created_at,expires_at,data) VALUES (?,?,?,0,NOW,NOW+?,?)",
        &["16x1", "32x2", "16x5", "1501", "3x6"],
    );
    assert_shown(
        &sql.commit(&from, &expected, &write),
        "UPDATE `t` SET revision=?,expires_at=NOW+?,data=? WHERE family=? AND digest=? AND revision=? AND expires_at+0>NOW",
        &["16x5", "1501", "3x6", "16x1", "32x2", "16x4"],
    );
    assert_shown(
        &sql.touch(&from, &expected, TTL),
        "UPDATE `t` SET expires_at=NOW+? WHERE family=? AND digest=? AND revision=? AND expires_at+0>NOW",
        &["1501", "16x1", "32x2", "16x4"],
    );
    assert_shown(
        &sql.change_key(&from, &expected, &to, &write),
        "UPDATE `t` SET digest=?,owned=?,revision=?,expires_at=NOW+?,data=? WHERE family=? AND digest=? AND revision=? AND expires_at+0>NOW",
        &["32x3", "0", "16x5", "1501", "3x6", "16x1", "32x2", "16x4"],
    );
}

#[test]
fn every_statement_has_as_many_parameters_as_places() {
    let (sql, (from, to)) = (sql(), keys());
    let revision = Revision::from_bytes([4; 16]);
    let write = Write { next: revision, data: b"", ttl: Duration::MAX };
    let page = Page::default();
    for statement in [
        sql.load_pair(&from, &to),
        sql.insert_owned(&from, &write),
        sql.delete_expired(&from),
        sql.delete(&from, None),
        sql.delete(&from, Some(&revision)),
        sql.leave_tombstone(&from, None, &write),
        sql.leave_tombstone(&from, Some(&revision), &write),
        sql.lock_owner(&from.family),
        sql.owned_digests(&from.family),
        sql.list(&from.family, &page),
        sql.revoke(&from.family, None),
        sql.count_expired(7),
        sql.sweep(7),
    ] {
        assert_eq!(statement.text.matches('?').count(), statement.parameters.len(), "{}", statement.text);
        assert!(statement.text.contains("`t`") && !statement.text.contains('{'), "{}", statement.text);
    }
}

#[test]
fn a_deadline_rounds_up_and_ends_after_400_days() {
    assert_eq!((millis(Duration::ZERO), millis(Duration::from_nanos(1))), (1, 1));
    assert_eq!(millis(Duration::from_micros(1001)), 2);
    assert_eq!(millis(Duration::MAX), 400 * 86_400_000);
}

#[test]
fn the_texts_are_in_the_order_of_their_kinds() {
    for (number, (kind, text)) in TEXTS.into_iter().enumerate() {
        assert_eq!(kind as usize, number, "{text}");
        assert_eq!(kind.writes(), !text.starts_with("SELECT"), "{text}");
    }
}
