//! A word that several things wait for: each of them has a button.

use domain::{
    Result, broadcast,
    broadcast::Reply as Said,
    emergency::{self, Named},
};
use locales::Sentence;

use crate::{
    keyboards::{Button, Help, Rows, Verb},
    screen::Screen,
    text,
    view::{View, plain, with},
};

/// The most characters of a broadcast that name it on a button.
const NAME: usize = 40;

/// Asks which one it is: of these calls for help, of these tasks, or the broadcast.
pub(super) async fn asked(
    view: &View,
    going: bool,
    (calls, tasks): (&[i64], &[i64]),
    broadcast: Option<i64>,
) -> Result<Screen> {
    let named = emergency::named(&view.store, calls, tasks).await?;
    let mut buttons: Vec<(String, Button)> = named
        .into_iter()
        .map(|one| button(view, one, going))
        .collect();
    if let Some(id) = broadcast {
        buttons.push(answer(view, id, going).await?);
    }
    let question = match going {
        true => Sentence::EmergencyWhichGo,
        false => Sentence::EmergencyWhichCannot,
    };
    Ok(with(
        Rows::default().column(buttons),
        plain(view.say(&question)),
    ))
}

fn button(view: &View, one: Named, going: bool) -> (String, Button) {
    let button = match (one.call, going) {
        (None, true) => task(Verb::EnRoute, one.task_id),
        (None, false) => task(Verb::Decline, one.task_id),
        (Some(id), true) => help(Help::Go, id),
        (Some(id), false) => help(Help::Decline, id),
    };
    let label = Sentence::TasksButton {
        code: one.code.into(),
        title: one.title.into(),
    };
    (view.say(&label), button)
}

fn task(verb: Verb, id: i64) -> Button {
    Button::Task { verb, id }
}

fn help(verb: Help, id: i64) -> Button {
    Button::Help { verb, id }
}

async fn answer(view: &View, id: i64, going: bool) -> Result<(String, Button)> {
    let said = match going {
        true => Said::OnTheWay,
        false => Said::Declined,
    };
    let of = broadcast::show(&view.store, id).await?;
    let label = Sentence::BroadcastButton {
        text: text::cut(&of.text, NAME).into(),
    };
    Ok((view.say(&label), Button::Broadcast { said, id }))
}
