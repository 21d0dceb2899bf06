//! The file that goes with a broadcast from the board, as it is brought to Telegram, and that it could not be.

use domain::{
    Error, Result,
    broadcast::{self, File, FileState},
    files::Files,
};
use locales::Sentence;

use crate::{
    screen::{Form, Made, Media, Rendered, Screen},
    text,
    view::{View, headed},
};

/// The largest picture that Telegram takes as one, in bytes.
const PICTURE_MOST: i64 = 10 * 1024 * 1024;

/// The bytes of the file; nothing once it is over, or when Telegram has them or nobody does.
pub async fn brought(view: &View, files: &dyn Files, id: i64) -> Result<Rendered> {
    let broadcast = broadcast::show(&view.store, id).await?;
    let file = broadcast::file(&view.store, id).await?;
    let waits = |file: &File| file.state == FileState::Waiting;
    let Some(file) = file.filter(|file| broadcast::is_open(broadcast.status) && waits(file)) else {
        return Ok(Rendered::Nothing);
    };
    let bytes = match &file.path {
        Some(path) => files.get(path).await,
        None => Ok(None),
    };
    let Some(bytes) = bytes.map_err(|error| Error::Away(error.to_string()))? else {
        return Ok(Rendered::Nothing);
    };
    let drill = broadcast.drill.then(|| view.say(&Sentence::TaskCardDrill));
    let made = Made {
        name: name(&file),
        mime: mime(&file.mime).to_owned().into(),
        bytes: bytes.into(),
    };
    Ok(Screen {
        text: drill.unwrap_or_default(),
        media: Some(Media::Brought(form(&file), made)),
        ..Screen::default()
    }
    .into())
}

fn form(file: &File) -> Form {
    let small = file.bytes.is_some_and(|bytes| bytes <= PICTURE_MOST);
    match file.mime.as_str() {
        "image/jpeg" | "image/png" if small => Form::Photo,
        "video/mp4" => Form::Video,
        _ => Form::Document,
    }
}

fn name(file: &File) -> String {
    let name: String = file.name.as_deref().unwrap_or_default().trim().into();
    match name.is_empty() {
        true => "file".into(),
        false => text::cut(&name, 100),
    }
}

/// What somebody's browser called it, where it can stand in a form.
pub fn mime(given: &str) -> &str {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-');
    let essence = given.split(';').next().unwrap_or_default().trim();
    let good = |part: &str| !part.is_empty() && part.chars().all(plain);
    match essence.split_once('/') {
        Some((kind, rest)) if good(kind) && good(rest) => essence,
        _ => "application/octet-stream",
    }
}

/// That nobody gets it; for whoever sent it.
pub async fn lost(view: &View, id: i64) -> Result<Rendered> {
    let broadcast = broadcast::show(&view.store, id).await?;
    let mut lines = vec![view.say(&Sentence::BroadcastFileLost {
        text: text::cut(&broadcast.text, 60).into(),
    })];
    lines.extend(broadcast.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    Ok(headed(&lines).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_stand_in_a_form_is_called_bytes() {
        assert_eq!(mime("image/png"), "image/png");
        assert_eq!(mime("text/plain; charset=utf-8"), "text/plain");
        for odd in [
            "",
            "image",
            "image/",
            "a/b/c",
            "/a/b",
            "image/p ng",
            "imágen/png",
        ] {
            assert_eq!(mime(odd), "application/octet-stream", "{odd}");
        }
    }
}
