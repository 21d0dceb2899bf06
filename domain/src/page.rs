//! Lists are read in pages by cursor, so that a page costs the same however far one has read.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sea_orm::{ColumnTrait, Condition};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Refusal, error::Problem};

/// The most rows of a page.
pub const MOST: u64 = 200;

/// What part of a list is wanted.
#[derive(Clone, Debug)]
pub struct Window {
    /// Rows, 1 to [`MOST`].
    pub limit: u64,
    /// Where an earlier page ended.
    pub cursor: Option<String>,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            limit: 50,
            cursor: None,
        }
    }
}

impl Window {
    /// The first `limit` rows.
    pub fn first(limit: u64) -> Self {
        Self {
            limit,
            cursor: None,
        }
    }

    /// The rows behind a list's row with this key, as a cursor would have it.
    pub fn behind_key(limit: u64, key: &impl Serialize) -> Self {
        Self {
            limit,
            cursor: encode(key),
        }
    }

    /// The position an earlier page ended at.
    ///
    /// # Errors
    /// Refused when the cursor is not one of ours.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>, Refusal> {
        let Some(cursor) = &self.cursor else {
            return Ok(None);
        };
        URL_SAFE_NO_PAD
            .decode(cursor)
            .ok()
            .and_then(|json| serde_json::from_slice(&json).ok())
            .map(Some)
            .ok_or_else(|| Refusal::invalid("cursor", Problem::Malformed))
    }

    /// What lies behind this page of a list by name, and by id among namesakes. The first term says again what the
    /// others say: from it a database knows where in the index to begin.
    pub(crate) fn behind(
        &self,
        name: impl ColumnTrait,
        id: impl ColumnTrait,
    ) -> Result<Condition, Refusal> {
        let (last, last_id) = self.after::<(String, i64)>()?.unwrap_or_default();
        let namesakes = Condition::all().add(name.eq(&last)).add(id.gt(last_id));
        let later = Condition::any().add(name.gt(&last)).add(namesakes);
        Ok(Condition::all().add(name.gte(last)).add(later))
    }

    /// What lies behind this page of a list that is newest first.
    pub(crate) fn before(&self, id: impl ColumnTrait) -> Result<Condition, Refusal> {
        let last = self.after::<i64>()?.unwrap_or(i64::MAX);
        Ok(Condition::all().add(id.lt(last)))
    }

    /// Rows to ask the database for: one more than wanted tells whether there is a next page.
    pub(crate) fn probe(&self) -> u64 {
        self.limit.clamp(1, MOST) + 1
    }
}

/// Some rows of a list, and where the next ones start.
#[derive(Clone, Debug, Serialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Cuts off the probing row; `key` of the last kept one is the cursor.
    pub(crate) fn cut<K: Serialize>(
        mut items: Vec<T>,
        window: &Window,
        key: impl Fn(&T) -> K,
    ) -> Self {
        let limit = window.limit.clamp(1, MOST) as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = items
            .last()
            .filter(|_| more)
            .and_then(|last| encode(&key(last)));
        Self { items, next_cursor }
    }

    /// A page of rows that are all at hand, in the order of their keys.
    ///
    /// # Errors
    /// Refused when the cursor is not one of ours.
    pub fn of_all<K: Serialize + DeserializeOwned + PartialOrd>(
        items: Vec<T>,
        window: &Window,
        key: impl Fn(&T) -> K,
    ) -> Result<Self, Refusal> {
        let after: Option<K> = window.after()?;
        let is_behind = |one: &T| after.as_ref().is_none_or(|last| key(one) > *last);
        let rest: Vec<T> = items.into_iter().filter(is_behind).collect();
        Ok(Self::cut(rest, window, key))
    }

    /// The same page of something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next_cursor: self.next_cursor,
        }
    }
}

fn encode<K: Serialize>(key: &K) -> Option<String> {
    serde_json::to_vec(key)
        .ok()
        .map(|json| URL_SAFE_NO_PAD.encode(json))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_what_is_all_at_hand_follow_each_other() {
        let all: Vec<u32> = (1..=5).collect();
        let (mut window, mut seen) = (Window::first(2), Vec::new());
        loop {
            let page = Page::of_all(all.clone(), &window, |one| *one).expect("our own cursor");
            seen.push(page.items);
            match page.next_cursor {
                Some(cursor) => window.cursor = Some(cursor),
                None => break,
            }
        }
        assert_eq!(seen, [vec![1, 2], vec![3, 4], vec![5]]);
        window.cursor = Some("x".into());
        assert!(Page::of_all(all, &window, |one| *one).is_err());
    }
}
