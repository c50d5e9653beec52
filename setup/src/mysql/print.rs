use session_mysql::Schema;

use crate::{
    Failure,
    args::{EventChange, MysqlArgs},
};

/// Returns the SQL that makes the table, for an operator who applies it by other means. A URL is not needed; if there is
/// one, it names the database and the table.
pub(crate) fn print(args: &MysqlArgs) -> Result<String, Failure> {
    let table = args.table.table.as_deref();
    let schema = if args.table.url.is_given() {
        Schema::of_url(&args.table.url.read()?, table)?
    } else {
        Schema::new(table.unwrap_or("alo_session"))?
    };
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
