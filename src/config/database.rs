//! Where the data is.

use std::{fmt, path::PathBuf, time::Duration};

use secrecy::{ExposeSecret, SecretString};

use super::read::Reader;

/// How to reach the database; the address may hold a password.
#[derive(Clone, Debug)]
pub struct Database {
    pub url: SecretString,
    pub connections: u32,
    pub acquire_seconds: u64,
    pub statement_seconds: u64,
    pub lock_seconds: u64,
    pub idle_seconds: u64,
}

impl Database {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            url: address(reader),
            connections: reader.number("database.connections", 1..=1000),
            acquire_seconds: reader.number("database.acquire_seconds", 1..=60),
            statement_seconds: reader.number("database.statement_seconds", 1..=3600),
            lock_seconds: reader.number("database.lock_seconds", 1..=600),
            idle_seconds: reader.number("database.idle_seconds", 1..=3600),
        }
    }

    /// The file, where the database is one.
    pub fn file(&self) -> Option<PathBuf> {
        let rest = self.url.expose_secret().strip_prefix("sqlite:")?;
        let path = rest.strip_prefix("//").unwrap_or(rest);
        Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
    }

    /// For the data layer.
    pub fn connect(&self) -> domain::store::Connect {
        domain::store::Connect {
            url: self.url.expose_secret().to_owned(),
            connections: self.connections,
            acquire_timeout: Duration::from_secs(self.acquire_seconds),
            statement_timeout: Duration::from_secs(self.statement_seconds),
            lock_timeout: Duration::from_secs(self.lock_seconds),
            idle_timeout: Duration::from_secs(self.idle_seconds),
        }
    }
}

/// The address without its password.
impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url.expose_secret();
        let Some((scheme, rest)) = url.split_once("://") else {
            return f.write_str("the database");
        };
        let rest = rest.split('?').next().unwrap_or(rest);
        match rest.rsplit_once('@') {
            Some((who, place)) => write!(
                f,
                "{scheme}://{}@{place}",
                who.split(':').next().unwrap_or_default()
            ),
            None => write!(f, "{scheme}://{rest}"),
        }
    }
}

const WANTED: &str = "it must begin with sqlite:// (and name a file) or postgres://";

fn address(reader: &mut Reader) -> SecretString {
    let given = reader.text("database.url").unwrap_or_default();
    let url = normal(&given);
    if url.is_none() {
        reader.problem("database.url", WANTED);
    }
    SecretString::from(url.unwrap_or_default())
}

/// The spellings of other programs, in ours.
fn normal(given: &str) -> Option<String> {
    let (scheme, rest) = given.split_once(':')?;
    let base = scheme.split('+').next().unwrap_or(scheme);
    match base {
        "sqlite" => {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            let named = !path.is_empty() && !path.starts_with('?') && !path.contains(":memory:");
            (named && !rest.contains("mode=memory")).then(|| format!("sqlite://{path}"))
        }
        // asyncpg says `ssl` where libpq says `sslmode`; unread, the connection would fall to plain text.
        "postgres" | "postgresql" if rest.starts_with("//") && rest.len() > 2 => Some(
            format!("postgres:{rest}")
                .replace("?ssl=", "?sslmode=")
                .replace("&ssl=", "&sslmode="),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_other_programs_are_understood() {
        let is = |given: &str, expected: Option<&str>| {
            assert_eq!(normal(given).as_deref(), expected, "{given}");
        };
        is(
            "sqlite://data/gad.db?mode=rwc",
            Some("sqlite://data/gad.db?mode=rwc"),
        );
        is("sqlite:data/gad.db", Some("sqlite://data/gad.db"));
        is(
            "postgresql+asyncpg://u:p@h/gad?ssl=require",
            Some("postgres://u:p@h/gad?sslmode=require"),
        );
        is("postgresql://h/gad", Some("postgres://h/gad"));
        is("sqlite::memory:", None);
        is("mysql://h/gad", None);
        is("gad.db", None);
    }

    #[test]
    fn a_password_is_not_shown() {
        let database = Database {
            url: SecretString::from("postgres://gad:p@ss@db:5432/gad?sslmode=require"),
            connections: 1,
            acquire_seconds: 1,
            statement_seconds: 1,
            lock_seconds: 1,
            idle_seconds: 1,
        };
        assert_eq!(database.to_string(), "postgres://gad@db:5432/gad");
        assert!(!format!("{database:?}").contains("p@ss"));
    }
}
