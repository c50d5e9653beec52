use super::*;

const TTL: Duration = Duration::from_nanos(1_500_000_001);

fn sql() -> Sql {
    Sql::new::<Mysql>(&Table::new("t").unwrap())
}

fn keys(family: u8) -> (StoreKey, StoreKey) {
    let family = Family::from_bytes([family; 16]);
    let key = |byte| StoreKey { family, digest: Digest::from_bytes([byte; 32]) };
    (key(2), key(3))
}

/// The text with short words for the two clocks and the digest of an owner's row, and the parameters.
fn shown(statement: &Statement<'_>) -> (String, Vec<String>) {
    let one = |parameter: &Parameter<'_>| match parameter {
        Bytes(bytes) => format!("{}x{}", bytes.len(), bytes.first().copied().unwrap_or_default()),
        Number(number) => number.to_string(),
    };
    let clock = format!("{NOW}+TIMESTAMPDIFF(MICROSECOND,NOW(3),SYSDATE(3)) DIV 1000");
    let text = statement
        .text
        .replace(&clock, "CLOCK")
        .replace(NOW, "NOW")
        .replace(&format!("x'{}'", "00".repeat(32)), "OWNER");
    (text, statement.parameters.iter().map(one).collect())
}

fn assert_shown(statement: &Statement<'_>, text: &str, parameters: &[&str]) {
    let (shown, values) = shown(statement);
    assert_eq!(shown, text);
    assert_eq!(values, parameters);
    assert_eq!(text.matches('?').count(), parameters.len(), "{text}");
}

#[test]
fn the_hot_statements_are_these() {
    let (sql, (from, to)) = (sql(), keys(1));
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
    let row = ["16x1", "32x2", "16x5", "1501", "3x6"];
    assert_shown(
        &sql.insert_together(&[(from, write); 4]),
        "INSERT INTO `t` (family,digest,revision,owned,created_at,expires_at,data) VALUES (?,?,?,0,NOW,NOW+?,?),\
         (?,?,?,0,NOW,NOW+?,?),(?,?,?,0,NOW,NOW+?,?),(?,?,?,0,NOW,NOW+?,?)",
        &[row; 4].concat(),
    );
    assert_shown(
        &sql.commit(&from, &expected, &write),
        "UPDATE `t` SET revision=?,expires_at=CLOCK+?,data=? WHERE family=? AND digest=? AND revision=? AND expires_at+0>CLOCK",
        &["16x5", "1501", "3x6", "16x1", "32x2", "16x4"],
    );
    assert_shown(
        &sql.touch(&from, &expected, TTL),
        "UPDATE `t` SET expires_at=CLOCK+? WHERE family=? AND digest=? AND revision=? AND expires_at+0>CLOCK",
        &["1501", "16x1", "32x2", "16x4"],
    );
    assert_shown(
        &sql.change_key(&from, &expected, &to, &write),
        "UPDATE `t` SET digest=?,owned=?,revision=?,expires_at=CLOCK+?,data=? WHERE family=? AND digest=? AND revision=? AND expires_at+0>CLOCK",
        &["32x3", "0", "16x5", "1501", "3x6", "16x1", "32x2", "16x4"],
    );
}

const ABOVE_MARK: &str = "created_at>owned*(SELECT * FROM \
    (SELECT COALESCE(MAX(mark),0) FROM `t` WHERE family=? AND digest=OWNER) o)";

/// An owner's session costs one parameter more, and no other statement.
#[test]
fn the_hot_statements_of_an_owner_are_these() {
    let (sql, (from, to)) = (sql(), keys(0x81));
    let expected = Revision::from_bytes([4; 16]);
    let write = Write { next: Revision::from_bytes([5; 16]), data: &[6; 3], ttl: TTL };
    assert_shown(
        &sql.load(&from),
        "SELECT s.revision,s.expires_at-(NOW),s.data FROM `t` s LEFT JOIN `t` o ON o.family=s.family AND o.digest=OWNER \
         WHERE s.family=? AND s.digest=? AND s.created_at>s.owned*COALESCE(o.mark,0)",
        &["16x129", "32x2"],
    );
    assert_shown(
        &sql.commit(&from, &expected, &write),
        &format!(
            "UPDATE `t` SET revision=?,expires_at=CLOCK+?,data=? WHERE family=? AND digest=? AND revision=? AND \
             expires_at+0>CLOCK AND {ABOVE_MARK}"
        ),
        &["16x5", "1501", "3x6", "16x129", "32x2", "16x4", "16x129"],
    );
    assert_shown(
        &sql.touch(&from, &expected, TTL),
        &format!(
            "UPDATE `t` SET expires_at=CLOCK+? WHERE family=? AND digest=? AND revision=? AND expires_at+0>CLOCK AND {ABOVE_MARK}"
        ),
        &["1501", "16x129", "32x2", "16x4", "16x129"],
    );
    assert_shown(
        &sql.change_key(&from, &expected, &to, &write),
        &format!(
            "UPDATE `t` SET digest=?,owned=?,revision=?,expires_at=CLOCK+?,data=? WHERE family=? AND digest=? AND \
             revision=? AND expires_at+0>CLOCK AND {ABOVE_MARK}"
        ),
        &["32x3", "1", "16x5", "1501", "3x6", "16x129", "32x2", "16x4", "16x129"],
    );
}

#[test]
fn the_statements_on_an_owners_row_are_these() {
    let (sql, (from, _)) = (sql(), keys(0x81));
    assert_shown(
        &sql.lock_owner(&from.family),
        "INSERT INTO `t` (family,digest,revision,owned,created_at,expires_at,data) \
         VALUES (?,OWNER,'',0,LAST_INSERT_ID(NOW),NOW+86400000,'') \
         ON DUPLICATE KEY UPDATE created_at=LAST_INSERT_ID(GREATEST(created_at+1,VALUES(created_at))),\
         expires_at=GREATEST(expires_at,VALUES(expires_at))",
        &["16x129"],
    );
    assert_shown(
        &sql.raise_mark(&from.family, 7, 9),
        "UPDATE `t` SET created_at=LAST_INSERT_ID(GREATEST(created_at,?)),mark=GREATEST(mark,LEAST(?,created_at-1)),\
         expires_at=GREATEST(expires_at,NOW+34646400000) WHERE family=? AND digest=OWNER",
        &["9", "7", "16x129"],
    );
    assert_shown(
        &sql.renew(&from, 7),
        "UPDATE `t` SET created_at=LAST_INSERT_ID() WHERE family=? AND digest=? AND owned=1 AND expires_at+0>CLOCK \
         AND created_at>?",
        &["16x129", "32x2", "7"],
    );
    assert_shown(
        &sql.remove_ended(&from.family, (OWNER_ROW, &from.digest), 7),
        "DELETE FROM `t` WHERE family=? AND digest BETWEEN ? AND ? AND owned=1 AND created_at<=?",
        &["16x129", "32x0", "32x2", "7"],
    );
}

#[test]
fn every_statement_has_as_many_parameters_as_places() {
    let (sql, (from, to)) = (sql(), keys(1));
    let revision = Revision::from_bytes([4; 16]);
    let write = Write { next: revision, data: b"", ttl: Duration::MAX };
    let page = Page::default();
    for key in [&from, &keys(0x81).0] {
        for statement in [
            sql.load_pair(key, &to),
            sql.insert_owned(key, &write),
            sql.clear_key(key),
            sql.delete(key, None),
            sql.delete(key, Some(&revision)),
            sql.leave_tombstone(key, None, &write),
            sql.leave_tombstone(key, Some(&revision), &write),
            sql.devices(&key.family, OWNER_ROW, 7),
            sql.count_devices(&key.family),
            sql.end_of_part(&key.family, OWNER_ROW, 7),
            sql.list(&key.family, &page),
            sql.count_expired(7),
            sql.sweep(7),
        ] {
            assert_eq!(statement.text.matches('?').count(), statement.parameters.len(), "{}", statement.text);
            assert!(statement.text.contains("`t`") && !statement.text.contains('{'), "{}", statement.text);
        }
    }
}

#[cfg(unix)]
#[test]
fn every_kind_has_one_text() {
    session_sqltests::texts::every_kind_has_one_text::<Mysql>();
}
