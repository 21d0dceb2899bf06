//! Reports on tasks and the evidence that comes with them.

use std::time::Duration;

use axum::{
    body::Bytes,
    extract::{
        DefaultBodyLimit, FromRequest, Multipart, Request, State, multipart::MultipartError,
    },
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    geo::Point,
    report::{self, FetchState, NewFile, NewReport, ReportKind, Source},
    secret,
    task::load,
};
use sha2::{Digest, Sha256};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::tasks::about;
use crate::{
    answer::Answer,
    app::App,
    auth::Signed,
    error::{Problem, Result},
    extract::{Path, content_type, is_json, parse, too_large, unread, unsupported},
    once::{Once, kept},
    out::tasks::{EvidenceKind, ReportOut},
    wanted::tasks::ReportIn,
};

/// The most bytes of an upload; what Telegram gives to bots is the same.
const MOST_BYTES: usize = 20 * 1024 * 1024;

/// How long the file store may take.
const PATIENCE: Duration = Duration::from_secs(15);

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(add))
        .layer(DefaultBodyLimit::max(MOST_BYTES + 64 * 1024))
        .routes(routes!(fetch))
}

/// Adds an observation: JSON, or multipart with a file.
#[utoipa::path(post, path = "/tasks/{id}/reports", tag = "tasks", operation_id = "tasks_report",
    params(("id" = i64, Path)),
    request_body(content((ReportIn = "application/json"), (ReportForm = "multipart/form-data"))),
    responses((status = 201, body = ReportOut)))]
async fn add(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    once: Once,
    request: Request,
) -> Result<Response> {
    // Before a large body is read.
    load::find(&app.store, &signed.actor, id).await?;
    let (sent, upload) = read(request, &app).await?;
    let once = match &upload {
        Some(upload) => once.and(&sent.fingerprint()).and(&upload.fingerprint()),
        None => once.and(&sent.fingerprint()),
    };
    // Before the file is stored a second time.
    if let Some(earlier) = once.answered(&app).await? {
        return Ok(earlier);
    }
    let file = match upload {
        Some(upload) => Some(keep(&app, upload).await?),
        None => None,
    };
    let new = report_of(sent, file)?;
    let actor = signed.actor.clone();
    let done = kept!(app, once, |tx| {
        let report = ReportOut {
            id: report::add(tx, &actor, id, new).await?,
            task_id: id,
        };
        let place = format!("/api/v1/tasks/{id}/timeline");
        Ok(Answer::created(place, &report))
    });
    about(&app, &signed.actor, id, done).await
}

/// The fields of a report as a form.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it only describes the form")]
struct ReportForm {
    text: Option<String>,
    lat: Option<f64>,
    lon: Option<f64>,
    at: Option<chrono::DateTime<chrono::Utc>>,
    /// Photo, video, voice or document, at most 20 MiB.
    #[schema(value_type = Option<String>, format = Binary)]
    file: Option<Vec<u8>>,
}

/// A file as it arrived.
struct Upload {
    name: Option<String>,
    mime: String,
    bytes: Bytes,
}

impl Upload {
    /// Tells this file from others.
    fn fingerprint(&self) -> Vec<u8> {
        let mut hash = Sha256::new();
        for part in [self.name.as_deref().unwrap_or_default(), &self.mime] {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        hash.update(&self.bytes);
        hash.finalize().to_vec()
    }
}

async fn read(request: Request, app: &App) -> Result<(ReportIn, Option<Upload>)> {
    if is_json(request.headers()) {
        let bytes = Bytes::from_request(request, app)
            .await
            .map_err(|error| unread(&error))?;
        return Ok((parse(&bytes)?, None));
    }
    if content_type(request.headers()) != "multipart/form-data" {
        return Err(unsupported("application/json or multipart/form-data"));
    }
    let form = Multipart::from_request(request, app).await;
    read_form(form.map_err(|_| unsupported("multipart/form-data with a boundary"))?).await
}

async fn read_form(mut form: Multipart) -> Result<(ReportIn, Option<Upload>)> {
    let (mut sent, mut upload) = (ReportIn::default(), None);
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
                name: file_name,
                bytes,
            });
            continue;
        }
        let text = field.text().await.map_err(|error| broken(&error))?;
        fill(&mut sent, &name, text)?;
    }
    if upload
        .as_ref()
        .is_some_and(|upload| upload.bytes.len() > MOST_BYTES)
    {
        return Err(too_large());
    }
    Ok((sent, upload.filter(|upload| !upload.bytes.is_empty())))
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

fn fill(sent: &mut ReportIn, name: &str, text: String) -> Result<()> {
    let wrong = || Problem::malformed(name, "cannot be read");
    match name {
        "text" => sent.text = Some(text),
        "lat" => sent.lat = Some(text.parse().map_err(|_| wrong())?),
        "lon" => sent.lon = Some(text.parse().map_err(|_| wrong())?),
        "at" => sent.at = Some(text.parse().map_err(|_| wrong())?),
        _ => {}
    }
    Ok(())
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

/// Puts a file into the store under a name that cannot be guessed.
async fn keep(app: &App, upload: Upload) -> Result<NewFile> {
    let path = format!("uploads/{}", secret::fresh());
    let bytes = i64::try_from(upload.bytes.len()).map_err(|_| too_large())?;
    let put = app.files.put(&path, upload.bytes.to_vec());
    match tokio::time::timeout(PATIENCE, put).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => return Err(store_failed(&error.to_string())),
        Err(_) => return Err(store_failed("it took too long")),
    }
    Ok(NewFile {
        source: Source::Stored(path),
        name: upload.name,
        mime: upload.mime,
        bytes: Some(bytes),
    })
}

fn store_failed(reason: &str) -> Problem {
    tracing::error!(reason, "evidence could not be stored or read");
    Problem::away()
}

fn report_of(sent: ReportIn, file: Option<NewFile>) -> Result<NewReport> {
    let place = match (sent.lat, sent.lon) {
        (Some(lat), Some(lon)) => Some(Point::new(lat, lon)?),
        (None, None) => None,
        _ => return Err(Problem::malformed("lat", "and lon are needed together")),
    };
    let kind = match &file {
        Some(file) => report_kind(EvidenceKind::of(&file.mime)),
        None if sent.text.is_none() && place.is_some() => ReportKind::Place,
        None => ReportKind::Text,
    };
    Ok(NewReport {
        kind,
        text: sent.text,
        place,
        at: sent.at,
        file,
    })
}

fn report_kind(kind: EvidenceKind) -> ReportKind {
    match kind {
        EvidenceKind::Photo => ReportKind::Photo,
        EvidenceKind::Video => ReportKind::Video,
        EvidenceKind::Voice => ReportKind::Voice,
        EvidenceKind::Document => ReportKind::Document,
    }
}

/// The bytes of a piece of evidence.
#[utoipa::path(get, path = "/attachments/{id}", tag = "tasks", operation_id = "attachments_get",
    params(("id" = i64, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream", description = "In its own content type")))]
async fn fetch(State(app): State<App>, signed: Signed, Path(id): Path<i64>) -> Result<Response> {
    let attachment = report::attachment(&app.store, &signed.actor, id).await?;
    let Some(path) = attachment
        .path
        .filter(|_| attachment.state == FetchState::Stored)
    else {
        return Err(not_here(attachment.state));
    };
    let bytes = match tokio::time::timeout(PATIENCE, app.files.get(&path)).await {
        Ok(Ok(Some(bytes))) => bytes,
        Ok(Ok(None)) => return Err(Problem::not_found()),
        Ok(Err(error)) => return Err(store_failed(&error.to_string())),
        Err(_) => return Err(store_failed("it took too long")),
    };
    Ok((
        evidence_headers(&attachment.mime, attachment.name.as_deref()),
        bytes,
    )
        .into_response())
}

fn not_here(state: FetchState) -> Problem {
    match state {
        FetchState::Pending => Problem::new(
            StatusCode::CONFLICT,
            "pending",
            "It is still being brought from Telegram",
        )
        .retry_after(5),
        FetchState::Stored | FetchState::Failed => {
            Problem::new(StatusCode::GONE, "gone", "Telegram no longer has it")
        }
    }
}

/// People's files must not become pages of ours: only pictures, sound and video are shown in place.
fn evidence_headers(mime: &str, name: Option<&str>) -> [(HeaderName, HeaderValue); 4] {
    const SHOWN: [&str; 12] = [
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
        "video/mp4",
        "video/webm",
        "video/quicktime",
        "audio/ogg",
        "audio/mpeg",
        "audio/mp4",
        "audio/webm",
        "audio/wav",
    ];
    let shown = SHOWN.contains(&mime);
    let kind = if shown {
        mime
    } else {
        "application/octet-stream"
    };
    let how = if shown { "inline" } else { "attachment" };
    let name: String = name
        .unwrap_or("evidence")
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || ".-_ ".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    let value = |text: &str| {
        HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
    };
    [
        (header::CONTENT_TYPE, value(kind)),
        (
            header::CONTENT_DISPOSITION,
            value(&format!("{how}; filename=\"{name}\"")),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            value("default-src 'none'; sandbox"),
        ),
        (
            header::CACHE_CONTROL,
            value("private, max-age=86400, immutable"),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_never_shown() {
        for mime in ["text/html", "image/svg+xml", "application/xhtml+xml"] {
            let headers = evidence_headers(mime, Some("a\"b\r\n.html"));
            assert_eq!(headers[0].1, "application/octet-stream", "{mime}");
            assert_eq!(headers[1].1, "attachment; filename=\"a_b__.html\"");
        }
        assert_eq!(
            evidence_headers("image/jpeg", None)[1].1,
            "inline; filename=\"evidence\""
        );
    }
}
