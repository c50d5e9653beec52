use std::ops::Range;

/// Reads bytes that bincode wrote in its `standard()` configuration, and accepts and refuses exactly what bincode does.
///
/// It is faster than bincode, which counts every number against a limit and builds an error; here every error is `None`.
pub(super) struct Reader<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Starts at offset `at`.
    pub(super) const fn new(all: &'a [u8], at: usize) -> Self {
        Self { all, at }
    }

    pub(super) const fn is_at_its_end(&self) -> bool {
        self.at == self.all.len()
    }

    /// The number of bytes left.
    pub(super) const fn left(&self) -> usize {
        self.all.len().saturating_sub(self.at)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let byte = *self.all.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let array = *self.all.get(self.at..)?.first_chunk()?;
        self.at += N;
        Some(array)
    }

    /// A number: one byte, or a marker and two, four or eight bytes.
    pub(super) fn number(&mut self) -> Option<u64> {
        match self.byte()? {
            small @ ..=250 => Some(small.into()),
            251 => Some(u16::from_le_bytes(self.array()?).into()),
            252 => Some(u32::from_le_bytes(self.array()?).into()),
            253 => Some(u64::from_le_bytes(self.array()?)),
            254.. => None,
        }
    }

    /// A number of at most 32 bits. Like bincode, this refuses the 64-bit encoding.
    pub(super) fn short(&mut self) -> Option<u64> {
        if self.all.get(self.at) == Some(&253) { None } else { self.number() }
    }

    /// The range of a byte string: a length, then the bytes. Inline, because it is read twice for each key.
    #[inline]
    pub(super) fn range(&mut self) -> Option<Range<usize>> {
        let length = usize::try_from(self.number()?).ok()?;
        if length > self.left() {
            return None;
        }
        let start = self.at;
        self.at += length;
        Some(start..self.at)
    }

    /// The bytes in `range`.
    pub(super) fn part(&self, range: &Range<usize>) -> &'a [u8] {
        self.all.get(range.clone()).unwrap_or_default()
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        self.range().map(|range| self.part(&range))
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        str::from_utf8(self.bytes()?).ok()
    }

    /// An optional value: a tag byte, then the value if the tag is 1.
    pub(super) fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        match self.byte()? {
            0 => Some(None),
            1 => read(self).map(Some),
            _ => None,
        }
    }
}
