use session_mysql::{BuildError, Schema};

use crate::args::{EventWish, MysqlOptions};

/// The SQL that makes the table, for whoever applies it by other means. It touches nothing.
///
/// # Errors
/// [`BuildError`] if the name of the table cannot be one.
pub fn print(options: &MysqlOptions) -> Result<String, BuildError> {
    let schema = Schema::new(options.table.table.as_deref().unwrap_or("alo_session"))?;
    let mut statements = vec![schema.create_table()];
    match options.event {
        Some(EventWish::Make { every, batch }) => {
            statements.push(schema.drop_event());
            // The statements of an event end with semicolons; clients take another mark for the end of the whole.
            statements.push(format!("DELIMITER //\n{}//\nDELIMITER ", schema.create_event(every, batch)));
        }
        Some(EventWish::Remove) => statements.push(schema.drop_event()),
        None => {}
    }
    let (user, host) = &options.account;
    statements.push(schema.grant(user, host));
    Ok(statements.into_iter().map(|statement| statement + ";\n").collect())
}
