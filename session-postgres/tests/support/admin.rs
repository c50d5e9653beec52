#![allow(clippy::panic, clippy::indexing_slicing, reason = "test code")]

use std::{
    sync::mpsc::{Sender, channel},
    thread,
};

use session_testkit::OpenError;
use tokio_postgres::{NoTls, SimpleQueryMessage};

/// A connection of its own on a thread of its own, which may be asked from everywhere.
pub(crate) struct Admin(Sender<(String, Sender<Vec<String>>)>);

impl Admin {
    pub(crate) fn connect(url: &str) -> Result<Self, OpenError> {
        let (sender, asked) = channel::<(String, Sender<Vec<String>>)>();
        let (connected, is_connected) = channel();
        let url = url.to_owned();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let client = match runtime.block_on(tokio_postgres::connect(&url, NoTls)) {
                Ok((client, connection)) => {
                    runtime.spawn(connection);
                    connected.send(Ok(())).unwrap();
                    client
                }
                Err(error) => return connected.send(Err(error)).unwrap(),
            };
            for (text, answer) in asked {
                let found = loop {
                    match runtime.block_on(client.simple_query(&text)) {
                        Ok(found) => break found,
                        // The server may roll it back so that a store in a race can go on.
                        Err(error) if error.code().is_some_and(|code| code.code().starts_with("40")) => {}
                        Err(error) => panic!("{text}: {error:?}"),
                    }
                };
                let first = |message| match message {
                    SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                    _ => None,
                };
                // Whoever asked may be gone.
                let _ = answer.send(found.into_iter().filter_map(first).collect());
            }
        });
        is_connected.recv()??;
        Ok(Self(sender))
    }

    /// Carries the statements out. Returns the first value of each row.
    pub(crate) fn ask(&self, text: &str) -> Vec<String> {
        let (answer, found) = channel();
        self.0.send((text.to_owned(), answer)).unwrap();
        found.recv().unwrap_or_else(|_| panic!("{text}"))
    }

    pub(crate) fn execute(&self, text: &str) {
        self.ask(text);
    }

    pub(crate) fn number(&self, text: &str) -> u64 {
        self.ask(text).first().unwrap().parse().unwrap()
    }
}
