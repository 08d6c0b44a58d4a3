//! Mutations of corpus entries, from a seed.

use rand::seq::IndexedRandom;
use rand::{Rng, RngExt};

/// Text that matters to parsers.
const WORDS: &[&[u8]] = &[
    b"\r\n",
    b"\r\n\r\n",
    b"\r\n ",
    b"\n",
    b"\r",
    b"\0",
    b" ",
    b"\t",
    b":",
    b";",
    b",",
    b"=",
    b"\"",
    b"\\",
    b"<",
    b">",
    b"(",
    b")",
    b"@",
    b"%",
    b"%00",
    b"[",
    b"]",
    b"[::1]",
    b"*",
    b"-1",
    b"0",
    b"4294967296",
    b"18446744073709551616",
    b"Content-Length: 5\r\n",
    b"l: 0\r\n",
    b"SIP/2.0",
    b"z9hG4bK",
    b"\xff\xfe",
];

/// Changes `input` in one to four places: a byte flipped or set, a word put in, a piece removed,
/// doubled or moved in from `other`.
pub fn mutate(input: &[u8], other: &[u8], rng: &mut impl Rng) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..rng.random_range(1..=4) {
        let at = rng.random_range(0..=bytes.len());
        match rng.random_range(0..6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << rng.random_range(0..8),
            1 if at < bytes.len() => bytes[at] = rng.random(),
            2 => drop(bytes.drain(at..(at + rng.random_range(0..32)).min(bytes.len()))),
            3 => insert(&mut bytes, at, &piece(input, rng)),
            4 => insert(&mut bytes, at, &piece(other, rng)),
            _ => insert(&mut bytes, at, WORDS.choose(rng).expect("there are words")),
        }
    }
    bytes
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    bytes.splice(at..at, piece.iter().copied());
}

fn piece(bytes: &[u8], rng: &mut impl Rng) -> Vec<u8> {
    let start = rng.random_range(0..=bytes.len());
    let end = (start + rng.random_range(0..64)).min(bytes.len());
    bytes[start..end].to_vec()
}
