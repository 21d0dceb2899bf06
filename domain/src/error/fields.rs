//! Everything that is wrong with what was sent, told at once.

use super::{Invalid, Refusal, Result};

impl Refusal {
    /// Refuses for all of these at once, each field named once. What is about no field is told alone.
    ///
    /// # Errors
    /// When there is anything to refuse for.
    pub fn together<'a>(found: impl IntoIterator<Item = Option<&'a Self>>) -> Result<(), Self> {
        let mut errors: Vec<Invalid> = Vec::new();
        for refusal in found.into_iter().flatten() {
            let Self::Invalid { errors: more } = refusal else {
                return Err(refusal.clone());
            };
            for one in more {
                if errors.iter().all(|known| known.field != one.field) {
                    errors.push(one.clone());
                }
            }
        }
        match errors.is_empty() {
            true => Ok(()),
            false => Err(Self::Invalid { errors }),
        }
    }

    /// The fields that it is about, if it is about any.
    pub fn into_fields(self) -> Vec<Invalid> {
        match self {
            Self::Invalid { errors } => errors,
            _ => Vec::new(),
        }
    }

    /// The same, by where the fields stand in something larger.
    pub fn within(self, whole: &str) -> Self {
        let named = |one: Invalid| Invalid {
            field: format!("{whole}.{}", one.field),
            problem: one.problem,
        };
        match self {
            Self::Invalid { errors } => Self::Invalid {
                errors: errors.into_iter().map(named).collect(),
            },
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Problem;

    #[test]
    fn each_field_is_named_once_and_what_is_about_none_stands_alone() {
        let (text, again) = (
            Refusal::invalid("text", Problem::Required),
            Refusal::invalid("text", Problem::TooLong),
        );
        let lat = Refusal::invalid("lat", Problem::OutOfRange).within("place");
        let both = Refusal::together([Some(&text), None, Some(&again), Some(&lat)]);
        let errors = both.err().map(Refusal::into_fields).unwrap_or_default();
        let found: Vec<_> = errors
            .iter()
            .map(|one| (one.field.as_str(), one.problem))
            .collect();
        assert_eq!(
            found,
            [
                ("text", Problem::Required),
                ("place.lat", Problem::OutOfRange)
            ]
        );
        let alone = Refusal::together([Some(&text), Some(&Refusal::NotAllowed)]);
        assert_eq!(alone, Err(Refusal::NotAllowed));
        assert_eq!(Refusal::together([None, None]), Ok(()));
    }
}
