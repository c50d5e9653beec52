use std::collections::BTreeMap;

use session_sql::{Class, ErrorKind, Reply, Statement, StatementKind};
use tokio_postgres::{
    Client, Error, SimpleQueryMessage,
    types::{ToSql, Type},
};

use super::{
    drive::{Driver, drive, say_goodbye},
    error_kind,
    value::{Value, cells},
};
use crate::dialect::BEGIN;

/// A connection, and what it has prepared.
pub(crate) struct Link {
    client: Client,
    driver: Option<Driver>,
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
        Self { client, driver: Some(driver), session: Session::Pooled { begin } }
    }

    /// Sends the handshake. A server that does not know what it asks is one of another kind.
    pub(super) async fn begin_session(&mut self, text: &str) -> Result<(), ErrorKind> {
        let Some(driver) = &mut self.driver else { return Err(closed()) };
        let is_direct = match drive(driver, self.client.simple_query(text)).await {
            Ok(messages) => messages.iter().any(|message| matches!(message, SimpleQueryMessage::Row(_))),
            Err(error) => match error_kind(&error) {
                kind if kind.is(Class::Answer) && !kind.may_be_applied() => false,
                kind => return Err(kind),
            },
        };
        if is_direct {
            self.session = Session::Direct(BTreeMap::new());
        }
        Ok(())
    }

    /// Sends the statement and waits for its reply, without a limit.
    pub(crate) async fn send(&mut self, statement: &Statement<'_>) -> Result<Reply, ErrorKind> {
        if statement.parameters.iter().any(|parameter| Value(*parameter).is_too_large()) {
            return Err(ErrorKind::TooLarge);
        }
        let Some(driver) = &mut self.driver else { return Err(closed()) };
        let asking = ask(&self.client, &mut self.session, statement);
        drive(driver, asking).await.map_err(|error| error_kind(&error))
    }

    /// Executes statements and returns the rows of all of them, their values as text.
    #[cfg(feature = "blocking")]
    pub(crate) async fn rows(&mut self, text: &str) -> Result<Vec<Vec<Option<String>>>, ErrorKind> {
        let Some(driver) = &mut self.driver else { return Err(closed()) };
        let messages =
            drive(driver, self.client.simple_query(text)).await.map_err(|error| error_kind(&error))?;
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
        let Some(driver) = &mut self.driver else { return Err(closed()) };
        drive(driver, self.client.batch_execute("")).await.map_err(|error| error_kind(&error))
    }
}

fn closed() -> ErrorKind {
    ErrorKind::InvalidArgument("the connection was closed")
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Some(driver) = self.driver.take() {
            say_goodbye(driver);
        }
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
            if statement.writes {
                return client.execute_raw(ready, values).await.map(Reply::Changed);
            }
            let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as _).collect();
            Ok(Reply::Rows(client.query(ready, &values).await?.iter().map(cells).collect()))
        }
        Session::Pooled { .. } => {
            let typed: Vec<(&(dyn ToSql + Sync), Type)> =
                values.iter().map(|value| (value as _, value.kind())).collect();
            if statement.writes {
                return client.execute_typed(statement.text, &typed).await.map(Reply::Changed);
            }
            Ok(Reply::Rows(client.query_typed(statement.text, &typed).await?.iter().map(cells).collect()))
        }
    }
}
