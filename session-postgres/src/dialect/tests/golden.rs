use super::*;

const COLUMNS: &str = "family,digest,revision,owned,created_at,expires_at,data";
const MARK: &str =
    "s.created_at>s.owned*COALESCE((SELECT o.mark FROM \"t\" o WHERE o.family=$N AND o.digest=OWNER),0)";

/// What each write returns unless it has waited until the session was over.
fn in_turn(ttl: &str, digest: &str) -> String {
    format!(
        " RETURNING 1/(CLOCK-s.expires_at+{ttl}<1 OR (SELECT o.expires_at>CLOCK FROM \"t\" o \
         WHERE o.family=s.family AND o.digest={digest}))::int"
    )
}

fn part(name: &str) -> &'static str {
    PARTS.iter().find(|(other, _)| *other == name).unwrap().1
}

/// The text with short words for the two clocks and the digest of an owner's row, and the parameters.
fn assert_shown(statement: &Statement<'_>, expected: &str, parameters: &[&str]) {
    let one = |parameter: &Parameter<'_>| match parameter {
        Parameter::Bytes(bytes) => format!("{}x{}", bytes.len(), bytes.first().copied().unwrap_or_default()),
        Parameter::Number(number) => number.to_string(),
    };
    let words = [("{now}", "NOW"), ("{clock}", "CLOCK"), ("{owner}", "OWNER")];
    let text =
        words.iter().fold(statement.text.to_owned(), |text, (name, word)| text.replace(part(name), word));
    assert_eq!(text, expected);
    assert_eq!(statement.parameters.iter().map(one).collect::<Vec<_>>(), parameters);
}

#[test]
fn the_hot_statements_are_these() {
    let (sql, keys) = (sql("t"), Keys::new([1; 16], [2; 32], [3; 32]));
    let Keys { from, to, revision, write, .. } = &keys;
    assert_shown(
        &sql.load(from),
        "SELECT revision,expires_at-NOW,data FROM \"t\" WHERE family=$1 AND digest=$2",
        &["16x1", "32x2"],
    );
    assert_shown(
        &sql.insert(from, write),
        &format!("INSERT INTO \"t\" ({COLUMNS}) VALUES ($1,$2,$3,0,NOW,NOW+$4,$5) ON CONFLICT DO NOTHING"),
        &["16x1", "32x2", "16x5", "1501", "3x6"],
    );
    let row = ["16x1", "32x2", "16x5", "1501", "3x6"];
    assert_shown(
        &sql.insert_together(&keys.four),
        &format!(
            "INSERT INTO \"t\" ({COLUMNS}) VALUES ($1,$2,$3,0,NOW,NOW+$4,$5),($6,$7,$8,0,NOW,NOW+$9,$10),\
             ($11,$12,$13,0,NOW,NOW+$14,$15),($16,$17,$18,0,NOW,NOW+$19,$20) ON CONFLICT DO NOTHING"
        ),
        &[row; 4].concat(),
    );
    assert_shown(
        &sql.commit(from, revision, write),
        &format!(
            "UPDATE \"t\" s SET revision=$1,expires_at=CLOCK+$2,data=$3 \
             WHERE s.family=$4 AND s.digest=$5 AND s.revision=$6 AND s.expires_at>CLOCK{}",
            in_turn("$2", "s.digest")
        ),
        &["16x5", "1501", "3x6", "16x1", "32x2", "16x4"],
    );
    assert_shown(
        &sql.touch(from, revision, write.ttl),
        &format!(
            "UPDATE \"t\" s SET expires_at=CLOCK+$1 WHERE s.family=$2 AND s.digest=$3 AND s.revision=$4 \
             AND s.expires_at>CLOCK{}",
            in_turn("$1", "s.digest")
        ),
        &["1501", "16x1", "32x2", "16x4"],
    );
    assert_shown(
        &sql.change_key(from, revision, to, write),
        &format!(
            "UPDATE \"t\" s SET digest=$1,owned=$2,revision=$3,expires_at=CLOCK+$4,data=$5 \
             WHERE s.family=$6 AND s.digest=$7 AND s.revision=$8 AND s.expires_at>CLOCK \
             AND NOT EXISTS (SELECT 1 FROM \"t\" t WHERE t.family=$6 AND t.digest=$1){}",
            in_turn("$4", "$7")
        ),
        &["32x3", "0", "16x5", "1501", "3x6", "16x1", "32x2", "16x4"],
    );
}

/// An owner's session costs one parameter more, and no other statement.
#[test]
fn the_statements_of_an_owner_are_these() {
    let (sql, keys) = (sql("t"), Keys::new([0x81; 16], [2; 32], [3; 32]));
    let Keys { from, revision, write, .. } = &keys;
    assert_shown(
        &sql.load(from),
        "SELECT s.revision,s.expires_at-NOW,s.data FROM \"t\" s LEFT JOIN \"t\" o ON o.family=s.family \
         AND o.digest=OWNER WHERE s.family=$1 AND s.digest=$2 AND s.created_at>s.owned*COALESCE(o.mark,0)",
        &["16x129", "32x2"],
    );
    assert_shown(
        &sql.commit(from, revision, write),
        &format!(
            "UPDATE \"t\" s SET revision=$1,expires_at=CLOCK+$2,data=$3 \
             WHERE s.family=$4 AND s.digest=$5 AND s.revision=$6 AND s.expires_at>CLOCK AND {}{}",
            MARK.replace("$N", "$7"),
            in_turn("$2", "s.digest")
        ),
        &["16x5", "1501", "3x6", "16x129", "32x2", "16x4", "16x129"],
    );
    assert_shown(
        &sql.lock_owner(&from.family),
        &format!(
            "INSERT INTO \"t\" AS s ({COLUMNS}) VALUES ($1,OWNER,'',0,NOW,NOW+86400000,'') \
             ON CONFLICT (family,digest) DO UPDATE SET created_at=GREATEST(s.created_at+1,CLOCK),\
             expires_at=GREATEST(s.expires_at,CLOCK+86400000)"
        ),
        &["16x129"],
    );
    assert_shown(
        &sql.raise_mark(&from.family, 7, 9),
        "UPDATE \"t\" s SET created_at=GREATEST(s.created_at,$1),\
         mark=GREATEST(s.mark,LEAST($2,GREATEST(s.created_at,$1)-1)),expires_at=GREATEST(s.expires_at,CLOCK+34646400000) \
         WHERE s.family=$3 AND s.digest=OWNER",
        &["9", "7", "16x129"],
    );
}

#[test]
fn every_place_has_its_parameter() {
    let (sql, visitor) = (sql("s.t"), Keys::new([1; 16], [2; 32], [3; 32]));
    let owner = Keys::new([0x81; 16], [2; 32], [3; 32]);
    for statement in all(&sql, &visitor, &owner) {
        let text = statement.text;
        let places = (1..=100).take_while(|number| text.contains(&format!("${number}"))).count();
        assert_eq!(places, statement.parameters.len(), "{text}");
        assert!(text.contains("\"s\".\"t\"") && !text.contains('{'), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn every_kind_has_one_text() {
    session_sqltests::texts::every_kind_has_one_text::<Postgres>();
}
