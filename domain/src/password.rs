//! Passwords: which are good enough, and what is kept of them.

use std::{sync::LazyLock, time::Duration};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

use crate::{Error, Result, error::Problem};

/// The least and the most characters.
pub const LENGTH: std::ops::RangeInclusive<usize> = 12..=128;

/// Hashing costs 19 MiB and a core for tens of milliseconds: this many at once, off the runtime threads.
static SLOTS: Semaphore = Semaphore::const_new(4);

/// How long a request waits for a slot.
const WAIT: Duration = Duration::from_secs(5);

/// What an unknown name is compared with, so that it takes as long as a known one.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash_here("nobody has this password").unwrap_or_default());

/// What is wrong with a password, if anything. `username` must not be its substance.
pub fn problem(password: &str, username: &str) -> Option<Problem> {
    let length = password.chars().count();
    if length < *LENGTH.start() {
        return Some(Problem::TooShort);
    }
    if length > *LENGTH.end() {
        return Some(Problem::TooLong);
    }
    is_common(password, username).then_some(Problem::TooCommon)
}

/// The hash to keep of a password.
pub async fn hash(password: String) -> Result<String> {
    off_the_runtime(move || hash_here(&password)).await?
}

/// Whether the password fits the hash; without a hash it never does, in the same time.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool> {
    off_the_runtime(move || {
        let known = hash.is_some();
        verify_here(&password, hash.as_ref().unwrap_or(&NOBODY)) && known
    })
    .await
}

async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let busy = |_| Error::Away("too many passwords wait to be hashed".into());
    let slot = tokio::time::timeout(WAIT, SLOTS.acquire())
        .await
        .map_err(busy)?;
    let done = tokio::task::spawn_blocking(work).await;
    drop(slot);
    done.map_err(|error| Error::Data(format!("hashing a password failed: {error}")))
}

/// Argon2id with the parameters OWASP gives: 19 MiB, 2 passes, 1 lane, which are the crate's defaults.
fn hash_here(password: &str) -> Result<String> {
    let hash: PasswordHash = Argon2::default()
        .hash_password(normal(password).as_bytes())
        .map_err(|error| Error::Data(format!("hashing a password failed: {error}")))?;
    Ok(hash.to_string())
}

fn verify_here(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(normal(password).as_bytes(), &hash)
            .is_ok()
    })
}

/// The same letters typed on another keyboard are the same password.
fn normal(password: &str) -> String {
    password.nfkc().collect()
}

fn is_common(password: &str, username: &str) -> bool {
    let lower = normal(password).to_lowercase();
    let letters: String = lower
        .chars()
        .filter(|letter| letter.is_alphabetic())
        .collect();
    let name = username.to_lowercase();
    COMMON.contains(&lower.as_str())
        || COMMON_WORDS.contains(&letters.as_str())
        || (name.len() >= 4 && lower.replace(&name, "").chars().count() < 8)
        || is_walk(&lower)
        || repeats(&lower)
}

/// Whether it is one piece of at most four characters over and over.
fn repeats(password: &str) -> bool {
    let letters: Vec<char> = password.chars().collect();
    (1..=4).any(|period| {
        letters
            .iter()
            .zip(letters.iter().skip(period))
            .all(|(a, b)| a == b)
    })
}

/// Whether it runs along a keyboard row, the alphabet or the digits.
fn is_walk(password: &str) -> bool {
    const WALKS: [&str; 3] = [
        "01234567890123456789012345678901234567890",
        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
        "qwertyuiopasdfghjklzxcvbnmqwertyuiop",
    ];
    let backwards: String = password.chars().rev().collect();
    WALKS
        .iter()
        .any(|walk| walk.contains(password) || walk.contains(&backwards))
}

/// The commonest of leaked lists that have twelve characters or more.
const COMMON: [&str; 34] = [
    "1q2w3e4r5t6y",
    "1q2w3e4r5t6y7u8i",
    "1qaz2wsx3edc",
    "1qaz2wsx3edc4rfv",
    "q1w2e3r4t5y6",
    "q1w2e3r4t5y6u7i8",
    "qwerty123456",
    "qwerty1234567",
    "qwerty12345678",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiop1234",
    "123456qwerty",
    "qwerty654321",
    "qazwsxedcrfv",
    "zaq12wsxcde3",
    "asdfghjkl123",
    "zxcvbnm12345",
    "abcd12345678",
    "abc123456789",
    "a1b2c3d4e5f6",
    "a123456789012",
    "123456789abc",
    "123456789qwe",
    "123qweasdzxc",
    "qweasdzxc123",
    "112233445566",
    "123123456456",
    "123456654321",
    "1234567887654321",
    "111222333444",
    "147258369147",
    "159753159753",
    "12345678910111213",
];

/// Words that a few digits or signs do not make a password.
const COMMON_WORDS: [&str; 34] = [
    "password",
    "passwordpassword",
    "passw",
    "contraseña",
    "contrasena",
    "micontraseña",
    "micontrasena",
    "clave",
    "claveclave",
    "secreto",
    "administrador",
    "administrator",
    "admin",
    "adminadmin",
    "superadmin",
    "changeme",
    "changemeplease",
    "letmein",
    "letmeinplease",
    "welcome",
    "bienvenido",
    "bienvenidos",
    "iloveyou",
    "iloveyousomuch",
    "teamomucho",
    "qwerty",
    "qwertyqwerty",
    "argentina",
    "buenosaires",
    "bocajuniors",
    "riverplate",
    "policia",
    "municipalidad",
    "supervisor",
];

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(problem("ñandúñandú", "x"), Some(Problem::TooShort));
        assert_eq!(problem("dos gatos y un ñandú", "x"), None);
        assert_eq!(problem(&"ab1 ".repeat(33), "x"), Some(Problem::TooLong));
    }

    #[test]
    fn the_commonest_are_refused() {
        for password in [
            "123456789012",
            "210987654321",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "Password1234!",
            "QWERTYUIOPAS",
            "contraseña2026",
            "jperez.jperez",
            "jperez_12345",
        ] {
            assert_eq!(
                problem(password, "jperez"),
                Some(Problem::TooCommon),
                "{password}"
            );
        }
    }

    #[test]
    fn no_composition_rules() {
        assert_eq!(problem("correcto caballo bateria", "jperez"), None);
        assert_eq!(problem("ocho mil novecientos", "jperez"), None);
    }

    /// The quickest of several tries: what else the machine does is no part of it.
    async fn takes(hash: Option<&String>) -> Result<Duration> {
        let mut quickest = Duration::MAX;
        for _ in 0..5 {
            let began = Instant::now();
            verify("una frase muy larga".into(), hash.cloned()).await?;
            quickest = quickest.min(began.elapsed());
        }
        Ok(quickest)
    }

    #[tokio::test]
    async fn an_unknown_name_takes_as_long_as_a_wrong_password() -> Result<()> {
        let kept = hash("otra frase muy larga".into()).await?;
        let (known, unknown) = (takes(Some(&kept)).await?, takes(None).await?);
        assert!(unknown * 2 >= known, "{unknown:?} against {known:?}");
        assert!(known * 2 >= unknown, "{unknown:?} against {known:?}");
        Ok(())
    }

    #[tokio::test]
    async fn an_unknown_name_is_compared_with_a_whole_hash_of_the_same_cost() -> Result<()> {
        let cost = |hash: &str| -> Vec<String> {
            let parts = hash.split('$').take(4);
            parts.map(str::to_owned).collect()
        };
        let kept = hash("una frase muy larga".into()).await?;
        assert_eq!(cost(&NOBODY), cost(&kept));
        let its_own = "nobody has this password";
        assert!(verify_here(its_own, &NOBODY), "the whole way is gone");
        assert!(
            !verify(its_own.into(), None).await?,
            "and nobody is let in at its end"
        );
        Ok(())
    }

    #[tokio::test]
    async fn a_hash_fits_only_its_password() -> Result<()> {
        let kept = hash("una frase muy larga".into()).await?;
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        assert!(verify("una frase muy larga".into(), Some(kept.clone())).await?);
        assert!(!verify("otra frase muy larga".into(), Some(kept)).await?);
        assert!(!verify("una frase muy larga".into(), None).await?);
        Ok(())
    }
}
