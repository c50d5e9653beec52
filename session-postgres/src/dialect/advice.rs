use session_sql::{ErrorKind, Table};

/// What the reader of an error can do about it.
pub(super) fn advice(error: &ErrorKind, table: &Table) -> Option<String> {
    let refusal = error.refusal()?;
    Some(match &refusal.state {
        b"42P01" | b"42703" | b"42804" | b"42P10" | b"3F000" => format!(
            "the table `{table}` is missing or of another version; `session-setup postgres <url> --table {table}` sets \
             it up"
        ),
        b"28000" if refusal.message.contains("no encryption") => {
            "the server wants an encrypted connection: add `sslmode=verify-full` to the URL".to_owned()
        }
        b"28000" | b"28P01" => {
            "if the password is right, `pg_hba.conf` of the server lets this user in from elsewhere, or encrypted, only"
                .to_owned()
        }
        b"42501" => "`Schema::grant` is what the user needs".to_owned(),
        b"53300" => "raise `max_connections` of the server, lower `Builder::pool_size`, or use a pooler".to_owned(),
        b"26000" | b"42P05" => "add `prepared=never` to the URL: there is a pooler".to_owned(),
        _ => return None,
    })
}
