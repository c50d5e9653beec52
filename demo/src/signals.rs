//! What ends the program: Ctrl-C, and on Unix `SIGTERM` too.

use std::io;

use tokio::sync::watch;

/// Starts to listen, at once; the value becomes true when a signal comes.
///
/// # Errors
/// What the system says if it cannot be listened for.
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
