/// Appends what bincode writes in its `standard()` configuration: the counterpart of [`Reader`](super::reader::Reader).
///
/// It is faster than bincode, in which each number passes through a writer that can fail.
pub(super) struct Writer<'a>(&'a mut Vec<u8>);

impl<'a> Writer<'a> {
    /// Writes behind what is there.
    pub(super) const fn new(data: &'a mut Vec<u8>) -> Self {
        Self(data)
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    /// Bytes whose number is known to the reader.
    pub(super) fn array(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// A number: one byte, or a marker and two, four or eight bytes.
    #[inline]
    pub(super) fn number(&mut self, number: u64) {
        let [a, b, c, d, e, f, g, h] = number.to_le_bytes();
        match number {
            0..=250 => self.byte(a),
            251..=0xffff => self.array(&[251, a, b]),
            0x1_0000..=0xffff_ffff => self.array(&[252, a, b, c, d]),
            _ => self.array(&[253, a, b, c, d, e, f, g, h]),
        }
    }

    /// A length, then the bytes.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.array(bytes);
    }

    /// A tag byte, then the value if the tag is 1.
    pub(super) fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.byte(value.is_some().into());
        if let Some(value) = value {
            write(self, value);
        }
    }
}
