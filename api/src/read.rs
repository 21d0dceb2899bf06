//! How what was sent becomes what is wanted: every field that is wrong is named, not only the first; fields that nobody
//! knows are wrong too, and an object is an object. Bodies and queries go this way.

use std::cell::RefCell;

use serde::de::DeserializeOwned;

use crate::error::FieldError;

mod notes;
mod reader;
mod tree;
mod wrong;

use notes::Notes;
use reader::Reader;
pub(crate) use tree::Tree;
pub(crate) use wrong::NOT_KNOWN;

/// What could be read. Where something is wrong the value is only good for looking what else is: something made up stands
/// in for it.
pub(crate) struct Read<T> {
    pub value: Option<T>,
    pub wrong: Vec<FieldError>,
}

/// Reads it again and again, each time past one more thing that is wrong.
pub(crate) fn read<T: DeserializeOwned>(tree: &Tree) -> Read<T> {
    read_noting(tree, Notes::default())
}

/// The same, where fields that nobody knows are as if they were not there.
pub(crate) fn read_known<T: DeserializeOwned>(tree: &Tree) -> Read<T> {
    let notes = Notes {
        bears_unknown: true,
        ..Notes::default()
    };
    read_noting(tree, notes)
}

fn read_noting<T: DeserializeOwned>(tree: &Tree, notes: Notes) -> Read<T> {
    let notes = RefCell::new(notes);
    loop {
        let value = match T::deserialize(Reader::of(tree, &notes)) {
            Ok(value) => Some(value),
            Err(wrong) => {
                let goes_on = notes.borrow_mut().take(wrong.told());
                if goes_on {
                    continue;
                }
                None
            }
        };
        let wrong = notes.into_inner().found;
        return Read { value, wrong };
    }
}

#[cfg(test)]
mod tests;
