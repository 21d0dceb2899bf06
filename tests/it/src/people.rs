//! Somebody with an account and, mostly, a phone.

use std::ops::Deref;

use telegram::Person;

/// A person of a test: acts on the phone by itself, through [`crate::TestApp::http`] at the board.
#[derive(Clone)]
pub struct Somebody {
    pub name: String,
    pub username: String,
    pub password: String,
    pub user_id: i64,
    /// Zero for whoever is no agent.
    pub agent_id: i64,
    pub phone: Person,
}

impl Deref for Somebody {
    type Target = Person;

    fn deref(&self) -> &Person {
        &self.phone
    }
}

/// An account to be made.
#[derive(Clone, Debug)]
pub struct Recruit {
    pub name: String,
    pub level: i16,
    pub units: Vec<String>,
    pub permissions: Vec<String>,
    /// Language of the phone.
    pub language: String,
    /// Whether the link is opened at once.
    pub enrolled: bool,
}

/// The unit of whoever is not put into another.
pub const UNIT: &str = "Norte";

impl Recruit {
    /// Somebody of this level in the usual unit, with Telegram in Spanish.
    pub fn of_level(level: i16, name: &str) -> Self {
        let units = if level == 3 {
            Vec::new()
        } else {
            vec![UNIT.to_owned()]
        };
        Self {
            name: name.to_owned(),
            level,
            units,
            permissions: Vec::new(),
            language: "es".into(),
            enrolled: true,
        }
    }

    #[must_use]
    pub fn in_unit(self, unit: &str) -> Self {
        Self {
            units: vec![unit.to_owned()],
            ..self
        }
    }

    #[must_use]
    pub fn speaking(self, language: &str) -> Self {
        Self {
            language: language.to_owned(),
            ..self
        }
    }

    #[must_use]
    pub fn permitted(mut self, permission: &str) -> Self {
        self.permissions.push(permission.to_owned());
        self
    }

    #[must_use]
    pub fn not_enrolled(self) -> Self {
        Self {
            enrolled: false,
            ..self
        }
    }
}
