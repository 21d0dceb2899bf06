//! Where Redis is, if there is one; encryption that is asked for is never dropped.

use reqwest::Url;
use secrecy::SecretString;

use super::read::Reader;

/// Where it is, and how it proves that it is itself.
#[derive(Clone, Debug)]
pub struct RedisAccess {
    pub url: SecretString,
    /// The certificates, as PEM, one of which must vouch for it; the authorities of the web without.
    pub authority: Option<String>,
}

/// The address of Redis, from one variable or from its parts.
pub fn read(reader: &mut Reader) -> Option<RedisAccess> {
    let tls = reader.flag("redis.tls");
    let port: u16 = reader.number("redis.port", 1..=u16::MAX);
    let db: u8 = reader.number("redis.db", 0..=u8::MAX);
    let url = match (reader.text("redis.url"), reader.text("redis.host")) {
        (Some(url), _) => whole(reader, &url, tls)?,
        (None, Some(host)) => parts(reader, &host, port, db, tls)?,
        (None, None) => return None,
    };
    let authority = authority(reader, url.scheme() == "rediss");
    Some(RedisAccess {
        url: SecretString::from(String::from(url)),
        authority,
    })
}

fn authority(reader: &mut Reader, tls: bool) -> Option<String> {
    let path = reader.text("redis.ca_file")?;
    if !tls {
        reader.problem(
            "redis.ca_file",
            "it is for encrypted connections: write rediss://, or REDIS_TLS=true with REDIS_HOST",
        );
    }
    match std::fs::read_to_string(&path) {
        Ok(text) if text.contains("BEGIN CERTIFICATE") => Some(text),
        Ok(_) => {
            reader.problem("redis.ca_file", format!("{path} has no certificate in PEM"));
            None
        }
        Err(error) => {
            reader.problem("redis.ca_file", format!("{path} cannot be read: {error}"));
            None
        }
    }
}

fn whole(reader: &mut Reader, text: &str, tls: bool) -> Option<Url> {
    let url = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "redis" | "rediss") && url.has_host());
    let Some(url) = url else {
        reader.problem(
            "redis.url",
            "it must begin with redis:// or, with TLS, rediss://",
        );
        return None;
    };
    if tls && url.scheme() == "redis" {
        reader.problem(
            "redis.url",
            "it begins with redis://, but REDIS_TLS asks for encryption: write rediss://",
        );
    }
    Some(url)
}

fn parts(reader: &mut Reader, host: &str, port: u16, db: u8, tls: bool) -> Option<Url> {
    let scheme = if tls { "rediss" } else { "redis" };
    let url = Url::parse(&format!("{scheme}://{host}:{port}/{db}")).ok();
    let mut url = url.filter(|url| url.port_or_known_default() == Some(port));
    match &mut url {
        Some(url) => {
            let password = reader.text("redis.password");
            url.set_password(password.as_deref())
                .expect("an address with a host takes a password");
        }
        None => reader.problem("redis.host", format!("{host:?} is not the name of a host")),
    }
    url
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::{super::layers::Layers, *};

    fn given(variables: &[(&str, &str)]) -> (Option<String>, Vec<String>) {
        let mut problems = Vec::new();
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let layers = Layers::collect(None, variables, &mut problems);
        let place = read(&mut Reader::new(&layers, &mut problems));
        let url = place.map(|place| place.url.expose_secret().to_owned());
        (url, problems)
    }

    #[test]
    fn parts_make_an_address_that_keeps_its_encryption() {
        let (url, problems) = given(&[
            ("REDIS_HOST", "cache"),
            ("REDIS_TLS", "true"),
            ("REDIS_PASSWORD", "a/b c"),
        ]);
        assert_eq!(url.as_deref(), Some("rediss://:a%2Fb%20c@cache:6379/0"));
        let (plain, _) = given(&[
            ("REDIS_HOST", "cache"),
            ("REDIS_PORT", "6380"),
            ("REDIS_DB", "3"),
        ]);
        assert_eq!(plain.as_deref(), Some("redis://cache:6380/3"));
        assert!(problems.is_empty());
        assert_eq!(given(&[("REDIS_PORT", "6380")]).0, None);
    }

    #[test]
    fn plain_text_against_the_wish_is_a_problem() {
        let (_, problems) = given(&[("REDIS_URL", "redis://cache"), ("REDIS_TLS", "1")]);
        assert_eq!(problems.len(), 1);
        let (_, problems) = given(&[
            ("REDIS_URL", "redis://cache"),
            ("GAD_REDIS__CA_FILE", "/etc/hostname"),
        ]);
        assert_eq!(problems.len(), 2, "{problems:?}");
        let (url, problems) = given(&[("REDIS_URL", "http://cache")]);
        assert_eq!((url, problems.len()), (None, 1));
    }
}
