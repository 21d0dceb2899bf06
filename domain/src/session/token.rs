//! Refresh tokens: what all those of one session begin with, and behind the last dot a secret that is good once. Only who held
//! one knows how they begin, so one of long ago is told from a guess.

use crate::secret;

/// A refresh token as it came.
#[derive(Clone)]
pub(super) struct Given(pub String);

impl Given {
    pub fn hash(&self) -> String {
        secret::hash(&self.0)
    }

    /// How it begins. Those of earlier releases have no dot: all of one is how the next begin.
    fn beginning(&self) -> &str {
        let parts = self.0.rsplit_once('.');
        parts.map_or(self.0.as_str(), |(beginning, _)| beginning)
    }

    /// What a session keeps that knows this token, or others that begin like it.
    pub fn known_by(&self) -> [String; 2] {
        [self.hash(), secret::hash(self.beginning())]
    }

    /// How the next one begins, where the session keeps this.
    pub fn goes_on(&self, kept: Option<&str>) -> &str {
        let same = kept.is_some_and(|kept| kept == secret::hash(self.beginning()));
        if same { self.beginning() } else { &self.0 }
    }
}

/// One that begins so.
pub(super) fn fresh(beginning: &str) -> String {
    format!("{beginning}.{}", secret::fresh_long())
}
