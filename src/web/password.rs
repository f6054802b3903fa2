//! Passwords: what is accepted, how they are kept and compared. Knows no accounts.

use std::sync::{Arc, LazyLock};

use actix_web::web;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::clock;
use crate::config::Secret;
use crate::web::error::ApiError;

pub const PASSWORD_CHARS_MIN: usize = 8;
const PASSWORD_BYTES_MAX: usize = 1_024;
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const SALT_BYTES: usize = 16;
/// At 19 MiB each.
const AT_ONCE_MAX: usize = 4;

/// What everybody tries first; shorter ones are refused anyway.
const WORST: &[&str] = &[
    "00000000",
    "11111111",
    "11223344",
    "12121212",
    "12341234",
    "123123123",
    "1234567890",
    "12345678",
    "123456789",
    "1234567891",
    "147258369",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "1qaz2wsx",
    "666666666",
    "87654321",
    "88888888",
    "987654321",
    "99999999",
    "aa123456",
    "abc12345",
    "abcd1234",
    "administrator",
    "admin123",
    "adminadmin",
    "asdfasdf",
    "asdfghjkl",
    "baseball",
    "changeme",
    "computer",
    "football",
    "iloveyou",
    "internet",
    "letmein1",
    "liverpool",
    "michelle",
    "p@ssw0rd",
    "passw0rd",
    "password",
    "password1",
    "password12",
    "password123",
    "princess",
    "q1w2e3r4",
    "qazwsxedc",
    "qwer1234",
    "qwerty12",
    "qwerty123",
    "qwertyui",
    "qwertyuiop",
    "starwars",
    "sunshine",
    "superman",
    "switchboard",
    "trustno1",
    "welcome1",
    "whatever",
    "zxcvbnm1",
    "йцукенгш",
    "пароль123",
];

/// Compares passwords, a bounded number at a time, off the threads that serve.
#[derive(Clone, Debug)]
pub struct Passwords(Arc<Semaphore>);

impl Default for Passwords {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE_MAX)))
    }
}

impl Passwords {
    /// Whether that is the password of that hash. Without a hash: never, at the same cost.
    pub async fn matches(&self, hash: Option<String>, password: Secret) -> Result<bool, ApiError> {
        let _place = self.0.acquire().await.map_err(|_| ApiError::Unavailable)?;
        let known = hash.is_some();
        let equal = web::block(move || {
            let hash = hash.as_ref().unwrap_or(&*NOBODYS_HASH);
            PasswordHash::new(hash).is_ok_and(|hash| {
                hasher().verify_password(password.expose().as_bytes(), &hash).is_ok()
            })
        });
        Ok(equal.await.map_err(|_| ApiError::Unavailable)? && known)
    }

    /// What is kept of a new password.
    pub async fn hash(&self, password: Secret) -> Result<String, ApiError> {
        let _place = self.0.acquire().await.map_err(|_| ApiError::Unavailable)?;
        let hash = web::block(move || hash_password(password.expose()));
        hash.await.map_err(|_| ApiError::Unavailable)
    }
}

/// The PHC string of Argon2id that is kept instead of a password. Slow on purpose: not for
/// threads that serve.
pub fn hash_password(password: &str) -> String {
    let salt: [u8; SALT_BYTES] = clock::secret_bytes();
    let salt = SaltString::encode_b64(&salt).expect("16 bytes make a salt");
    let hash = hasher().hash_password(password.as_bytes(), &salt);
    hash.expect("the parameters are constant and valid").to_string()
}

/// What is wrong with a new password, in the form of `allowed`; none: it is accepted.
pub fn problem_of(password: &str, login: &str) -> Option<&'static str> {
    if password.chars().count() < PASSWORD_CHARS_MIN || password.len() > PASSWORD_BYTES_MAX {
        return Some("at least 8 characters, better 15");
    }
    let lower = password.to_lowercase();
    let worst = WORST.contains(&lower.as_str()) || lower == login.to_lowercase();
    worst.then_some("one that others would not guess")
}

static NOBODYS_HASH: LazyLock<String> = LazyLock::new(|| hash_password("nobody"));

fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("constant and valid");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_password_matches_its_own_hash_only() {
        let passwords = Passwords::default();
        let hash = passwords.hash(Secret::new("correct horse")).await.expect("hashed");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        for (hash, password, matches) in [
            (Some(hash.clone()), "correct horse", true),
            (Some(hash), "wrong horse", false),
            (Some("no hash at all".to_owned()), "correct horse", false),
            (None, "nobody", false),
        ] {
            assert_eq!(passwords.matches(hash, Secret::new(password)).await, Ok(matches));
        }
    }

    #[test]
    fn guessable_passwords_are_refused() {
        for (password, accepted) in [
            ("short", false),
            ("Password123", false),
            ("anna.petrova", false),
            ("пароль1", false),
            ("correct horse battery", true),
        ] {
            assert_eq!(problem_of(password, "Anna.Petrova").is_none(), accepted, "{password}");
        }
    }
}
