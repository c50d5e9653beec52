use std::collections::BTreeMap;

use session_sql::{Class, ErrorKind, Reply, Statement, StatementKind};
use tokio_postgres::{
    Client, Error, SimpleQueryMessage,
    types::{ToSql, Type},
};

use super::{
    driver::Driver,
    value::{Value, cells},
};
use crate::dialect::BEGIN;

/// A connection, and what it has prepared.
#[allow(missing_debug_implementations, unreachable_pub, reason = "it has no name outside the crate")]
pub struct Link {
    // The fields are dropped in this order, and the driver says goodbye when there is no client any more.
    client: Client,
    driver: Driver,
    session: Session,
}

/// What lasts from one statement to the next.
enum Session {
    /// The server itself is at the other end, and knows the statements by their names.
    Direct(BTreeMap<StatementKind, tokio_postgres::Statement>),
    /// Something between may lead each transaction to another connection, so every statement is complete in itself.
    Pooled { begin: String },
}

impl Link {
    pub(super) const fn new(client: Client, driver: Driver, begin: String) -> Self {
        Self { client, driver, session: Session::Pooled { begin } }
    }

    /// Sends the handshake. A server that does not know what it asks is one of another kind.
    pub(super) async fn begin_session(&mut self, text: &str) -> Result<(), ErrorKind> {
        match self.rows(text).await {
            Ok(rows) if rows.is_empty() => {}
            Ok(_) => self.session = Session::Direct(BTreeMap::new()),
            Err(kind) if kind.is(Class::Answer) && !kind.may_be_applied() => {}
            Err(kind) => return Err(kind),
        }
        Ok(())
    }

    /// Sends the statement and waits for its reply, without a limit.
    pub(crate) async fn send(&mut self, statement: &Statement<'_>) -> Result<Reply, ErrorKind> {
        if statement.parameters.iter().any(|parameter| Value(*parameter).is_too_large()) {
            return Err(ErrorKind::TooLarge);
        }
        self.driver.drive(ask(&self.client, &mut self.session, statement)).await
    }

    /// Executes statements and returns the rows of all of them, their values as text.
    pub(crate) async fn rows(&mut self, text: &str) -> Result<Vec<Vec<Option<String>>>, ErrorKind> {
        let messages = self.driver.drive(self.client.simple_query(text)).await?;
        let rows = messages.into_iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => {
                Some((0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect())
            }
            _ => None,
        });
        Ok(rows.collect())
    }

    /// Whether the server still replies.
    pub(crate) async fn ping(&mut self) -> Result<(), ErrorKind> {
        self.driver.drive(self.client.batch_execute("")).await
    }
}

async fn ask(client: &Client, session: &mut Session, statement: &Statement<'_>) -> Result<Reply, Error> {
    let Some(kind) = statement.kind else {
        let text = match session {
            Session::Pooled { begin } if statement.text == BEGIN => begin,
            _ => statement.text,
        };
        client.batch_execute(text).await?;
        return Ok(Reply::Changed(0));
    };
    let values: Vec<Value<'_>> = statement.parameters.iter().map(|parameter| Value(*parameter)).collect();
    match session {
        Session::Direct(prepared) => {
            let ready = if let Some(ready) = prepared.get(&kind) {
                ready
            } else {
                let types: Vec<Type> = values.iter().map(Value::kind).collect();
                let ready = client.prepare_typed(statement.text, &types).await?;
                prepared.entry(kind).or_insert(ready)
            };
            if !statement.returns_rows {
                return client.execute_raw(ready, values).await.map(Reply::Changed);
            }
            let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as _).collect();
            Ok(Reply::Rows(client.query(ready, &values).await?.iter().map(cells).collect()))
        }
        Session::Pooled { .. } => {
            let typed: Vec<(&(dyn ToSql + Sync), Type)> =
                values.iter().map(|value| (value as _, value.kind())).collect();
            if !statement.returns_rows {
                return client.execute_typed(statement.text, &typed).await.map(Reply::Changed);
            }
            Ok(Reply::Rows(client.query_typed(statement.text, &typed).await?.iter().map(cells).collect()))
        }
    }
}
