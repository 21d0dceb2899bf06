//! Signed tokens: short ones for programs, long ones inside cookies, tickets for sockets. All of them only name a session row.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Clock, secret};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use crate::Config;

const ISSUER: &str = "gad";

/// How far the clocks of two instances may differ, in seconds.
const LEEWAY: i64 = 5;

/// How long a ticket opens a socket, in seconds.
pub(crate) const TICKET_SECONDS: i64 = 30;

/// What a token may be used for: one found in a cookie is no bearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Bearer,
    Cookie,
    Ticket,
}

impl Purpose {
    fn audience(self) -> &'static str {
        match self {
            Self::Bearer => "gad-api",
            Self::Cookie => "gad-cookie",
            Self::Ticket => "gad-socket",
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    aud: String,
    sub: String,
    /// The session.
    pub sid: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    /// Which ticket it is, of those of the same second too: what is kept of one that was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
}

impl Claims {
    /// From when on it is good for nothing.
    pub fn expires_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.exp + LEEWAY, 0).unwrap_or_default()
    }
}

/// Makes and reads tokens.
pub(crate) struct Tokens {
    sign: EncodingKey,
    check: DecodingKey,
    life: TimeDelta,
    clock: Clock,
}

impl Tokens {
    pub fn new(config: &Config, clock: Clock) -> Self {
        let key = config.jwt_key.expose_secret().as_bytes();
        Self {
            sign: EncodingKey::from_secret(key),
            check: DecodingKey::from_secret(key),
            life: TimeDelta::from_std(config.token_life).unwrap_or(TimeDelta::minutes(15)),
            clock,
        }
    }

    /// How long a bearer token lives, in seconds.
    pub fn life_seconds(&self) -> i64 {
        self.life.num_seconds()
    }

    /// A short token for programs.
    pub fn bearer(&self, session_id: &str, user_id: i64) -> String {
        self.make(Purpose::Bearer, session_id, user_id, self.life)
    }

    /// A token for the browser's cookie; the session row decides how long it is good for.
    pub fn cookie(&self, session_id: &str, user_id: i64) -> String {
        self.make(Purpose::Cookie, session_id, user_id, TimeDelta::days(400))
    }

    /// Opens one socket, once.
    pub fn ticket(&self, session_id: &str, user_id: i64) -> String {
        let life = TimeDelta::seconds(TICKET_SECONDS - LEEWAY);
        self.make(Purpose::Ticket, session_id, user_id, life)
    }

    fn make(&self, purpose: Purpose, session_id: &str, user_id: i64, life: TimeDelta) -> String {
        let now = self.clock.now();
        let claims = Claims {
            iss: ISSUER.into(),
            aud: purpose.audience().into(),
            sub: user_id.to_string(),
            sid: session_id.into(),
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: (now + life).timestamp(),
            jti: (purpose == Purpose::Ticket).then(secret::fresh),
        };
        encode(&Header::new(Algorithm::HS256), &claims, &self.sign)
            .expect("HS256 signs with any key")
    }

    /// The claims of a token of ours that is good now.
    pub fn read(&self, token: &str, purpose: Purpose) -> Option<Claims> {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_audience(&[purpose.audience()]);
        rules.set_issuer(&[ISSUER]);
        rules.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
        // Times are judged by our clock below: the library only knows the machine's.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let claims = decode::<Claims>(token, &self.check, &rules).ok()?.claims;
        let now = self.clock.now().timestamp();
        (claims.nbf <= now + LEEWAY && now < claims.exp + LEEWAY).then_some(claims)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn tokens() -> (Tokens, Clock) {
        let clock = Clock::by_hand(DateTime::UNIX_EPOCH + TimeDelta::days(20_000));
        let config = Config::new("a key that is long enough for HS256!".into());
        (Tokens::new(&config, clock.clone()), clock)
    }

    #[test]
    fn a_token_ends() {
        let (tokens, clock) = tokens();
        let token = tokens.bearer("s1", 7);
        assert_eq!(
            tokens
                .read(&token, Purpose::Bearer)
                .map(|claims| claims.sid),
            Some("s1".into())
        );
        clock.advance(TimeDelta::minutes(16));
        assert!(tokens.read(&token, Purpose::Bearer).is_none());
    }

    #[test]
    fn a_cookie_is_no_bearer() {
        let (tokens, _) = tokens();
        assert!(
            tokens
                .read(&tokens.cookie("s1", 7), Purpose::Bearer)
                .is_none()
        );
        assert!(
            tokens
                .read(&tokens.bearer("s1", 7), Purpose::Cookie)
                .is_none()
        );
    }

    #[test]
    fn a_ticket_is_neither_and_no_two_are_the_same() {
        let (tokens, _) = tokens();
        let ticket = tokens.ticket("s1", 7);
        assert!(tokens.read(&ticket, Purpose::Ticket).is_some());
        assert!(tokens.read(&ticket, Purpose::Bearer).is_none());
        assert!(tokens.read(&ticket, Purpose::Cookie).is_none());
        assert_ne!(ticket, tokens.ticket("s1", 7));
    }

    #[test]
    fn other_keys_and_algorithms_are_strangers() {
        let (tokens, _) = tokens();
        let other = Tokens::new(
            &Config::new("another key that is long enough too".into()),
            tokens.clock.clone(),
        );
        assert!(
            tokens
                .read(&other.bearer("s1", 7), Purpose::Bearer)
                .is_none()
        );
        let unsigned = tokens
            .bearer("s1", 7)
            .rsplit_once('.')
            .map(|(head, _)| format!("{head}."))
            .unwrap_or_default();
        assert!(tokens.read(&unsigned, Purpose::Bearer).is_none());
    }
}
