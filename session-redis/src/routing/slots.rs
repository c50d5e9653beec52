use std::sync::Arc;

use crate::{protocol::Reply, retry::SLOTS, servers::ServerAddress};

/// Which master serves which slots of a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Slots {
    /// First slot, last slot and master, in the order of the first slots.
    ranges: Vec<(u16, u16, Arc<ServerAddress>)>,
}

impl Slots {
    /// Reads the reply to `CLUSTER SLOTS` of this node, and leaves out what is not a range of a master. `None` if no range is
    /// left.
    pub(crate) fn read(reply: &Reply, from: &ServerAddress) -> Option<Self> {
        let Reply::Array(parts) = reply else { return None };
        let mut ranges: Vec<_> = parts.iter().filter_map(|part| range(part, from)).collect();
        ranges.sort_by_key(|(first, ..)| *first);
        (!ranges.is_empty()).then_some(Self { ranges })
    }

    pub(crate) fn find(&self, slot: u16) -> Option<&Arc<ServerAddress>> {
        let before = self.ranges.partition_point(|(first, ..)| *first <= slot);
        let (_, last, address) = self.ranges.get(before.checked_sub(1)?)?;
        (slot <= *last).then_some(address)
    }

    pub(crate) fn masters(&self) -> impl Iterator<Item = &ServerAddress> {
        self.ranges.iter().map(|(.., address)| &**address)
    }
}

/// Reads `[first, last, [host, port, …], …]`, the master before its replicas.
fn range(reply: &Reply, from: &ServerAddress) -> Option<(u16, u16, Arc<ServerAddress>)> {
    let Reply::Array(parts) = reply else { return None };
    let [Reply::Int(first), Reply::Int(last), Reply::Array(master), ..] = parts.as_slice() else {
        return None;
    };
    let [host, Reply::Int(port), ..] = master.as_slice() else { return None };
    let host = match host {
        Reply::Bytes(host) => str::from_utf8(host).ok()?,
        Reply::Nil => "",
        _ => return None,
    };
    let slot = |number: &i64| u16::try_from(*number).ok().filter(|slot| *slot < SLOTS);
    let address = from.named(host, u16::try_from(*port).ok()?)?;
    Some((slot(first)?, slot(last)?, Arc::new(address)))
}

/// The slot of a key, which follows from the text between its first braces.
pub(crate) fn slot_of(key: &[u8]) -> u16 {
    crc16(tag(key).unwrap_or(key)) % SLOTS
}

fn tag(key: &[u8]) -> Option<&[u8]> {
    let open = key.iter().position(|byte| *byte == b'{')?;
    let inside = key.get(open + 1..)?;
    let close = inside.iter().position(|byte| *byte == b'}').filter(|close| *close > 0)?;
    inside.get(..close)
}

/// CRC-16/XMODEM.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc: u16, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(port: u16) -> ServerAddress {
        ServerAddress::Tcp { host: "127.0.0.1".to_owned(), port }
    }

    fn bytes(text: &'static str) -> Reply {
        Reply::Bytes(text.as_bytes().into())
    }

    fn part(first: i64, last: i64, host: Reply, port: i64) -> Reply {
        let master = Reply::Array(vec![host, Reply::Int(port), bytes("id")]);
        Reply::Array(vec![Reply::Int(first), Reply::Int(last), master])
    }

    #[test]
    fn slots_are_those_that_redis_computes() {
        // By `CLUSTER KEYSLOT`.
        assert_eq!(slot_of(b"123456789"), 0x31c3);
        assert_eq!(slot_of(b"foo"), 12_182);
        assert_eq!(slot_of(b"prefix{foo}s:rest"), 12_182);
        assert_eq!(slot_of(b"{}foo"), crc16(b"{}foo") % SLOTS);
    }

    #[test]
    fn a_slot_is_found_in_its_range() {
        let reply = Reply::Array(vec![
            part(8000, 16_383, bytes(""), 2),
            part(0, 5000, bytes("127.0.0.1"), 1),
            part(6000, 6000, Reply::Nil, 3),
        ]);
        let slots = Slots::read(&reply, &node(9)).unwrap();
        let found = |slots: &Slots, slot| slots.find(slot).map(|address| ServerAddress::clone(address));
        assert_eq!(found(&slots, 0), Some(node(1)));
        assert_eq!(found(&slots, 5000), Some(node(1)));
        assert_eq!(found(&slots, 5001), None);
        assert_eq!(found(&slots, 6000), Some(node(3)));
        assert_eq!(found(&slots, 6001), None);
        assert_eq!(found(&slots, 16_383), Some(node(2)));
    }

    #[test]
    fn what_is_no_map_is_none() {
        for reply in [
            Reply::Nil,
            Reply::Array(vec![]),
            Reply::Array(vec![part(0, 16_384, bytes("a"), 1)]),
            Reply::Array(vec![part(-1, 1, bytes("a"), 1)]),
            Reply::Array(vec![part(0, 1, bytes("a"), 70_000)]),
            Reply::Array(vec![part(0, 1, Reply::Int(1), 1)]),
            Reply::Array(vec![Reply::Array(vec![Reply::Int(0), Reply::Int(1)])]),
        ] {
            assert_eq!(Slots::read(&reply, &node(9)), None, "{reply:?}");
        }
    }
}
