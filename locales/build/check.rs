//! What the languages do not have in common.

use crate::read::{Catalog, Entered};

/// Every message or placeholder that one of `catalogs` has and the first has not, or the other way round.
pub fn differences(catalogs: &[Catalog]) -> Vec<String> {
    let Some((reference, others)) = catalogs.split_first() else {
        return Vec::new();
    };
    others
        .iter()
        .flat_map(|other| missing(reference, other).chain(surplus(reference, other)))
        .collect()
}

fn missing<'a>(reference: &'a Catalog, other: &'a Catalog) -> impl Iterator<Item = String> + 'a {
    reference
        .messages
        .iter()
        .filter_map(|(id, entered)| match other.messages.get(id) {
            None => Some(format!("{}: {id} is missing", other.language)),
            Some(found) => placeholders(id, entered, found)
                .map(|problem| format!("{}: {problem}", other.language)),
        })
}

fn surplus<'a>(reference: &'a Catalog, other: &'a Catalog) -> impl Iterator<Item = String> + 'a {
    other
        .messages
        .keys()
        .filter(|id| !reference.messages.contains_key(*id))
        .map(|id| format!("{}: {id} is not in {}", other.language, reference.language))
}

fn placeholders(id: &str, wanted: &Entered, found: &Entered) -> Option<String> {
    (wanted.placeholders != found.placeholders).then(|| {
        format!(
            "{id} has the placeholders {:?} instead of {:?}",
            found.placeholders, wanted.placeholders
        )
    })
}
