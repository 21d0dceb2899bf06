//! Answers in CAP: that something was taken (`Ack`), or why it was not (`Error`).

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};

use super::write;

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub identifier: String,
    pub sender: String,
    pub sent: DateTime<Utc>,
    pub drill: bool,
    /// False: it was not taken, or did not arrive.
    pub taken: bool,
    pub note: String,
    /// `sender,identifier,sent` of what it answers.
    pub reference: String,
}

impl Receipt {
    pub fn noted(self, taken: bool, note: String) -> Self {
        Self {
            taken,
            note,
            ..self
        }
    }

    /// The document with its kind, and where it is when it is somewhere.
    pub fn answered(self, status: StatusCode, place: Option<String>) -> Response {
        let kind = [(header::CONTENT_TYPE, "application/cap+xml; charset=utf-8")];
        let place = place.map(|place| [(header::LOCATION, place)]);
        (status, kind, place, write::receipt(&self)).into_response()
    }
}

impl IntoResponse for Receipt {
    fn into_response(self) -> Response {
        self.answered(StatusCode::OK, None)
    }
}
