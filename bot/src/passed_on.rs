//! A file from somebody to those who help him or answer for him.

use domain::{Actor, Error, Result, actor::Channel, broadcast::Attached, user};
use locales::Sentence;

use crate::{
    screen::{Media, Rendered, Screen},
    view::View,
};

/// The file as Telegram has it; nothing once its sender is erased.
pub async fn file(view: &View, user_id: i64, drill: bool, file: &Attached) -> Result<Rendered> {
    let system = Actor::system(Channel::Bot);
    let sender = match user::find(&view.store, &system, user_id).await {
        Ok(sender) => sender,
        Err(Error::Refused(_)) => return Ok(Rendered::Nothing),
        Err(error) => return Err(error),
    };
    if view.reader.is_none() || sender.erased_at.is_some() {
        return Ok(Rendered::Nothing);
    }
    let drill = drill.then(|| view.say(&Sentence::TaskCardDrill));
    Ok(Screen {
        text: drill.unwrap_or_default(),
        media: Some(Media::of(file.clone())),
        ..Screen::default()
    }
    .into())
}
