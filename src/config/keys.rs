//! The two secrets of an installation: given, or outside production made once and kept in the data folder.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};

use super::{Environment, read::Reader};

/// What signs tokens, and what protects everything else.
#[derive(Clone, Debug)]
pub struct Keys {
    pub jwt: SecretString,
    pub key: SecretString,
}

/// The keys as far as they were given.
#[derive(Clone, Debug)]
pub struct GivenKeys {
    jwt: Option<SecretString>,
    key: Option<SecretString>,
    folder: PathBuf,
}

const LEAST_BYTES: usize = 32;

impl GivenKeys {
    pub(super) fn read(reader: &mut Reader, environment: Environment, folder: &Path) -> Self {
        Self {
            jwt: key(reader, "secrets.jwt_key", environment),
            key: key(reader, "secrets.key", environment),
            folder: folder.to_owned(),
        }
    }

    /// The keys to work with; those that were not given come from the data folder.
    pub fn resolve(&self) -> io::Result<Keys> {
        Ok(Keys {
            jwt: self.one(self.jwt.as_ref(), "jwt")?,
            key: self.one(self.key.as_ref(), "secret")?,
        })
    }

    /// What was not set, and the file of the generated key that is used instead.
    pub fn generated(&self) -> Vec<(&'static str, PathBuf)> {
        let all = [
            ("JWT_SECRET_KEY", &self.jwt, "jwt"),
            ("SECRET_KEY", &self.key, "secret"),
        ];
        let missing = all.into_iter().filter(|(_, given, _)| given.is_none());
        missing
            .map(|(variable, _, name)| (variable, self.file(name)))
            .collect()
    }

    /// What was set to something that others know or guess; only development starts with it.
    pub fn weak(&self) -> Vec<&'static str> {
        let all = [("JWT_SECRET_KEY", &self.jwt), ("SECRET_KEY", &self.key)];
        let weak = |given: &Option<SecretString>| {
            let given = given.as_ref().map(SecretString::expose_secret);
            given.is_some_and(is_example)
        };
        let weak = all.into_iter().filter(|(_, given)| weak(given));
        weak.map(|(variable, _)| variable).collect()
    }

    fn one(&self, given: Option<&SecretString>, name: &str) -> io::Result<SecretString> {
        given.map_or_else(|| kept(&self.file(name)), |given| Ok(given.clone()))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.key"))
    }
}

fn key(reader: &mut Reader, name: &str, environment: Environment) -> Option<SecretString> {
    let given = reader.secret(name);
    match &given {
        None if environment == Environment::Production => {
            reader.problem(name, "it is required in production: openssl rand -hex 32");
        }
        Some(key) if key.expose_secret().len() < LEAST_BYTES => {
            reader.problem(name, "it is shorter than 32 bytes: openssl rand -hex 32");
        }
        Some(key) if environment != Environment::Development && is_example(key.expose_secret()) => {
            reader.problem(
                name,
                "it is a known example or trivial: openssl rand -hex 32",
            );
        }
        _ => {}
    }
    given
}

/// Words of the examples that go around, and texts of very few different letters.
fn is_example(key: &str) -> bool {
    let lower = key.to_lowercase();
    let words = [
        "change",
        "example",
        "secret",
        "password",
        "your",
        "insecure",
        "default",
        "replace",
        "placeholder",
    ];
    let mut letters: Vec<char> = lower.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    letters.len() < 8
        || words.iter().any(|word| lower.contains(word))
        || lower.contains("0123456789abcdef0123")
}

/// The key in this file, made when there is none; only the owner may read it.
fn kept(path: &Path) -> io::Result<SecretString> {
    if let Some(folder) = path.parent() {
        crate::open::folder(folder).map_err(io::Error::other)?;
    }
    match OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
    {
        Ok(mut file) => file.write_all(domain::secret::fresh_long().as_bytes())?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    let key = fs::read_to_string(path)?;
    if key.len() < LEAST_BYTES {
        return Err(io::Error::other(format!(
            "{} is damaged: remove it",
            path.display()
        )));
    }
    Ok(SecretString::from(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_known() {
        assert!(is_example("change-me-to-a-long-random-string-please"));
        assert!(is_example("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
        assert!(!is_example(
            "9f2c1b7e4d8a60537b1e9c2f4a6d8b0e1c3f5a7998d2e4b6f0a1c3e5d7b9f2a4"
        ));
    }

    #[test]
    fn a_generated_key_survives_a_restart() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let given = GivenKeys {
            jwt: None,
            key: None,
            folder: folder.path().join("data"),
        };
        let (first, second) = (given.resolve()?, given.resolve()?);
        assert_eq!(first.jwt.expose_secret(), second.jwt.expose_secret());
        assert_ne!(first.jwt.expose_secret(), first.key.expose_secret());
        Ok(())
    }
}
