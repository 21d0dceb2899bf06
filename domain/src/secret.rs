//! Secrets that are handed out once and kept only as a hash.

use rand::RngExt;
use sha2::{Digest, Sha256};

/// 128 random bits, as text that fits into a link.
pub fn fresh() -> String {
    hex::encode(random::<16>())
}

/// 256 random bits, for tokens that live longer.
pub fn fresh_long() -> String {
    hex::encode(random::<32>())
}

/// A number from 0 to 1 that nobody can foresee.
pub(crate) fn chance() -> f64 {
    f64::from(u32::from_be_bytes(random())) / f64::from(u32::MAX)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that draws secrets"
)]
fn random<const BYTES: usize>() -> [u8; BYTES] {
    rand::rng().random()
}

/// What is kept of a secret. The secret is random, so a plain hash cannot be guessed back.
pub fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}
