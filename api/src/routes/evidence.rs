//! Reports on tasks and the evidence that comes with them.

use std::time::Duration;

use axum::{
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use domain::{
    attachment::{self, FetchState, NewFile, Source},
    files,
    geo::Point,
    report::{self, NewReport, ReportKind},
    secret,
    task::load,
};
use serde::de::DeserializeOwned;

use super::tasks::about;
use crate::{
    addresses::{Addresses, routes},
    answer::Answer,
    app::App,
    auth::Signed,
    error::{Problem, Result},
    extract::{Path, Ruled, too_large},
    once::{Once, REPLAYED, kept},
    out::{evidence::EvidenceKind, tasks::ReportOut},
    wanted::tasks::ReportIn,
};

mod download;
mod form;

pub(super) use form::ReportForm;
use form::{Upload, read, read_beside};

/// The most bytes of an upload; what Telegram gives to bots is the same.
const MOST_BYTES: usize = 20 * 1024 * 1024;

/// The same with the rest of its form.
pub(crate) const UPLOAD_MOST: usize = MOST_BYTES + 64 * 1024;

/// How long the file store may take until it answers.
const PATIENCE: Duration = Duration::from_secs(15);

/// The same for a whole upload, which may have a slow line before it.
const LONG_PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(add))
        .layer(DefaultBodyLimit::max(UPLOAD_MOST))
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
    let (sent, file, once) = match receive(&app, once, request).await? {
        Received::Before(earlier) => return Ok(earlier),
        Received::New(sent, file, once) => (sent, file, once),
    };
    let stored = stored(file.as_ref());
    let new = match report_of(sent, file) {
        Ok(new) => new,
        Err(problem) => {
            if let Some(path) = stored {
                remove(&app, path).await;
            }
            return Err(problem);
        }
    };
    let actor = signed.actor.clone();
    let done = kept!(app, once, |tx| {
        let report = ReportOut {
            id: report::add(tx, &actor, id, new).await?,
            task_id: id,
        };
        let place = format!("/api/v1/tasks/{id}/timeline");
        Ok(Answer::created(place, &report))
    });
    let done = tidied(&app, stored, done).await;
    about(&app, &signed.actor, id, done).await
}

/// What came with a request that may carry a file.
pub(super) enum Received<T = ReportIn> {
    /// It came before: the answer of the first time.
    Before(Response),
    New(T, Option<NewFile>, Once),
}

/// Reads JSON, or a form with JSON in this field and a file, which is stored once `check` has nothing against the rest. That is told
/// whether there is a file.
pub(super) async fn receive_beside<T: DeserializeOwned + Ruled, U>(
    app: &App,
    once: Once,
    request: Request,
    field: &str,
    check: impl FnOnce(T, bool) -> Result<U>,
) -> Result<Received<U>> {
    let came = read_beside::<T>(request, app, field).await?;
    let marks = [
        came.text.map(String::into_bytes),
        came.upload.as_ref().map(Upload::fingerprint),
    ];
    let once = marks
        .into_iter()
        .flatten()
        .fold(once, |once, mark| once.and(&mark));
    // Before the file is stored a second time.
    if let Some(earlier) = once.answered(app).await? {
        return Ok(Received::Before(earlier));
    }
    let sent = check(came.sent, came.upload.is_some())?;
    let file = match came.upload {
        Some(upload) => Some(keep(app, upload).await?),
        None => None,
    };
    Ok(Received::New(sent, file, once))
}

/// Reads JSON, or a form with a file, which is stored.
pub(super) async fn receive(app: &App, once: Once, request: Request) -> Result<Received> {
    let (sent, upload) = read(request, app).await?;
    let once = match &upload {
        Some(upload) => once.and(&sent.fingerprint()).and(&upload.fingerprint()),
        None => once.and(&sent.fingerprint()),
    };
    // Before the file is stored a second time.
    if let Some(earlier) = once.answered(app).await? {
        return Ok(Received::Before(earlier));
    }
    let file = match upload {
        Some(upload) => Some(keep(app, upload).await?),
        None => None,
    };
    Ok(Received::New(sent, file, once))
}

/// Puts a file into the store under a name that cannot be guessed.
async fn keep(app: &App, upload: Upload) -> Result<NewFile> {
    let path = files::named(&format!("uploads/{}", secret::fresh()), &upload.bytes);
    let bytes = i64::try_from(upload.bytes.len()).map_err(|_| too_large())?;
    let put = app.files.put(&path, Vec::from(upload.bytes));
    match tokio::time::timeout(LONG_PATIENCE, put).await {
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

/// Where a file lies that came with a request.
pub(super) fn stored(file: Option<&NewFile>) -> Option<String> {
    match &file?.source {
        Source::Stored(path) => Some(path.clone()),
        Source::Telegram(_) => None,
    }
}

/// What was done with a request; of one that came to nothing, or was answered before, no file stays.
pub(super) async fn tidied(
    app: &App,
    stored: Option<String>,
    done: domain::Result<Response>,
) -> domain::Result<Response> {
    let Some(path) = stored else {
        return done;
    };
    match done {
        Ok(answer) => {
            if !is_new(&answer) {
                remove(app, path).await;
            }
            Ok(answer)
        }
        Err(error) => {
            if attachment::is_left_over(&app.store, &path, &error).await {
                remove(app, path).await;
            }
            Err(error)
        }
    }
}

fn is_new(answer: &Response) -> bool {
    answer.status().is_success() && !answer.headers().contains_key(REPLAYED)
}

async fn remove(app: &App, path: String) {
    let removed = tokio::time::timeout(PATIENCE, app.files.remove(&path)).await;
    if !matches!(removed, Ok(Ok(()))) {
        tracing::warn!("a file of a request that came to nothing stays in the store");
    }
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

/// The bytes of a piece of evidence, or those of one `Range`; `ETag` and `If-None-Match`, `If-Range`.
#[utoipa::path(get, path = "/attachments/{id}", tag = "tasks", operation_id = "attachments_get",
    params(("id" = i64, Path)),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream", description = "In its own content type"),
        (status = 206, body = Vec<u8>, content_type = "application/octet-stream", description = "The part that was asked for")))]
async fn fetch(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    asked: HeaderMap,
) -> Result<Response> {
    let file = attachment::find(&app.store, &signed.actor, id).await?;
    let stored = file.path.clone();
    match stored.filter(|_| file.state == FetchState::Stored) {
        Some(path) => download::answer(&app, &asked, &file, &path).await,
        None => Err(not_here(file.state)),
    }
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
