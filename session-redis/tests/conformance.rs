//! The published rules of a store, on a real server through both faces.

#![allow(clippy::unwrap_used, reason = "test code")]

use std::{
    process::ExitCode,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use session_core::id::Family;
use session_redis::{RedisStore, blocking};
use session_testkit::{Claims, Fixture, OpenError, Opened, servers::Target};

struct Redis {
    opened: AtomicU32,
}

impl Fixture for Redis {
    fn name(&self) -> &str {
        "redis"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let url = Target::redis()?.url();
        let prefix = format!("case{}_", self.opened.fetch_add(1, Ordering::Relaxed));
        let store = RedisStore::builder(url).prefix(&prefix).budget(Duration::from_secs(20)).build()?;
        let twin = blocking::RedisStore::builder(url)
            .prefix(&prefix)
            .budget(Duration::from_secs(20))
            .build_blocking()?;
        let client = redis::Client::open(url)?;
        let lost = (client.clone(), prefix.clone());
        Ok(Opened::both(store, twin)
            .with_corruption(move |key| {
                let digest = Base64UrlUnpadded::encode_string(key.digest.as_bytes());
                let name = format!("{}s:{digest}", family(&prefix, &key.family));
                let mut command = redis::cmd("SET");
                command.arg(name).arg("garbage").arg("PX").arg(600_000);
                command.exec(&mut client.get_connection().unwrap()).unwrap();
            })
            .with_index_loss(move |owner| {
                let (client, prefix) = &lost;
                let name = format!("{}i", family(prefix, owner));
                redis::cmd("DEL").arg(name).exec(&mut client.get_connection().unwrap()).unwrap();
            }))
    }

    fn claims(&self) -> Claims {
        Claims::everything().native_expiry()
    }
}

fn family(prefix: &str, family: &Family) -> String {
    format!("{prefix}{{{}}}", Base64UrlUnpadded::encode_string(family.as_bytes()))
}

fn main() -> ExitCode {
    session_testkit::main(Redis { opened: AtomicU32::new(0) })
}
