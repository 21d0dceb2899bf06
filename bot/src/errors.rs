//! What can go wrong on the way to Telegram, told apart by code and `retry_after`, and what handlers may fail with.

use std::time::Duration;

use domain::group::Barred;
use serde_json::Value;
use teloxide::ApiError;

/// A call that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Telegram said no.
    #[error("Telegram answered {code}: {description}")]
    Refused {
        code: u16,
        description: String,
        retry_after: Option<Duration>,
        /// The number that the group has from now on.
        migrate_to: Option<i64>,
    },
    /// No answer that can be trusted: it may or may not have been carried out.
    #[error("no answer from Telegram: {0}")]
    Unclear(String),
    /// There was no way to Telegram: it was not carried out.
    #[error("no way to Telegram: {0}")]
    Unsent(String),
}

/// What a failed call means for whoever made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The message shows that already.
    NotModified,
    /// Too many calls: not before this time is over.
    Busy(Duration),
    /// The person blocked the bot, or the chat is gone.
    Gone,
    /// The group has become a supergroup with this number.
    Moved(i64),
    /// The token is not, or no longer, valid.
    Token,
    /// Somebody else receives the updates.
    Conflict,
    /// Telegram will never take this call.
    Refused,
    /// Telegram is away or has trouble; another try may do.
    Away,
}

/// The wait after a 429 that names none.
const BUSY: Duration = Duration::from_secs(3);

impl CallError {
    /// Judged by the code; Telegram tells kinds of 400 apart only in words, which teloxide knows.
    pub fn verdict(&self) -> Verdict {
        let Self::Refused {
            code,
            retry_after,
            migrate_to,
            ..
        } = self
        else {
            return Verdict::Away;
        };
        if let Some(to) = migrate_to {
            return Verdict::Moved(*to);
        }
        match (code, retry_after) {
            (_, Some(wait)) => Verdict::Busy(*wait),
            (429, None) => Verdict::Busy(BUSY),
            (401 | 404, _) => Verdict::Token,
            (403, _) => Verdict::Gone,
            (409, _) => Verdict::Conflict,
            (400, _) => self.bad_request(),
            (500.., _) => Verdict::Away,
            _ => Verdict::Refused,
        }
    }

    /// Whether it is certain that nothing was done.
    pub fn is_undone(&self) -> bool {
        match self {
            Self::Refused { code, .. } => *code < 500,
            Self::Unsent(_) => true,
            Self::Unclear(_) => false,
        }
    }

    fn bad_request(&self) -> Verdict {
        match self.api() {
            Some(ApiError::MessageNotModified) => Verdict::NotModified,
            Some(ApiError::ChatNotFound | ApiError::UserNotFound) => Verdict::Gone,
            _ => Verdict::Refused,
        }
    }

    /// Why no topic was opened, where people of the group can change that: told in words only, which teloxide does not know.
    pub fn barred(&self) -> Option<Barred> {
        let Self::Refused { description, .. } = self else {
            return None;
        };
        if description.contains("not enough rights") {
            Some(Barred::NoRight)
        } else if description.contains("not a forum") {
            Some(Barred::NoTopics)
        } else {
            None
        }
    }

    /// Telegram's words as teloxide knows them.
    pub fn api(&self) -> Option<ApiError> {
        let Self::Refused { description, .. } = self else {
            return None;
        };
        serde_json::from_value(Value::String(description.clone())).ok()
    }
}

impl From<reqwest::Error> for CallError {
    fn from(error: reqwest::Error) -> Self {
        let unsent = error.is_connect();
        // The address carries the token.
        let error = with_causes(&error.without_url());
        match unsent {
            true => Self::Unsent(error),
            false => Self::Unclear(error),
        }
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        text = format!("{text}: {deeper}");
        cause = deeper.source();
    }
    text
}

/// Why a handler of the tree failed; the update is tried again and buried after five tries.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    #[error(transparent)]
    Domain(#[from] domain::Error),
    #[error(transparent)]
    Telegram(#[from] CallError),
    #[error("{0}")]
    Other(String),
}

impl HandlerError {
    /// Whether the database is to blame and not the update.
    pub fn is_away(&self) -> bool {
        matches!(
            self,
            Self::Domain(domain::Error::Away(_) | domain::Error::Contended(_))
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: u16, description: &str) -> CallError {
        CallError::Refused {
            code,
            description: description.into(),
            retry_after: None,
            migrate_to: None,
        }
    }

    #[test]
    fn a_wait_is_believed_whatever_the_code() {
        let wait = Duration::from_secs(7);
        let error = CallError::Refused {
            code: 400,
            description: String::new(),
            retry_after: Some(wait),
            migrate_to: None,
        };
        assert_eq!(error.verdict(), Verdict::Busy(wait));
        assert_eq!(refused(429, "").verdict(), Verdict::Busy(BUSY));
    }

    #[test]
    fn a_group_that_moved_says_where_to() {
        let error = CallError::Refused {
            code: 400,
            description: "Bad Request: group chat was upgraded to a supergroup chat".into(),
            retry_after: None,
            migrate_to: Some(-1001),
        };
        assert_eq!(error.verdict(), Verdict::Moved(-1001));
    }

    #[test]
    fn codes_decide_and_words_only_among_bad_requests() {
        let cases = [
            (403, "Forbidden: something new", Verdict::Gone),
            (401, "Unauthorized", Verdict::Token),
            (502, "Bad Gateway", Verdict::Away),
            (413, "Request Entity Too Large", Verdict::Refused),
            (400, "Bad Request: chat not found", Verdict::Gone),
            (
                400,
                "Bad Request: message to edit not found",
                Verdict::Refused,
            ),
            (
                409,
                "Conflict: terminated by other getUpdates request",
                Verdict::Conflict,
            ),
        ];
        for (code, words, verdict) in cases {
            assert_eq!(refused(code, words).verdict(), verdict, "{code} {words}");
        }
    }

    #[test]
    fn a_missing_right_is_told_from_a_group_without_topics() {
        let cases = [
            ("not enough rights to create a topic", Some(Barred::NoRight)),
            ("the chat is not a forum", Some(Barred::NoTopics)),
            ("TOPIC_TITLE_EMPTY", None),
        ];
        for (words, barred) in cases {
            let error = refused(400, &format!("Bad Request: {words}"));
            assert_eq!(error.barred(), barred, "{words}");
        }
    }

    #[tokio::test]
    async fn only_what_was_refused_or_never_left_is_certainly_undone() {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(5));
        let client = client.build().expect("a client");
        let nobody = client.get("http://127.0.0.1:1/").send();
        let unsent = CallError::from(nobody.await.expect_err("nobody listens there"));
        assert!(matches!(unsent, CallError::Unsent(_)), "{unsent}");
        assert!(unsent.is_undone());
        assert_eq!(unsent.verdict(), Verdict::Away);
        for code in [400, 403, 429] {
            assert!(refused(code, "").is_undone(), "{code}");
        }
        assert!(!refused(500, "").is_undone());
        assert!(!CallError::Unclear(String::new()).is_undone());
    }

    #[test]
    fn an_edit_that_changes_nothing_is_told_apart() {
        let words = "Bad Request: message is not modified: specified new message content and reply markup are exactly \
                     the same as a current content and reply markup of the message";
        assert_eq!(refused(400, words).verdict(), Verdict::NotModified);
    }
}
