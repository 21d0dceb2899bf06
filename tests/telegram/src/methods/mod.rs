//! The Bot API's methods, one function each, found by name.

mod callback;
mod chat;
mod commands;
mod edit;
mod forum;
mod me;
mod media;
mod send;
mod webhook;

use crate::{answer::Answer, desk::Desk, params::Params};

pub(crate) use {media::keep, webhook::allow};

type Method = fn(&mut Desk<'_>, &Params) -> Answer;

/// Every method but `getUpdates`, which waits and lives with the HTTP door.
const METHODS: &[(&str, Method)] = &[
    ("getMe", me::get_me),
    ("logOut", me::fine),
    ("close", me::fine),
    ("setMyName", me::set_name),
    ("setMyDescription", me::fine),
    ("setMyShortDescription", me::fine),
    ("setMyDefaultAdministratorRights", me::fine),
    ("getFile", me::get_file),
    ("setWebhook", webhook::set),
    ("deleteWebhook", webhook::delete),
    ("getWebhookInfo", webhook::info),
    ("sendMessage", send::message),
    ("sendPhoto", media::photo),
    ("sendDocument", media::document),
    ("sendVideo", media::video),
    ("sendVoice", media::voice),
    ("sendAudio", media::audio),
    ("sendVideoNote", media::video_note),
    ("sendAnimation", media::animation),
    ("sendLocation", send::location),
    ("sendVenue", send::venue),
    ("sendContact", send::contact),
    ("copyMessage", send::copy),
    ("forwardMessage", send::forward),
    ("sendChatAction", chat::action),
    ("editMessageText", edit::text),
    ("editMessageCaption", edit::caption),
    ("editMessageMedia", edit::media),
    ("editMessageReplyMarkup", edit::markup),
    ("editMessageLiveLocation", edit::live_location),
    ("stopMessageLiveLocation", edit::stop_live_location),
    ("deleteMessage", edit::delete),
    ("deleteMessages", edit::delete_many),
    ("pinChatMessage", chat::pin),
    ("unpinChatMessage", chat::unpin),
    ("unpinAllChatMessages", chat::unpin_all),
    ("getChat", chat::get),
    ("getChatMember", chat::member),
    ("getChatMemberCount", chat::member_count),
    ("leaveChat", chat::leave),
    ("setMessageReaction", chat::reaction),
    ("createForumTopic", forum::create),
    ("editForumTopic", forum::edit),
    ("closeForumTopic", forum::close),
    ("reopenForumTopic", forum::reopen),
    ("deleteForumTopic", forum::delete),
    ("answerCallbackQuery", callback::answer),
    ("answerInlineQuery", callback::answer_inline),
    ("setMyCommands", commands::set),
    ("getMyCommands", commands::get),
    ("deleteMyCommands", commands::delete),
    ("setChatMenuButton", commands::set_menu_button),
    ("getChatMenuButton", commands::get_menu_button),
];

/// Canonical name and function of a method; names are matched without regard to case.
pub(crate) fn find(name: &str) -> Option<(&'static str, Method)> {
    METHODS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .copied()
}

/// Methods that count against the sending limits.
pub(crate) fn is_send(name: &str) -> bool {
    let sends = ["send", "edit", "copy", "forward"]
        .iter()
        .any(|verb| name.starts_with(verb));
    sends && name != "sendChatAction" && !name.ends_with("ForumTopic")
}
