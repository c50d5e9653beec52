//! Serves the demo site.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program talks to who started it")]

use std::{error::Error, process::ExitCode, time::Duration};

use session_demo::{
    app,
    args::{self, Command, Options},
    config, signals,
};
use tokio::{net::TcpListener, time::timeout};
use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// How long requests that are under way may take to finish once the program is told to end.
const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> ExitCode {
    let options = match args::parse(std::env::args_os().skip(1)) {
        Ok(Command::Serve(options)) => options,
        Ok(Command::Help) => {
            print!("{}", args::HELP);
            return ExitCode::SUCCESS;
        }
        Ok(Command::Version) => {
            println!("session-demo {}", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("session-demo: {error}\nTry `session-demo --help`.");
            return ExitCode::from(2);
        }
    };
    match serve(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("session-demo: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(options: Options) -> Result<(), Box<dyn Error>> {
    start_log()?;
    let app = app(options.store.open()?, config(options.secure)?);
    let listener = TcpListener::bind(options.addr)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", options.addr))?;
    // Before the address is printed: whoever reads it may send a signal at once.
    let mut ending = signals::watch()?;
    introduce(&options, &listener)?;

    let mut stop = ending.clone();
    let server = axum::serve(listener, app).with_graceful_shutdown(async move {
        let _ = stop.wait_for(|ending| *ending).await;
    });
    let server = tokio::spawn(server.into_future());
    ending.wait_for(|ending| *ending).await?;
    println!("Finishing what is under way …");
    match timeout(PATIENCE, server).await {
        Ok(ended) => ended??,
        Err(_) => tracing::warn!("a request took too long to finish and was given up"),
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

fn introduce(options: &Options, listener: &TcpListener) -> Result<(), std::io::Error> {
    println!("The demo is at http://{}/", listener.local_addr()?);
    println!("{}", options.store);
    println!(
        "{}",
        match options.secure {
            true => "The cookie is `Secure`: open the site over HTTPS.",
            false => "The cookie is not `Secure`, so that plain HTTP works here; behind HTTPS use --secure.",
        }
    );
    println!("Stop it with Ctrl-C.");
    Ok(())
}
