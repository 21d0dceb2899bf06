//! A real teloxide bot understands the paper Telegram.

use std::time::Duration;

use ::teloxide::{
    Bot,
    net::Download,
    payloads::{
        AnswerCallbackQuerySetters, EditMessageTextSetters, GetUpdatesSetters, SendMessageSetters,
        SetMyCommandsSetters,
    },
    prelude::Requester,
    types::{
        BotCommand, BotCommandScope, ButtonRequest, ChatId, InlineKeyboardButton,
        InlineKeyboardMarkup, InputFile, KeyboardButton, KeyboardMarkup, MessageKind, ParseMode,
        Recipient, Update, UpdateKind,
    },
};
use telegram::Paper;

use crate::{Outcome, client::TOKEN};

async fn paper() -> Result<(Paper, Bot), Box<dyn std::error::Error>> {
    let paper = Paper::start("127.0.0.1:0".parse()?).await?;
    paper.add_bot(TOKEN, "gad_bot");
    let bot = Bot::new(TOKEN).set_api_url(paper.api_url().parse()?);
    Ok((paper, bot))
}

async fn updates(bot: &Bot, offset: i32) -> Result<Vec<Update>, ::teloxide::RequestError> {
    bot.get_updates().offset(offset).timeout(5).await
}

#[tokio::test]
async fn keyboards_presses_and_edits_make_the_round() -> Outcome {
    let (paper, bot) = paper().await?;
    assert_eq!(bot.get_me().await?.username(), "gad_bot");
    let ana = paper.person(1001, "Ana", "es");
    ana.says("/start abc")?;
    let got = updates(&bot, 0).await?;
    let UpdateKind::Message(message) = &got[0].kind else {
        return Err("no message".into());
    };
    assert_eq!(
        (message.chat.id, message.text()),
        (ChatId(1001), Some("/start abc"))
    );

    let keys = InlineKeyboardMarkup::new([[
        InlineKeyboardButton::callback("Sí", "y"),
        InlineKeyboardButton::callback("No", "n"),
    ]]);
    let sent = bot
        .send_message(ChatId(1001), "<b>Hola</b> Ana")
        .parse_mode(ParseMode::Html)
        .reply_markup(keys)
        .await?;
    let below =
        KeyboardMarkup::new([[KeyboardButton::new("SOS").request(ButtonRequest::Location)]]);
    bot.send_message(ChatId(1001), "menú")
        .reply_markup(below)
        .await?;
    assert_eq!(
        ana.last_message().map(|seen| seen.text),
        Some("menú".to_owned())
    );

    let press = ana.taps("Sí")?;
    ana.taps("SOS")?;
    let offset = i32::try_from(got[0].id.0)? + 1;
    let got = updates(&bot, offset).await?;
    assert!(matches!(
        got.iter().map(|update| &update.kind).collect::<Vec<_>>()[..],
        [UpdateKind::CallbackQuery(_), UpdateKind::Message(_)]
    ));
    let UpdateKind::CallbackQuery(query) = &got[0].kind else {
        return Err("no press".into());
    };
    assert_eq!(query.data.as_deref(), Some("y"));
    bot.answer_callback_query(query.id.clone())
        .text("Listo")
        .await?;
    assert_eq!(
        ana.until_answered(&press).await?.text.as_deref(),
        Some("Listo")
    );
    let edited = bot
        .edit_message_text(ChatId(1001), sent.id, "Chau")
        .parse_mode(ParseMode::Html)
        .await?;
    assert!(matches!(edited.kind, MessageKind::Common(_)));
    let same = bot.edit_message_text(ChatId(1001), sent.id, "Chau").await;
    assert!(matches!(
        same,
        Err(::teloxide::RequestError::Api(
            teloxide::ApiError::MessageNotModified
        ))
    ));
    paper.stop().await;
    Ok(())
}

#[tokio::test]
async fn files_go_both_ways() -> Outcome {
    let (paper, bot) = paper().await?;
    let ana = paper.person(1001, "Ana", "es");
    ana.sends_photo(b"\xff\xd8 a photo", "poste caído")?;
    let got = updates(&bot, 0).await?;
    let UpdateKind::Message(message) = &got[0].kind else {
        return Err("no message".into());
    };
    let photo = message
        .photo()
        .and_then(|sizes| sizes.last())
        .ok_or("no photo")?;
    let file = bot.get_file(photo.file.id.clone()).await?;
    let mut bytes = Vec::new();
    bot.download_file(&file.path, &mut bytes).await?;
    assert_eq!(bytes, b"\xff\xd8 a photo");

    bot.send_document(
        ChatId(1001),
        InputFile::memory("a,b\n").file_name("informe.csv"),
    )
    .await?;
    let seen = ana.last_message().ok_or("no document")?;
    assert_eq!(seen.media, Some("document"));
    assert_eq!(seen.json["document"]["file_name"], "informe.csv");
    let bytes = seen.file_id().and_then(|id| ana.file(id));
    assert_eq!(bytes.as_deref(), Some("a,b\n".as_bytes()));
    Ok(())
}

#[tokio::test]
async fn commands_are_published_per_scope_and_language() -> Outcome {
    let (paper, bot) = paper().await?;
    let ana = paper.person(1001, "Ana", "es-AR");
    ana.says("hola")?;
    bot.set_my_commands([BotCommand::new("help", "Help")])
        .await?;
    let scope = BotCommandScope::Chat {
        chat_id: Recipient::Id(ChatId(1001)),
    };
    bot.set_my_commands([BotCommand::new("tareas", "Mis tareas")])
        .scope(scope)
        .language_code("es")
        .await?;
    assert_eq!(ana.commands()[0]["command"], "tareas");
    let everybody = paper.commands(&serde_json::json!({"type": "default"}), "");
    assert_eq!(everybody[0]["command"], "help");
    Ok(())
}

#[tokio::test]
async fn refusals_are_understood() -> Outcome {
    use ::teloxide::{ApiError, RequestError};
    let (paper, bot) = paper().await?;
    let ana = paper.person(1001, "Ana", "es");
    let stranger = bot.send_message(ChatId(99), "x").await;
    assert!(matches!(
        stranger,
        Err(RequestError::Api(ApiError::ChatNotFound))
    ));
    ana.says("hola")?;
    ana.blocks_bot()?;
    let blocked = bot.send_message(ChatId(1001), "x").await;
    assert!(matches!(
        blocked,
        Err(RequestError::Api(ApiError::BotBlocked))
    ));
    ana.unblocks_bot()?;
    paper.set_rates(Some(telegram::Rates {
        chat_burst: 1,
        ..telegram::Rates::default()
    }));
    bot.send_message(ChatId(1001), "x").await?;
    let fast = bot.send_message(ChatId(1001), "x").await;
    assert!(
        matches!(fast, Err(RequestError::RetryAfter(pause)) if pause.duration() == Duration::from_secs(1))
    );
    Ok(())
}

#[tokio::test]
async fn every_kind_of_update_is_readable() -> Outcome {
    let (paper, bot) = paper().await?;
    let ana = paper.person(1001, "Ana", "es");
    ana.sends_voice(b"voice")?;
    ana.sends_video(b"video", "un video")?;
    ana.sends_document(b"doc", "a.pdf", "")?;
    ana.shares_location(-34.6, -58.4)?;
    ana.shares_venue(-34.6, -58.4, "Plaza Moreno")?;
    ana.sends_animation(b"gif", "un gif")?;
    ana.sends_album(&[b"one", b"two"], "un par")?;
    let live = ana
        .shares_live_location(-34.6, -58.4, 900)?
        .message_id
        .ok_or("no id")?;
    ana.moves_live_location(live, -34.7, -58.5)?;
    ana.stops_live_location(live)?;
    ana.presses_data(7777, "forged")?;
    ana.asks_inline("PAT-2026-0001")?;
    ana.blocks_bot()?;
    let got = updates(&bot, 0).await?;
    assert_eq!(got.len(), 14);
    let unread: Vec<_> = got
        .iter()
        .filter(|update| matches!(update.kind, UpdateKind::Error(_)))
        .collect();
    assert!(unread.is_empty(), "{unread:?}");
    let messages: Vec<_> = got
        .iter()
        .filter_map(|update| match &update.kind {
            UpdateKind::Message(message) => Some(message),
            _ => None,
        })
        .collect();
    let venue = messages.iter().find_map(|message| message.venue());
    assert_eq!(
        venue.map(|venue| venue.title.as_str()),
        Some("Plaza Moreno")
    );
    assert!(
        messages
            .iter()
            .any(|message| message.animation().is_some() && message.document().is_none())
    );
    let album: Vec<_> = messages
        .iter()
        .filter(|message| message.media_group_id().is_some())
        .collect();
    let [first, second] = album[..] else {
        return Err(format!("two of an album, not {}", album.len()).into());
    };
    assert_eq!(first.media_group_id(), second.media_group_id());
    assert_eq!(first.id.0 + 1, second.id.0);
    assert_eq!(
        [first.caption(), second.caption()],
        [Some("un par"), None],
        "the words of an album stand under its first"
    );
    Ok(())
}
