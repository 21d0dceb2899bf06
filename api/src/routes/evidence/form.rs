//! What is sent with a file perhaps: JSON, or a form.

use axum::{
    body::Bytes,
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::StatusCode,
};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::MOST_BYTES;
use crate::{
    app::App,
    error::{FieldError, Problem, Result},
    extract::{
        Ruled, content_type, holds_nul, is_json, named, parse, parse_checked, too_large, unread,
        unsupported,
    },
    wanted::tasks::ReportIn,
};

/// The fields of a report as a form.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it only describes the form")]
pub(crate) struct ReportForm {
    text: Option<String>,
    lat: Option<f64>,
    lon: Option<f64>,
    at: Option<chrono::DateTime<chrono::Utc>>,
    /// Photo, video, voice or document, at most 20 MiB.
    #[schema(value_type = Option<String>, format = Binary)]
    file: Option<Vec<u8>>,
}

/// A file as it arrived.
pub(super) struct Upload {
    pub name: Option<String>,
    pub mime: String,
    pub bytes: Bytes,
}

impl Upload {
    /// Tells this file from others.
    pub fn fingerprint(&self) -> Vec<u8> {
        let mut hash = Sha256::new();
        for part in [self.name.as_deref().unwrap_or_default(), &self.mime] {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        hash.update(&self.bytes);
        hash.finalize().to_vec()
    }
}

/// Reads a report in either form; a file without bytes is none.
pub(super) async fn read(request: Request, app: &App) -> Result<(ReportIn, Option<Upload>)> {
    match body(request, app).await? {
        Body::Json(bytes) => Ok((parse(&bytes)?, None)),
        Body::Form(fields, upload) => Ok((named(fields)?, upload)),
    }
}

/// JSON as the body, or as this field of a form, where a file may stand beside it.
pub(super) struct Beside<T> {
    pub sent: T,
    /// The field as it stood in the form.
    pub text: Option<String>,
    pub upload: Option<Upload>,
}

/// Reads JSON in either form.
pub(super) async fn read_beside<T: DeserializeOwned + Ruled>(
    request: Request,
    app: &App,
    field: &str,
) -> Result<Beside<T>> {
    match body(request, app).await? {
        Body::Json(bytes) => Ok(Beside {
            sent: parse_checked(&bytes)?,
            text: None,
            upload: None,
        }),
        Body::Form(fields, upload) => {
            let text = only(field, fields)?;
            Ok(Beside {
                sent: parse_checked(text.as_bytes())?,
                text: Some(text),
                upload,
            })
        }
    }
}

/// What stands in the one field that there is beside the file.
fn only(field: &str, fields: Vec<(String, String)>) -> Result<String> {
    let (own, others): (Vec<_>, Vec<_>) = fields.into_iter().partition(|(name, _)| name == field);
    let found = own.into_iter().next().map(|(_, text)| text);
    let missing = FieldError::new(field, "required", "is needed");
    let unknown: Vec<FieldError> = others
        .into_iter()
        .map(|(name, _)| FieldError::new(name, "unknown_field", "is no known field"))
        .collect();
    match found {
        Some(text) if unknown.is_empty() => Ok(text),
        Some(_) => Err(Problem::invalid(unknown)),
        None => Err(Problem::invalid([vec![missing], unknown].concat())),
    }
}

/// Either form of a request, read.
enum Body {
    Json(Bytes),
    /// The fields by name, and the file.
    Form(Vec<(String, String)>, Option<Upload>),
}

async fn body(request: Request, app: &App) -> Result<Body> {
    if is_json(request.headers()) {
        let bytes = Bytes::from_request(request, app)
            .await
            .map_err(|error| unread(&error))?;
        return Ok(Body::Json(bytes));
    }
    if content_type(request.headers()) != "multipart/form-data" {
        return Err(unsupported("application/json or multipart/form-data"));
    }
    let form = Multipart::from_request(request, app).await;
    read_form(form.map_err(|_| unsupported("multipart/form-data with a boundary"))?).await
}

async fn read_form(mut form: Multipart) -> Result<Body> {
    let (mut fields, mut upload) = (Vec::new(), None);
    while let Some(field) = form.next_field().await.map_err(|error| broken(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let (file_name, mime) = (
                field.file_name().map(str::to_owned),
                field.content_type().map(str::to_owned),
            );
            let bytes = field.bytes().await.map_err(|error| broken(&error))?;
            upload = Some(Upload {
                mime: mime_of(mime, file_name.as_deref()),
                name: file_name.map(|name| name.replace('\0', "")),
                bytes,
            });
            continue;
        }
        let text = field.text().await.map_err(|error| broken(&error))?;
        if text.contains('\0') {
            return Err(holds_nul(&name));
        }
        fields.push((name, text));
    }
    if upload
        .as_ref()
        .is_some_and(|upload: &Upload| upload.bytes.len() > MOST_BYTES)
    {
        return Err(too_large());
    }
    Ok(Body::Form(
        fields,
        upload.filter(|upload| !upload.bytes.is_empty()),
    ))
}

fn broken(error: &MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    Problem::new(
        StatusCode::BAD_REQUEST,
        "malformed",
        "The form could not be read",
    )
    .plainly(error.body_text())
}

fn mime_of(given: Option<String>, name: Option<&str>) -> String {
    let given = given
        .filter(|mime| mime.contains('/') && mime.is_ascii() && mime != "application/octet-stream");
    given.unwrap_or_else(|| {
        let guess = name.and_then(|name| mime_guess::from_path(name).first());
        guess.map_or_else(
            || "application/octet-stream".into(),
            |guess| guess.essence_str().to_owned(),
        )
    })
}
