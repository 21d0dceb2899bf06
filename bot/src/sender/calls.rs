//! The few calls that show something to a person.

use std::time::Duration;

use domain::{broadcast::Attached, card::Subject};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};
use teloxide::{
    payloads::{
        EditMessageText, EditMessageTextSetters, SendLocation, SendMessage, SendMessageSetters,
    },
    types::{ChatId, KeyboardRemove, LinkPreviewOptions, MessageId, ReplyMarkup, ThreadId},
};

use crate::{
    client::{CALL, Client},
    errors::{CallError, Verdict},
    screen::{Form, Keyboard, Made, Media, Pin, Screen},
};

/// A message that Telegram took, and what it calls the file in it.
#[derive(Deserialize)]
pub struct Posted {
    pub message_id: i64,
    #[serde(default)]
    photo: Vec<Given>,
    video: Option<Given>,
    animation: Option<Given>,
    audio: Option<Given>,
    voice: Option<Given>,
    document: Option<Given>,
}

#[derive(Deserialize)]
struct Given {
    file_id: String,
}

impl Posted {
    /// The file in it, by the id under which anybody can be sent it again. A moving picture is named as a document too.
    pub fn file(self) -> Option<Attached> {
        let named = |given: Option<Given>, of: fn(String) -> Attached| Some(of(given?.file_id));
        named(self.photo.into_iter().next_back(), Attached::Photo)
            .or_else(|| named(self.video, Attached::Video))
            .or_else(|| named(self.animation, Attached::Animation))
            .or_else(|| named(self.audio, Attached::Audio))
            .or_else(|| named(self.voice, Attached::Voice))
            .or_else(|| named(self.document, Attached::Document))
    }
}

/// Sends a screen as a new message.
pub async fn send(client: &Client, chat: ChatId, screen: &Screen) -> Result<Posted, CallError> {
    if let Some(Media::Round(_)) = screen.media
        && !screen.text.is_empty()
    {
        client
            .call::<IgnoredAny, _>(&SendMessage::new(chat, &screen.text))
            .await?;
    }
    match (&screen.media, screen.location) {
        (Some(Media::Drawn(made)), _) => {
            upload(client, chat, screen, ("sendPhoto", "photo"), made).await
        }
        (Some(Media::Written(made)), _) => upload(client, chat, screen, AS_DOCUMENT, made).await,
        (Some(Media::Brought(form, made)), _) => bring(client, chat, screen, *form, made).await,
        (Some(media), _) => {
            client
                .ask(method(media), &with_media(chat, screen, media), CALL)
                .await
        }
        (None, Some(place)) if screen.text.is_empty() => {
            client.call(&pin(chat, place, screen)).await
        }
        (None, _) => client.call(&message(chat, screen)).await,
    }
}

const AS_DOCUMENT: (&str, &str) = ("sendDocument", "document");

/// In the form it should have, else as a document: Telegram takes only some pictures and films as such.
async fn bring(
    client: &Client,
    chat: ChatId,
    screen: &Screen,
    form: Form,
    made: &Made,
) -> Result<Posted, CallError> {
    let how = match form {
        Form::Photo => ("sendPhoto", "photo"),
        Form::Video => ("sendVideo", "video"),
        Form::Voice => ("sendVoice", "voice"),
        Form::Document => AS_DOCUMENT,
    };
    match upload(client, chat, screen, how, made).await {
        Err(error) if form != Form::Document && error.verdict() == Verdict::Refused => {
            tracing::debug!(%error, "a file goes as a document");
            upload(client, chat, screen, AS_DOCUMENT, made).await
        }
        done => done,
    }
}

/// How long a file of our own may take to arrive.
const UPLOAD: Duration = Duration::from_secs(50);

async fn upload(
    client: &Client,
    chat: ChatId,
    screen: &Screen,
    (method, field): (&str, &'static str),
    made: &Made,
) -> Result<Posted, CallError> {
    let mut fields = vec![
        ("chat_id", chat.0.to_string()),
        ("caption", screen.text.clone()),
        ("caption_entities", json!(screen.entities).to_string()),
    ];
    if let Some(markup) = markup(&screen.keyboard) {
        fields.push(("reply_markup", json!(markup).to_string()));
    }
    if let Some(thread) = screen.thread {
        fields.push(("message_thread_id", thread.to_string()));
    }
    client.upload(method, fields, (field, made), UPLOAD).await
}

#[derive(Deserialize)]
struct Opened {
    message_thread_id: i64,
}

/// Opens a topic in a forum and returns its number.
pub async fn open_topic(client: &Client, chat: ChatId, name: &str) -> Result<i64, CallError> {
    let body = json!({ "chat_id": chat, "name": name });
    let opened: Opened = client.ask("createForumTopic", &body, CALL).await?;
    Ok(opened.message_thread_id)
}

/// From now on nobody but administrators writes into the topic, or everybody again.
pub async fn shut_topic(
    client: &Client,
    chat: ChatId,
    thread: i64,
    shut: bool,
) -> Result<(), CallError> {
    let body = json!({ "chat_id": chat, "message_thread_id": thread });
    let method = match shut {
        true => "closeForumTopic",
        false => "reopenForumTopic",
    };
    client
        .ask::<IgnoredAny>(method, &body, CALL)
        .await
        .map(drop)
}

/// Sends the pin that follows a text, into the same topic.
pub async fn send_pin(
    client: &Client,
    chat: ChatId,
    pin: Pin,
    thread: Option<i64>,
) -> Result<(), CallError> {
    let mut payload = located(chat, pin);
    payload.message_thread_id = topic(thread);
    client.call::<IgnoredAny, _>(&payload).await.map(drop)
}

/// Telegram counts messages, and so topics, in 32 bits.
fn topic(thread: Option<i64>) -> Option<ThreadId> {
    let id = i32::try_from(thread?).ok()?;
    Some(ThreadId(MessageId(id)))
}

/// Turns a message into a screen.
pub async fn edit(
    client: &Client,
    chat: ChatId,
    message: MessageId,
    screen: &Screen,
) -> Result<(), CallError> {
    let mut payload = EditMessageText::new(chat, message, &screen.text)
        .entities(screen.entities.clone())
        .link_preview_options(no_preview());
    if let Keyboard::Inline(buttons) = &screen.keyboard {
        payload.reply_markup = Some(buttons.clone());
    }
    client.call::<IgnoredAny, _>(&payload).await.map(drop)
}

fn message(chat: ChatId, screen: &Screen) -> SendMessage {
    let mut payload = SendMessage::new(chat, &screen.text)
        .entities(screen.entities.clone())
        .link_preview_options(no_preview());
    payload.message_thread_id = topic(screen.thread);
    payload.reply_markup = markup(&screen.keyboard);
    // A broadcast that shall not ring is for somebody who calls for help.
    let quiet = matches!(screen.subject, Some(Subject::Broadcast(_))) && !screen.ring;
    payload.disable_notification = quiet.then_some(true);
    payload
}

fn pin(chat: ChatId, pin: Pin, screen: &Screen) -> SendLocation {
    let mut payload = located(chat, pin);
    payload.message_thread_id = topic(screen.thread);
    payload.reply_markup = markup(&screen.keyboard);
    payload
}

/// Telegram draws no larger circle.
const RADIUS_MOST: f64 = 1500.0;

fn located(chat: ChatId, pin: Pin) -> SendLocation {
    let mut payload = SendLocation::new(chat, pin.lat, pin.lon);
    payload.horizontal_accuracy = pin.accuracy_m.map(|metres| metres.min(RADIUS_MOST));
    payload
}

fn with_media(chat: ChatId, screen: &Screen, media: &Media) -> Value {
    let (field, file_id) = match media {
        Media::Photo(id) => ("photo", id),
        Media::Video(id) => ("video", id),
        Media::Voice(id) => ("voice", id),
        Media::Document(id) => ("document", id),
        Media::Drawn(made) | Media::Written(made) | Media::Brought(_, made) => {
            ("document", &made.name)
        }
        Media::Audio(id) => ("audio", id),
        Media::Round(id) => ("video_note", id),
        Media::Animation(id) => ("animation", id),
    };
    let mut body = json!({ "chat_id": chat, field: file_id });
    if !matches!(media, Media::Round(_)) {
        body["caption"] = json!(screen.text);
        body["caption_entities"] = json!(screen.entities);
    }
    if let Some(markup) = markup(&screen.keyboard) {
        body["reply_markup"] = json!(markup);
    }
    if let Some(thread) = screen.thread {
        body["message_thread_id"] = json!(thread);
    }
    body
}

fn method(media: &Media) -> &'static str {
    match media {
        Media::Photo(_) => "sendPhoto",
        Media::Video(_) => "sendVideo",
        Media::Voice(_) => "sendVoice",
        Media::Document(_) | Media::Drawn(_) | Media::Written(_) | Media::Brought(..) => {
            "sendDocument"
        }
        Media::Audio(_) => "sendAudio",
        Media::Round(_) => "sendVideoNote",
        Media::Animation(_) => "sendAnimation",
    }
}

fn markup(keyboard: &Keyboard) -> Option<ReplyMarkup> {
    match keyboard {
        Keyboard::None => None,
        Keyboard::Inline(buttons) => Some(ReplyMarkup::InlineKeyboard(buttons.clone())),
        Keyboard::Reply(keys) => Some(ReplyMarkup::Keyboard(keys.clone())),
        Keyboard::Remove => Some(ReplyMarkup::KeyboardRemove(KeyboardRemove::new())),
    }
}

/// Links in what people wrote must not unfold in everybody's chat.
fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}
