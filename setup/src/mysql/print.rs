use session_mysql::{BuildError, Schema};

use crate::args::{EventChange, MysqlArgs};

/// Returns the SQL that makes the table, for an operator who applies it by other means.
pub(crate) fn print(args: &MysqlArgs) -> Result<String, BuildError> {
    let schema = Schema::new(args.table.table.as_deref().unwrap_or("alo_session"))?;
    let mut statements = vec![schema.create_table()];
    match args.event() {
        Some(EventChange::Make { every, batch }) => {
            statements.push(schema.drop_event());
            // The statements of an event end with semicolons, so the client needs another delimiter around it.
            statements.push(format!("DELIMITER //\n{}//\nDELIMITER ", schema.create_event(every, batch)));
        }
        Some(EventChange::Remove) => statements.push(schema.drop_event()),
        None => {}
    }
    let (user, host) = &args.grant;
    statements.push(schema.grant(user, host));
    Ok(statements.into_iter().map(|statement| statement + ";\n").collect())
}
