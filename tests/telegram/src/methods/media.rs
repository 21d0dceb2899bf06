//! Sending files: photo, document, video, voice, audio, animation.

use axum::body::Bytes;
use serde_json::{Map, Value, json};

use super::send::{Body, deliver, put_caption};
use crate::{
    answer::{Answer, Refusal},
    config::Config,
    desk::Desk,
    files::{Files, picture_size},
    params::{Params, Upload},
};

const PHOTO_LIMIT: usize = 10 * 1024 * 1024;
/// One grey pixel; what the smallest size of every photo contains.
const PIXEL: &[u8] = include_bytes!("pixel.png");

pub(super) fn photo(desk: &mut Desk<'_>, params: &Params) -> Answer {
    media(desk, params, "photo")
}

pub(super) fn document(desk: &mut Desk<'_>, params: &Params) -> Answer {
    media(desk, params, "document")
}

pub(super) fn video(desk: &mut Desk<'_>, params: &Params) -> Answer {
    media(desk, params, "video")
}

pub(super) fn voice(desk: &mut Desk<'_>, params: &Params) -> Answer {
    media(desk, params, "voice")
}

pub(super) fn audio(desk: &mut Desk<'_>, params: &Params) -> Answer {
    media(desk, params, "audio")
}

pub(super) fn animation(desk: &mut Desk<'_>, params: &Params) -> Answer {
    media(desk, params, "animation")
}

/// A round video takes no words.
pub(super) fn video_note(desk: &mut Desk<'_>, params: &Params) -> Answer {
    media(desk, params, "video_note")
}

fn media(desk: &mut Desk<'_>, params: &Params, kind: &str) -> Answer {
    let chat = desk.writable(params)?;
    let mut body = Body::new();
    put_caption(&mut body, params)?;
    let content = content(desk, params, kind, params.text(kind))?;
    body.insert(kind.to_owned(), content);
    deliver(desk, params, chat, body)
}

/// The media object for an upload, an `attach://` name or a known file id.
pub(super) fn content(
    desk: &mut Desk<'_>,
    params: &Params,
    kind: &str,
    reference: Option<String>,
) -> Result<Value, Refusal> {
    let reference = reference.unwrap_or_default();
    let part = reference.strip_prefix("attach://").unwrap_or(kind);
    let uploaded = params
        .uploads
        .get(part)
        .filter(|_| reference.is_empty() || reference.starts_with("attach://"));
    if let Some(upload) = uploaded {
        check(kind, upload)?;
        return Ok(keep(desk.files, desk.config, kind, upload, &params.fields));
    }
    if reference.is_empty() || reference.starts_with("attach://") {
        return Err(Refusal::bad(format!("there is no {kind} in the request")));
    }
    if reference.starts_with("http://") || reference.starts_with("https://") {
        return Err(Refusal::bad("failed to get HTTP URL content"));
    }
    known(desk.files, kind, &reference)
}

fn check(kind: &str, upload: &Upload) -> Result<(), Refusal> {
    if upload.bytes.is_empty() {
        return Err(Refusal::bad("file must be non-empty"));
    }
    if kind == "photo" && upload.bytes.len() > PHOTO_LIMIT {
        return Err(Refusal::bad(format!(
            "file of size {} bytes is too big for a photo; the maximum size is {PHOTO_LIMIT} bytes",
            upload.bytes.len()
        )));
    }
    if kind == "photo" && picture_size(&upload.bytes).is_none() {
        return Err(Refusal::bad("IMAGE_PROCESS_FAILED"));
    }
    Ok(())
}

fn known(files: &Files, kind: &str, id: &str) -> Result<Value, Refusal> {
    let row = files
        .get(id)
        .ok_or_else(|| Refusal::bad("wrong file identifier/HTTP URL specified"))?;
    if !row.path.starts_with(&format!("{}/", defaults(kind).0)) {
        return Err(Refusal::bad(format!("can't use this file as {kind}")));
    }
    let mut media = row.describe(id);
    describe(
        &mut media,
        kind,
        &row.name,
        &row.mime,
        &row.bytes,
        &Map::new(),
    );
    Ok(if kind == "photo" {
        json!([media])
    } else {
        media
    })
}

/// Stores bytes and returns the media object that messages carry for them.
pub(crate) fn keep(
    files: &mut Files,
    config: &Config,
    kind: &str,
    upload: &Upload,
    details: &Map<String, Value>,
) -> Value {
    let (folder, default_name, default_mime) = defaults(kind);
    let name = upload
        .name
        .as_deref()
        .filter(|name| !name.is_empty())
        .unwrap_or(default_name);
    let mime = upload.mime.as_deref().unwrap_or(default_mime);
    let id = files.keep(folder, name, mime, upload.bytes.clone(), config.file_bytes);
    let mut media = json!({});
    if let Some(row) = files.get(&id) {
        media = row.describe(&id);
    }
    describe(&mut media, kind, name, mime, &upload.bytes, details);
    if kind != "photo" {
        return media;
    }
    let small = files.keep(
        folder,
        "small.png",
        "image/png",
        Bytes::from_static(PIXEL),
        config.file_bytes,
    );
    let mut size = files
        .get(&small)
        .map_or(Value::Null, |row| row.describe(&small));
    size["width"] = json!(1);
    size["height"] = json!(1);
    json!([size, media])
}

/// Folder of the download path, usual file name and usual type of a kind.
fn defaults(kind: &str) -> (&'static str, &'static str, &'static str) {
    match kind {
        "photo" => ("photos", "photo.jpg", "image/jpeg"),
        "video" => ("videos", "video.mp4", "video/mp4"),
        "voice" => ("voice", "voice.oga", "audio/ogg"),
        "video_note" => ("video_notes", "note.mp4", "video/mp4"),
        "audio" => ("music", "audio.mp3", "audio/mpeg"),
        "animation" => ("animations", "animation.mp4", "video/mp4"),
        _ => ("documents", "document.bin", "application/octet-stream"),
    }
}

fn describe(
    media: &mut Value,
    kind: &str,
    name: &str,
    mime: &str,
    bytes: &[u8],
    details: &Map<String, Value>,
) {
    let number = |name: &str, default: i64| {
        let given = details.get(name);
        given
            .and_then(|value| value.as_i64().or_else(|| value.as_str()?.parse().ok()))
            .unwrap_or(default)
    };
    if kind == "photo" {
        let (width, height) = picture_size(bytes).unwrap_or((1, 1));
        media["width"] = json!(width);
        media["height"] = json!(height);
        return;
    }
    if kind == "video_note" {
        media["length"] = json!(number("length", 240));
        media["duration"] = json!(number("duration", 1));
        return;
    }
    media["mime_type"] = json!(mime);
    if kind == "video" || kind == "animation" {
        media["width"] = json!(number("width", 640));
        media["height"] = json!(number("height", 360));
    }
    if kind == "document" {
        media["file_name"] = json!(name);
    } else {
        media["duration"] = json!(number("duration", 1));
    }
}
