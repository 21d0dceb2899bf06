//! Bodies of calls for help, which are refused for nothing that can be done without.

use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use super::{maybe_json, tree, whole};
use crate::{
    error::{Problem, Result},
    read::read_known,
};

/// A JSON body that may be left out; names in it that nobody knows are left aside.
#[derive(Debug)]
pub(crate) struct Lenient<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for Lenient<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        match maybe_json(request, state).await? {
            Some(bytes) => whole(read_known(&tree(&bytes)?)).map(Self),
            None => Ok(Self(T::default())),
        }
    }
}
