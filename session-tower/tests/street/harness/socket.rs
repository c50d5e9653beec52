use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::timeout,
};

use super::{
    Page, Raw,
    wire::{PATIENCE, Pending},
};

/// A websocket, frame by frame.
pub(crate) struct Socket(Pending);

impl Socket {
    /// Asks for a socket. `None` if it is refused.
    pub(crate) async fn open(server: SocketAddr, request: &Raw) -> (Option<Self>, Page) {
        let mut pending = request.clone().upgrade().begin(server).await;
        let page = timeout(PATIENCE, pending.head()).await.unwrap();
        ((page.status == 101).then_some(Self(pending)), page)
    }

    /// Says something short and returns what the server answers.
    pub(crate) async fn ask(&mut self, text: &str) -> String {
        let length = u8::try_from(text.len()).ok().filter(|length| *length < 126).unwrap();
        // A masked text frame, under a mask of zeros.
        let mut frame = vec![0x81, 0x80 | length, 0, 0, 0, 0];
        frame.extend_from_slice(text.as_bytes());
        let stream = &mut self.0.0;
        let exchange = async {
            stream.write_all(&frame).await.unwrap();
            let [_, length] = [stream.read_u8().await.unwrap(), stream.read_u8().await.unwrap()];
            let length = if length == 126 { stream.read_u16().await.unwrap() } else { u16::from(length) };
            let mut answer = vec![0; usize::from(length)];
            stream.read_exact(&mut answer).await.unwrap();
            String::from_utf8(answer).unwrap()
        };
        timeout(PATIENCE, exchange).await.unwrap()
    }
}
