//! The published rules of a store, through both APIs, on every kind of server.

#![allow(clippy::unwrap_used, reason = "test code")]

mod fixture;

use std::process::ExitCode;

use fixture::Redis;
use session_testkit::Suites;
use session_testservers::Target;

fn main() -> ExitCode {
    Suites::new()
        .on(Redis::new("single", || {
            let target = Target::redis()?;
            Ok((target.url().to_owned(), target.server().map_or(&[][..], std::slice::from_ref)))
        }))
        .on(Redis::new("tls", || {
            let target = Target::redis_tls()?;
            let Some(server) = target.server() else { return Ok((target.url().to_owned(), &[])) };
            let ca = server.authority().ok_or("a server with TLS has an authority")?;
            Ok((format!("{}?ca={}", target.url(), ca.display()), std::slice::from_ref(server)))
        }))
        .on(Redis::new("sentinel", || {
            let target = Target::redis_sentinel()?;
            let servers = target.server().map_or(&[][..], |trio| std::slice::from_ref(trio.master()));
            Ok((target.url().to_owned(), servers))
        }))
        .on(Redis::new("cluster", || {
            let target = Target::redis_cluster()?;
            Ok((target.url().to_owned(), target.server().map_or(&[][..], |cluster| cluster.nodes())))
        }))
        .run()
}
