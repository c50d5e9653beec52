//! A websocket by hand, for messages of at most 125 bytes (RFC 6455).

use actix_web::{
    HttpRequest, HttpResponse,
    error::PayloadError,
    web::{Bytes, Payload},
};
use base64ct::{Base64, Encoding as _};
use futures_util::{StreamExt as _, stream};
use session_actix::{OwnerSessions, Session, SessionFailure};
use session_driverkit::{act, said};
use sha1_smol::Sha1;

use crate::Mine;

pub(crate) async fn open(
    session: Session,
    owners: OwnerSessions,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, SessionFailure> {
    let mine = Mine { session, owners };
    act(&mine, request.query_string(), &[]).await?;
    let key = request.headers().get("sec-websocket-key").map_or(&b""[..], |key| key.as_bytes());
    let accept = Base64::encode_string(&Sha1::from([key, MAGIC].concat()).digest().bytes());
    let talk = stream::unfold((mine, payload, Vec::new()), async |(mine, mut payload, mut read)| {
        let message = next(&mut payload, &mut read).await?;
        let answer = said(&mine, &message).await;
        Some((Ok::<_, PayloadError>(text(&answer)), (mine, payload, read)))
    });
    Ok(HttpResponse::SwitchingProtocols()
        .upgrade("websocket")
        .insert_header(("sec-websocket-accept", accept))
        .streaming(talk))
}

const MAGIC: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Returns the next text of the client, or `None` when it has gone.
async fn next(payload: &mut Payload, read: &mut Vec<u8>) -> Option<String> {
    loop {
        if let [first, second, rest @ ..] = &read[..]
            && let length = usize::from(second & 127)
            && let Some((mask, rest)) = rest.split_at_checked(4)
            && let Some((masked, rest)) = rest.split_at_checked(length)
        {
            let text: Vec<u8> =
                masked.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
            let is_text = first & 15 == 1;
            *read = rest.to_vec();
            return is_text.then(|| String::from_utf8(text).unwrap());
        }
        read.extend_from_slice(&payload.next().await?.ok()?);
    }
}

fn text(text: &str) -> Bytes {
    let length = u8::try_from(text.len()).unwrap();
    assert!(length < 126);
    [&[0x81, length], text.as_bytes()].concat().into()
}
