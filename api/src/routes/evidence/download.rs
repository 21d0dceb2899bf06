//! The bytes of a file as they are asked for: all of them or a part, in pieces, and whole only when they are what was stored.

use std::{ops::Range, pin::Pin};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    attachment::Attachment,
    files::{self, Opened},
};
use futures::StreamExt;

use super::{PATIENCE, evidence_headers, store_failed};
use crate::{
    answer::is_known,
    app::App,
    error::{Problem, Result},
};

/// What is asked for of a file.
#[derive(Debug, PartialEq)]
enum Wanted {
    All,
    Part(Range<u64>),
    /// A part behind its end.
    Nothing,
}

/// Answers with what is asked for of a file that lies at `path`.
pub(super) async fn answer(
    app: &App,
    asked: &HeaderMap,
    file: &Attachment,
    path: &str,
) -> Result<Response> {
    let tag = tag(file, path);
    let known = asked.get(header::IF_NONE_MATCH);
    let mut response = if known.is_some_and(|known| is_known(known, Some(&tag))) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let size = file.bytes.and_then(|bytes| u64::try_from(bytes).ok());
        let wanted = size.map_or(Wanted::All, |size| wanted(asked, &tag, size));
        send(app, path, wanted, size.unwrap_or_default()).await?
    };
    if response.status().is_client_error() {
        return Ok(response);
    }
    let headers = response.headers_mut();
    headers.extend(evidence_headers(&file.mime, file.name.as_deref()));
    headers.insert(header::ETAG, tag);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    Ok(response)
}

/// A file never changes: what its name tells of its bytes, or else its number.
fn tag(file: &Attachment, path: &str) -> HeaderValue {
    let tag = match files::sum_of(path) {
        Some(sum) => format!("\"{sum}\""),
        None => format!("\"file-{}\"", file.id),
    };
    HeaderValue::from_str(&tag).expect("a sum and a number are ASCII")
}

async fn send(app: &App, path: &str, wanted: Wanted, size: u64) -> Result<Response> {
    match wanted {
        Wanted::All => {
            let (all, body) = body(app, path, None).await?;
            let length = (header::CONTENT_LENGTH, all.to_string());
            Ok(with(body.into_response(), &[length]))
        }
        Wanted::Part(part) => {
            let (all, body) = body(app, path, Some(part.clone())).await?;
            if all != size {
                return Err(store_failed("a file has another size than it had"));
            }
            let which = format!("bytes {}-{}/{all}", part.start, part.end - 1);
            let length = (part.end - part.start).to_string();
            Ok(with(
                (StatusCode::PARTIAL_CONTENT, body).into_response(),
                &[
                    (header::CONTENT_RANGE, which),
                    (header::CONTENT_LENGTH, length),
                ],
            ))
        }
        Wanted::Nothing => {
            let problem = Problem::new(
                StatusCode::RANGE_NOT_SATISFIABLE,
                "range",
                "The file ends before that",
            );
            let end = (header::CONTENT_RANGE, format!("bytes */{size}"));
            Ok(with(problem.into_response(), &[end]))
        }
    }
}

fn with(mut response: Response, headers: &[(HeaderName, String)]) -> Response {
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).expect("numbers are ASCII");
        response.headers_mut().insert(name, value);
    }
    response
}

/// Bytes of the whole file, and what was asked for of it; the first piece has come when this returns.
async fn body(app: &App, path: &str, part: Option<Range<u64>>) -> Result<(u64, Body)> {
    let whole = part.is_none();
    let begun = async {
        let Some(Opened { size, pieces }) = app.files.open(path, part).await? else {
            return Ok(None);
        };
        let pieces = match whole {
            true => files::checked(path, pieces),
            false => pieces,
        };
        let mut pieces = pieces.peekable();
        let broken = matches!(Pin::new(&mut pieces).peek().await, Some(Err(_)));
        if broken && let Some(Err(error)) = pieces.next().await {
            return Err(error);
        }
        Ok(Some((size, Body::from_stream(pieces))))
    };
    match tokio::time::timeout(PATIENCE, begun).await {
        Ok(Ok(Some(begun))) => Ok(begun),
        Ok(Ok(None)) => Err(Problem::not_found()),
        Ok(Err(error)) => Err(store_failed(&error.to_string())),
        Err(_) => Err(store_failed("it took too long")),
    }
}

/// A part is answered to who has nothing of the file, or a part of what it still is.
fn wanted(asked: &HeaderMap, tag: &HeaderValue, size: u64) -> Wanted {
    let other = asked.get(header::IF_RANGE).is_some_and(|had| had != tag);
    match asked
        .get(header::RANGE)
        .and_then(|range| range.to_str().ok())
    {
        Some(range) if !other => part(range, size),
        _ => Wanted::All,
    }
}

/// Several parts at once, and what is no range of bytes, are answered with all.
fn part(range: &str, size: u64) -> Wanted {
    let bounds = range.trim().strip_prefix("bytes=");
    let Some((from, to)) = bounds.and_then(|bounds| bounds.split_once('-')) else {
        return Wanted::All;
    };
    let part = match (number(from), number(to)) {
        (Some(from), Some(to)) if from <= to => from..to.saturating_add(1).min(size),
        (Some(from), None) if to.is_empty() => from..size,
        (None, Some(last)) if from.is_empty() => size.saturating_sub(last)..size,
        _ => return Wanted::All,
    };
    match part.is_empty() {
        true => Wanted::Nothing,
        false => Wanted::Part(part),
    }
}

fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_lie_within_the_file() {
        for (range, found) in [
            ("bytes=0-0", Wanted::Part(0..1)),
            ("bytes=2-4", Wanted::Part(2..5)),
            ("bytes=7-", Wanted::Part(7..10)),
            ("bytes=-3", Wanted::Part(7..10)),
            ("bytes=-30", Wanted::Part(0..10)),
            ("bytes=8-18446744073709551615", Wanted::Part(8..10)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=12-13", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=4-2", Wanted::All),
            ("bytes=0-1,3-4", Wanted::All),
            ("bytes=+1-2", Wanted::All),
            ("bytes=-", Wanted::All),
            ("lines=1-2", Wanted::All),
        ] {
            assert_eq!(part(range, 10), found, "{range}");
        }
    }

    #[test]
    fn a_part_of_another_file_is_not_gone_on_with() {
        let tag = HeaderValue::from_static("\"a\"");
        let mut asked = HeaderMap::new();
        asked.insert(header::RANGE, HeaderValue::from_static("bytes=1-2"));
        assert_eq!(wanted(&asked, &tag, 10), Wanted::Part(1..3));
        asked.insert(header::IF_RANGE, tag.clone());
        assert_eq!(wanted(&asked, &tag, 10), Wanted::Part(1..3));
        asked.insert(header::IF_RANGE, HeaderValue::from_static("\"b\""));
        assert_eq!(wanted(&asked, &tag, 10), Wanted::All);
    }
}
