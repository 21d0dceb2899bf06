//! What the address of a request says: its path, its query, and which part of a list is wanted.

use axum::{extract::FromRequestParts, http::request::Parts};
use domain::page;
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::IntoParams;

use super::{holds_nul, whole};
use crate::{
    error::{FieldError, Problem, Result},
    read::{Read, Tree, read},
};

/// The name under which pages put a number that makes an address look new; it says nothing.
const CACHE_BUSTER: &str = "_";

/// The query of the address, in which all names are known; a value may be given as a list with commas or several times.
#[derive(Debug)]
pub(crate) struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        named(given(parts)?).map(Self)
    }
}

/// The names and values of the query.
fn given(parts: &Parts) -> Result<Vec<(String, String)>> {
    let query = parts.uri.query().unwrap_or_default();
    let given: Vec<(String, String)> = serde_urlencoded::from_str(query)
        .map_err(|error| Problem::malformed("query", error.to_string()))?;
    match given.iter().find(|(_, value)| value.contains('\0')) {
        Some((field, _)) => Err(holds_nul(field)),
        None => Ok(merge(given)),
    }
}

/// What is asked of a query beyond what its values are.
pub(crate) trait Asked {
    fn wrong(&self) -> Vec<FieldError>;
}

/// A query all of whose faults are named at once, as those of a body are.
#[derive(Debug)]
pub(crate) struct CheckedQuery<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Asked> FromRequestParts<S> for CheckedQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let mut read: Read<T> = read(&tree(given(parts)?));
        if let Some(value) = &read.value {
            let known: Vec<String> = read.wrong.iter().map(|one| one.field.clone()).collect();
            let more = value.wrong().into_iter();
            read.wrong
                .extend(more.filter(|one| !known.contains(&one.field)));
        }
        whole(read).map(Self)
    }
}

/// What is wrong with a value, if anything.
pub(crate) fn faults<T>(tried: Result<T>) -> Vec<FieldError> {
    tried.err().map(Problem::into_fields).unwrap_or_default()
}

/// Reads values by their names, of a query or of a form.
pub(crate) fn named<T: DeserializeOwned>(given: Vec<(String, String)>) -> Result<T> {
    whole(read(&tree(given)))
}

fn tree(given: Vec<(String, String)>) -> Tree {
    let words = given.into_iter();
    let fields = words.map(|(field, value)| (field, Tree::Word(value)));
    Tree::Object(fields.collect())
}

/// Values that are given several times are joined; empty ones are as if they were not there.
fn merge(given: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut merged: Vec<(String, String)> = Vec::new();
    let says = |(key, value): &(String, String)| key != CACHE_BUSTER && !value.is_empty();
    for (key, value) in given.into_iter().filter(says) {
        match merged.iter_mut().find(|(known, _)| *known == key) {
            Some((_, values)) => *values = format!("{values},{value}"),
            None => merged.push((key, value)),
        }
    }
    merged
}

/// The words of a list with commas.
pub(crate) fn words<T: DeserializeOwned>(field: &str, list: Option<&str>) -> Result<Vec<T>> {
    let words = list
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty());
    words.map(|word| self::word(field, word)).collect()
}

/// One word of an enumeration.
pub(crate) fn word<T: DeserializeOwned>(field: &str, word: &str) -> Result<T> {
    serde_json::from_value(serde_json::Value::String(word.into()))
        .map_err(|_| Problem::malformed(field, format!("{word:?} is not known")))
}

/// Numbers in a list with commas.
pub(crate) fn ids(field: &str, list: Option<&str>) -> Result<Option<Vec<i64>>> {
    let Some(list) = list else { return Ok(None) };
    let parse = |word: &str| {
        word.trim()
            .parse()
            .map_err(|_| Problem::malformed(field, "is not a list of numbers"))
    };
    list.split(',').map(parse).collect::<Result<_>>().map(Some)
}

/// One segment of the path.
pub(crate) struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        // What is no number names nothing that exists, and no name holds NUL.
        if parts.uri.path().contains("%00") {
            return Err(Problem::not_found());
        }
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| Problem::not_found())
    }
}

/// Which part of a list is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// Rows, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl Paging {
    pub fn window(self) -> Result<page::Window> {
        window(self.limit, self.cursor)
    }
}

/// Refuses a cursor that no list gives out, whichever it is for.
pub(crate) fn cursor(given: Option<&str>) -> Result<()> {
    let window = page::Window {
        cursor: given.map(str::to_owned),
        ..page::Window::default()
    };
    window.after::<serde_json::Value>()?;
    Ok(())
}

/// The window of a list.
pub(crate) fn window(limit: Option<u64>, cursor: Option<String>) -> Result<page::Window> {
    let limit = limit.unwrap_or(page::Window::default().limit);
    if limit == 0 || limit > page::MOST {
        return Err(Problem::malformed(
            "limit",
            format!("is not between 1 and {}", page::MOST),
        ));
    }
    Ok(page::Window { limit, cursor })
}

#[cfg(test)]
mod tests {
    use axum::extract::Request;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Wanted {
        status: Option<String>,
        unit_id: Option<i64>,
    }

    async fn query(text: &str) -> Result<Wanted> {
        let request = Request::builder()
            .uri(format!("/x?{text}"))
            .body(())
            .expect("a literal");
        Query::from_request_parts(&mut request.into_parts().0, &())
            .await
            .map(|Query(wanted)| wanted)
    }

    #[tokio::test]
    async fn nul_in_the_query_is_refused() {
        let problem = query("status=a%00b").await.err();
        assert_eq!(problem.map(|problem| problem.code), Some("invalid"));
    }

    #[tokio::test]
    async fn values_may_come_several_times() {
        let wanted = query("status=paused&status=scheduled,completed&unit_id=7")
            .await
            .unwrap_or_else(|_| unreachable!());
        assert_eq!(wanted.status.as_deref(), Some("paused,scheduled,completed"));
        assert_eq!(wanted.unit_id, Some(7));
    }

    #[tokio::test]
    async fn empty_values_are_not_there() {
        let wanted = query("status=&unit_id=")
            .await
            .unwrap_or_else(|_| unreachable!());
        assert!(wanted.status.is_none() && wanted.unit_id.is_none());
    }

    #[tokio::test]
    async fn what_makes_an_address_look_new_says_nothing() {
        let wanted = query("unit_id=7&_=1763900000000")
            .await
            .unwrap_or_else(|_| unreachable!());
        assert_eq!(wanted.unit_id, Some(7));
        assert!(query("unit_id=7&__=1").await.is_err());
    }

    #[tokio::test]
    async fn a_bad_value_and_a_name_that_is_not_known_are_refused() {
        for wrong in ["unit_id=seven", "units=7", "unit_id=7&staus=paused"] {
            let problem = query(wrong).await.err();
            let code = problem.map(|problem| problem.code);
            assert_eq!(code, Some("invalid"), "{wrong}");
        }
    }
}
