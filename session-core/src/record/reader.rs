use std::ops::Range;

/// Reads bytes that bincode wrote in its `standard()` configuration, and takes and refuses exactly what bincode does.
///
/// bincode counts every number against its limit and keeps where an error belongs; to know only that there is one is
/// less work.
pub(super) struct Reader<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// From there on.
    pub(super) const fn new(all: &'a [u8], at: usize) -> Self {
        Self { all, at }
    }

    pub(super) const fn is_at_its_end(&self) -> bool {
        self.at == self.all.len()
    }

    /// How many bytes are left.
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

    /// A number: one byte, or a mark and two, four or eight.
    pub(super) fn number(&mut self) -> Option<u64> {
        match self.byte()? {
            small @ ..=250 => Some(small.into()),
            251 => Some(u16::from_le_bytes(self.array()?).into()),
            252 => Some(u32::from_le_bytes(self.array()?).into()),
            253 => Some(u64::from_le_bytes(self.array()?)),
            254.. => None,
        }
    }

    /// One of at most 32 bits, which must not be written in eight bytes.
    pub(super) fn short(&mut self) -> Option<u64> {
        if self.all.get(self.at) == Some(&253) { None } else { self.number() }
    }

    /// Where the bytes are that follow their length.
    pub(super) fn range(&mut self) -> Option<Range<usize>> {
        let length = usize::try_from(self.number()?).ok()?;
        let range = self.at..self.at.checked_add(length)?;
        self.all.get(range.clone())?;
        self.at = range.end;
        Some(range)
    }

    /// What is there.
    pub(super) fn part(&self, range: &Range<usize>) -> &'a [u8] {
        self.all.get(range.clone()).unwrap_or_default()
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        self.range().map(|range| self.part(&range))
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        str::from_utf8(self.bytes()?).ok()
    }

    /// What may be there or not.
    pub(super) fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        match self.byte()? {
            0 => Some(None),
            1 => read(self).map(Some),
            _ => None,
        }
    }
}
