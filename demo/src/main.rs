//! Serves the demo site.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program talks to its user")]

use std::{error::Error, net::TcpListener, process::ExitCode, time::Duration};

use alo_session::driver::Sessions;
use clap::Parser as _;
use session_demo::{args::Args, config, signals};
use tokio::time::timeout;
use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// How long the requests in progress may take to finish after the program is told to stop.
const GRACE_PERIOD: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> ExitCode {
    match serve(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("session-demo: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(args: Args) -> Result<(), Box<dyn Error>> {
    start_log()?;
    let config = config(args.secure)?;
    let sessions = Sessions::new(args.store.open(&config)?, config);
    let listener =
        TcpListener::bind(args.addr).map_err(|error| format!("cannot listen on {}: {error}", args.addr))?;
    // Before the address is printed, because a reader of it may send a signal at once.
    let mut ending = signals::watch()?;
    introduce(&args, &listener)?;

    let server = tokio::spawn(args.framework.serve(listener, sessions, ending.clone()));
    ending.wait_for(|ending| *ending).await?;
    println!("Finishing what is under way …");
    match timeout(GRACE_PERIOD, server).await {
        Ok(ended) => ended??,
        Err(_) => tracing::warn!("a request took too long to finish and was abandoned"),
    }
    println!("Ended.");
    Ok(())
}

fn start_log() -> Result<(), Box<dyn Error>> {
    let filter = match std::env::var("RUST_LOG") {
        Ok(filter) => filter.parse().map_err(|error| format!("RUST_LOG cannot be read: {error}"))?,
        Err(_) => Targets::new().with_default(LevelFilter::INFO),
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry().with(lines).with(filter).init();
    Ok(())
}

fn introduce(args: &Args, listener: &TcpListener) -> Result<(), std::io::Error> {
    println!("The demo is at http://{}/", listener.local_addr()?);
    println!("{}", args.store);
    println!(
        "{}",
        match args.secure {
            true => "The cookie is `Secure`: open the site over HTTPS.",
            false => "The cookie is not `Secure`, so that plain HTTP works here; behind HTTPS use --secure.",
        }
    );
    println!("Stop it with Ctrl-C.");
    Ok(())
}
