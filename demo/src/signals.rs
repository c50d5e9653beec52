//! The signals that end the program: Ctrl-C, and on Unix `SIGTERM`.

use std::io;

use tokio::sync::watch;

/// Starts to listen at once. The value becomes true when a signal comes.
///
/// # Errors
/// The error of the system if a signal cannot be listened for.
pub fn watch() -> io::Result<watch::Receiver<bool>> {
    let signal = signal()?;
    let (came, ending) = watch::channel(false);
    tokio::spawn(async move {
        signal.await;
        came.send_replace(true);
    });
    Ok(ending)
}

#[cfg(unix)]
fn signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(windows)]
fn signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
