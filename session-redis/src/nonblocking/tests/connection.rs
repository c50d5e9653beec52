use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use session_core::store::{Applied, StoreErrorKind};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream, ReadBuf, duplex},
    task::{JoinHandle, yield_now},
};

use crate::{
    nonblocking::connection::Connection,
    protocol::{Command, Reply, pack},
    retry::Failed,
};

/// A stream that counts how often it is written to.
struct Counting(DuplexStream, Arc<AtomicUsize>);

impl AsyncRead for Counting {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Counting {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

struct Scene {
    connection: Arc<Connection>,
    server: DuplexStream,
    writes: Arc<AtomicUsize>,
}

const ECHO: &str = "*2\r\n$4\r\nECHO\r\n$1\r\n";

impl Scene {
    fn new() -> Self {
        let (client, server) = duplex(1 << 16);
        let writes = Arc::new(AtomicUsize::new(0));
        let connection = Connection::new(Counting(client, Arc::clone(&writes)), 3);
        Self { connection: Arc::new(connection), server, writes }
    }

    /// Asks for these words, one command each.
    fn ask(&self, words: &'static str) -> JoinHandle<Result<Vec<Reply>, Failed>> {
        let connection = Arc::clone(&self.connection);
        tokio::spawn(async move {
            let commands: Vec<_> =
                words.as_bytes().chunks(1).map(|word| Command::new("ECHO", [word])).collect();
            connection.exchange(&pack(commands)).await
        })
    }

    /// The words that the server was asked for since.
    async fn asked(&mut self, count: usize) -> String {
        let mut bytes = vec![0; count * (ECHO.len() + 3)];
        self.server.read_exact(&mut bytes).await.unwrap();
        String::from_utf8(bytes).unwrap().replace(ECHO, "").replace("\r\n", "")
    }

    async fn answer(&mut self, text: &str) {
        self.server.write_all(text.as_bytes()).await.unwrap();
    }
}

/// On a worker of a runtime like those of servers, where a task that is woken goes before those that wait.
fn run<T: Send + 'static>(test: impl Future<Output = T> + Send + 'static) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    runtime.block_on(async { tokio::spawn(test).await.unwrap() })
}

fn statuses(words: &str) -> Vec<Reply> {
    words.chars().map(|word| Reply::Status(word.to_string())).collect()
}

fn failure(answer: Result<Vec<Reply>, Failed>) -> (StoreErrorKind, Applied) {
    let error = answer.unwrap_err().error;
    (error.kind(), error.applied())
}

#[test]
fn what_is_asked_together_travels_together_and_each_gets_its_own_answers() {
    run(async {
        let mut scene = Scene::new();
        let waiting = ["a", "bc", "d"].map(|words| (words, scene.ask(words)));
        let asked = scene.asked(4).await;
        assert_eq!(scene.writes.load(Ordering::Relaxed), 1);
        for letter in asked.chars() {
            scene.answer("+").await;
            yield_now().await;
            scene.answer(&format!("{letter}\r\n")).await;
        }
        for (words, answers) in waiting {
            assert_eq!(answers.await.unwrap().unwrap(), statuses(words));
        }
    });
}

#[test]
fn the_answer_for_somebody_who_is_gone_is_nobody_elses() {
    run(async {
        let mut scene = Scene::new();
        let gone = scene.ask("ab");
        assert_eq!(scene.asked(2).await, "ab");
        gone.abort();
        assert!(gone.await.unwrap_err().is_cancelled());
        let stays = scene.ask("c");
        assert_eq!(scene.asked(1).await, "c");
        scene.answer("+a\r\n+b\r\n+c\r\n").await;
        assert_eq!(stays.await.unwrap().unwrap(), statuses("c"));
    });
}

#[test]
fn when_it_breaks_nobody_knows_what_was_done_of_what_was_sent_and_nothing_is_sent_any_more() {
    run(async {
        let mut scene = Scene::new();
        let half = scene.ask("ab");
        scene.asked(2).await;
        let none = scene.ask("c");
        scene.asked(1).await;
        scene.answer("+a\r\n").await;
        scene.server = duplex(1).0;
        for lost in [half, none] {
            assert_eq!(failure(lost.await.unwrap()), (StoreErrorKind::Unavailable, Applied::Unknown));
        }
        let late = scene.ask("d").await.unwrap();
        assert_eq!(failure(late), (StoreErrorKind::Unavailable, Applied::No));
    });
}

#[test]
fn what_the_server_says_before_it_hangs_up_is_told() {
    run(async {
        for (words, said, kind) in [
            ("ab", "-ERR max number of clients reached\r\n", StoreErrorKind::Overloaded),
            ("", "-ERR max number of clients reached\r\n", StoreErrorKind::Overloaded),
            ("", "+what\r\n", StoreErrorKind::Protocol),
            ("", "nonsense\r\n", StoreErrorKind::Protocol),
        ] {
            let mut scene = Scene::new();
            let waiting = scene.ask(if words.is_empty() { "c" } else { words });
            let waiting = if words.is_empty() {
                scene.asked(1).await;
                scene.answer("+c\r\n").await;
                assert_eq!(waiting.await.unwrap().unwrap(), statuses("c"));
                None
            } else {
                scene.asked(words.len()).await;
                Some(waiting)
            };
            scene.answer(said).await;
            scene.server = duplex(1).0;
            while !scene.connection.is_closed() {
                yield_now().await;
            }
            let told = waiting.unwrap_or_else(|| scene.ask("d")).await.unwrap();
            assert_eq!(failure(told).0, kind, "{said}");
        }
    });
}

#[test]
fn it_is_closed_with_the_last_who_uses_it() {
    run(async {
        let mut scene = Scene::new();
        let waiting = scene.ask("a");
        scene.asked(1).await;
        let Scene { connection, mut server, .. } = scene;
        drop(connection);
        server.write_all(b"+a\r\n").await.unwrap();
        assert_eq!(waiting.await.unwrap().unwrap(), statuses("a"));
        assert_eq!(server.read(&mut [0]).await.unwrap(), 0);
    });
}

#[test]
fn nobody_waits_for_a_runtime_that_has_ended() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let scene = runtime.block_on(async { Scene::new() });
    drop(runtime);
    let told = run(async move { scene.ask("a").await.unwrap() });
    assert_eq!(failure(told), (StoreErrorKind::Unavailable, Applied::No));
}

#[test]
fn more_than_may_wait_are_refused_and_the_connection_stays() {
    run(async {
        let mut scene = Scene::new();
        let waiting = ["a", "b", "c"].map(|word| scene.ask(word));
        let asked = scene.asked(3).await;
        let refused = scene.ask("d").await.unwrap().unwrap_err();
        assert_eq!((refused.error.kind(), refused.is_broken), (StoreErrorKind::Overloaded, false));
        let heard = scene.connection.heard();
        for letter in asked.chars() {
            scene.answer(&format!("+{letter}\r\n")).await;
        }
        for answered in waiting {
            answered.await.unwrap().unwrap();
        }
        assert!(scene.connection.heard() > heard);
        let next = scene.ask("e");
        assert_eq!(scene.asked(1).await, "e");
        scene.answer("+e\r\n").await;
        assert_eq!(next.await.unwrap().unwrap(), statuses("e"));
    });
}
