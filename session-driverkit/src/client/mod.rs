//! A client that writes every byte itself, over a real socket.

mod browser;
mod connection;
mod page;
mod request;
mod socket;

pub(crate) use browser::Browser;
pub(crate) use connection::Connection;
pub(crate) use page::{Cookie, Page};
pub(crate) use request::Request;
pub(crate) use socket::Socket;
