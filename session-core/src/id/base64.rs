//! URL-safe base64 without padding, one spelling for each value.
//!
//! Ids and tokens are secrets, so nothing here branches on their bytes or uses them as an index. All letters of a buffer are
//! treated alike and independently, which compilers turn into a few vector instructions.

use zeroize::Zeroize as _;

use super::Algorithm;

const VECTOR: usize = 32;
/// Room for the longest id, a whole number of vectors.
const LETTERS: usize = letters(Algorithm::MAX_BYTES).next_multiple_of(VECTOR);
/// Room for the bytes that `LETTERS` letters spell. Eight bytes are written at a time, of which six are kept.
const BYTES: usize = LETTERS / 4 * 3 + 2;

/// Returns the number of letters that `bytes` bytes have.
pub(crate) const fn letters(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

/// A buffer that is wiped at its end: as a slice, because of an array each byte would be wiped by itself.
struct Wiped<const N: usize>([u8; N]);

impl<const N: usize> Drop for Wiped<N> {
    fn drop(&mut self) {
        self.0.as_mut_slice().zeroize();
    }
}

/// Reads a text of exactly as many bytes as `out` has. `None` for any other text.
pub fn decode(text: &[u8], out: &mut [u8]) -> Option<()> {
    if text.len() != letters(out.len()) {
        return None;
    }
    let (mut sextets, mut bytes) = (Wiped([ZERO; LETTERS]), Wiped([0; BYTES]));
    sextets.0.get_mut(..text.len())?.copy_from_slice(text);
    let mut wrong = 0;
    for sextet in &mut sextets.0 {
        *sextet = value_of(*sextet);
        wrong |= *sextet & NOT_A_LETTER;
    }
    for (group, sextets) in sextets.0.as_chunks().0.iter().enumerate() {
        *bytes.0.get_mut(6 * group..)?.first_chunk_mut()? = bytes_of(*sextets);
    }
    // The trailing bits must be zero, or a value would have several spellings.
    let (bytes, behind) = bytes.0.split_at_checked(out.len())?;
    out.copy_from_slice(bytes);
    wrong |= behind.iter().fold(0, |wrong, byte| wrong | byte);
    (wrong == 0).then_some(())
}

/// Appends the spelling of a secret of at most as many bytes as an id has. The text does not grow if it has the capacity.
pub(crate) fn encode(bytes: &[u8], text: &mut String) {
    let mut buffer = Wiped([0; LETTERS]);
    text.push_str(str::from_utf8(spell(bytes, &mut buffer.0)).unwrap_or_default());
}

/// Like `encode`, for bytes that are not secret: wiping the buffer would cost more than the rest.
pub fn encode_public(bytes: &[u8], text: &mut Vec<u8>) {
    text.extend_from_slice(spell(bytes, &mut [0; LETTERS]));
}

fn spell<'a>(bytes: &[u8], buffer: &'a mut [u8; LETTERS]) -> &'a [u8] {
    let (groups, _) = buffer.as_chunks_mut();
    let (threes, rest) = bytes.as_chunks();
    let mut last = [0; 3];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    for (three, group) in threes.iter().zip(groups.iter_mut()) {
        *group = sextets_of(*three);
    }
    if let Some(group) = groups.get_mut(threes.len()) {
        *group = sextets_of(last);
    }
    // Whole vectors, but no more of them than the spelling needs.
    let (vectors, _) = buffer.as_chunks_mut::<VECTOR>();
    for vector in vectors.iter_mut().take(letters(bytes.len()).div_ceil(VECTOR)) {
        for letter in vector {
            *letter = letter_of(*letter);
        }
    }
    buffer.get(..letters(bytes.len())).unwrap_or_default()
}

/// Makes six bytes of eight sextets, and two zeros behind them: pairs of sextets first, then fours, then all.
const fn bytes_of(sextets: [u8; 8]) -> [u8; 8] {
    let ones = u64::from_le_bytes(sextets);
    let pairs = (ones & 0x003f_003f_003f_003f) << 6 | ones >> 8 & 0x003f_003f_003f_003f;
    let fours = (pairs & 0x0000_0fff_0000_0fff) << 12 | pairs >> 16 & 0x0000_0fff_0000_0fff;
    ((fours & 0xff_ffff) << 40 | fours >> 32 << 16).to_be_bytes()
}

const fn sextets_of([a, b, c]: [u8; 3]) -> [u8; 4] {
    let bits = u32::from_be_bytes([0, a, b, c]);
    let sextets = bits >> 18 | bits >> 4 & 0x3f00 | bits << 10 & 0x3f_0000 | bits << 24 & 0x3f00_0000;
    sextets.to_le_bytes()
}

/// The bit that marks a byte that is not a letter.
const NOT_A_LETTER: u8 = 0x80;
/// The letter of the value zero.
const ZERO: u8 = b'A';

const fn value_of(letter: u8) -> u8 {
    let upper = mask(letter.wrapping_sub(b'A') < 26);
    let lower = mask(letter.wrapping_sub(b'a') < 26);
    let digit = mask(letter.wrapping_sub(b'0') < 10);
    let minus = mask(letter == b'-');
    let underscore = mask(letter == b'_');
    // None of them is zero.
    let offset = (upper & b'A'.wrapping_neg())
        | (lower & 26_u8.wrapping_sub(b'a'))
        | (digit & (52 - b'0'))
        | (minus & (62 - b'-'))
        | (underscore & 63_u8.wrapping_sub(b'_'));
    let other = mask(offset == 0);
    (!other & letter.wrapping_add(offset)) | (other & NOT_A_LETTER)
}

/// Each step leads from the letter before to the first one of the next range.
const fn letter_of(value: u8) -> u8 {
    value
        .wrapping_add(b'A')
        .wrapping_add(mask(value >= 26) & (b'a' - b'Z' - 1))
        .wrapping_sub(mask(value >= 52) & (b'z' - b'0' + 1))
        .wrapping_sub(mask(value >= 62) & (b'9' - b'-' + 1))
        .wrapping_add(mask(value >= 63) & (b'_' - b'-' - 1))
}

const fn mask(set: bool) -> u8 {
    (set as u8).wrapping_neg()
}

#[cfg(test)]
mod tests {
    use base64ct::{Base64UrlUnpadded, Encoding as _};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_letter_has_its_value_and_nothing_else_has_one() {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for letter in 0..=255 {
            let value = alphabet.iter().position(|one| *one == letter);
            assert_eq!(usize::from(value_of(letter)), value.unwrap_or(NOT_A_LETTER.into()), "{letter}");
        }
        for (value, letter) in alphabet.iter().enumerate() {
            assert_eq!(letter_of(u8::try_from(value).unwrap()), *letter);
        }
    }

    proptest! {
        #[test]
        fn it_is_the_base64_that_everybody_knows(bytes in prop::collection::vec(any::<u8>(), 0..=64)) {
            let mut text = String::new();
            encode(&bytes, &mut text);
            prop_assert_eq!(&text, &Base64UrlUnpadded::encode_string(&bytes));
            let mut public = Vec::new();
            encode_public(&bytes, &mut public);
            prop_assert_eq!(&public, text.as_bytes());
            let mut back = vec![0; bytes.len()];
            prop_assert_eq!(decode(text.as_bytes(), &mut back), Some(()));
            prop_assert_eq!(back, bytes);
        }

        #[test]
        fn a_text_has_one_spelling(
            bytes in prop::collection::vec(any::<u8>(), 1..=64),
            at in any::<prop::sample::Index>(),
            letter in any::<u8>(),
        ) {
            let mut text = String::new();
            encode(&bytes, &mut text);
            let mut other = text.into_bytes();
            let changed = std::mem::replace(&mut other[at.index(letters(bytes.len()))], letter) != letter;
            let mut back = vec![0; bytes.len()];
            let read = decode(&other, &mut back);
            prop_assert!(read.is_none() || (back == bytes) != changed);
            prop_assert_eq!(decode(&other[1..], &mut back), None);
        }
    }
}
