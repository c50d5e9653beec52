use std::{io, sync::Arc};

use http::{HeaderValue, Response, header};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use session_driverkit::said;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::{
    answer::{Body, text},
    flaw::Flaw,
    slot::{Mine, Slot},
};

/// The response that opens a websocket.
pub(crate) fn switches() -> Response<Body> {
    let mut response = text(101, "");
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    response.headers_mut().insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    response
}

/// Answers the messages of the socket, each of which is one short frame.
pub(crate) async fn talk(slot: Arc<Slot>, upgrade: OnUpgrade) -> io::Result<()> {
    let upgraded = upgrade.await.map_err(io::Error::other)?;
    let mut stream = TokioIo::new(upgraded);
    let mine = Mine(Arc::clone(&slot));
    loop {
        let mut head = [0; 6];
        stream.read_exact(&mut head).await?;
        let mut message = vec![0; usize::from(head[1] & 0x7f)];
        stream.read_exact(&mut message).await?;
        for (at, byte) in message.iter_mut().enumerate() {
            *byte ^= head[2 + at % 4];
        }
        let answer = said(&mine, &String::from_utf8_lossy(&message)).await;
        if slot.is(Flaw::SocketsSaveByThemselves) {
            let _ = slot.save().await;
        }
        let length = u16::try_from(answer.len()).unwrap_or(u16::MAX).to_be_bytes();
        let mut frame = vec![0x81, 126, length[0], length[1]];
        frame.extend_from_slice(answer.as_bytes());
        stream.write_all(&frame).await?;
    }
}
