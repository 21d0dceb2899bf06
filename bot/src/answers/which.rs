//! A word that several things wait for: each of them has a button.

use std::collections::HashMap;

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

/// Asks which one it is: of these calls for help, the nearest first, of these tasks, or the broadcast.
pub(super) async fn asked(
    view: &View,
    going: bool,
    (calls, tasks): (&[i64], &[i64]),
    broadcast: Option<i64>,
) -> Result<Screen> {
    let mut named = emergency::named(&view.store, calls, tasks).await?;
    let ways = ways(view, calls).await?;
    let way = |one: &Named| one.call.and_then(|id| ways.get(&id).copied());
    named.sort_by_key(|one| way(one).map_or(i64::MAX, |metres| metres as i64));
    let mut buttons: Vec<(String, Button)> = named
        .into_iter()
        .map(|one| {
            let way = way(&one);
            button(view, one, way, going)
        })
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

/// Asks whether he leaves the call that he goes to for another.
pub(super) async fn instead(view: &View, id: i64, from: i64) -> Result<Screen> {
    let first = emergency::show(&view.store, from).await?;
    let second = emergency::show(&view.store, id).await?;
    let first = first.code.unwrap_or_default();
    let second = second.code.unwrap_or_default();
    let question = Sentence::EmergencyInstead {
        first: first.into(),
        second: second.clone().into(),
    };
    let code = second.into();
    let leave = view.say(&Sentence::ButtonInstead { code });
    let button = (leave, help(Help::Switch, id));
    Ok(with(
        Rows::default().row([button]),
        plain(view.say(&question)),
    ))
}

/// How far each call is for the reader.
async fn ways(view: &View, calls: &[i64]) -> Result<HashMap<i64, f64>> {
    match view.reader.as_ref().and_then(|reader| reader.agent_id) {
        Some(agent_id) => emergency::distances(&view.store, agent_id, calls).await,
        None => Ok(HashMap::new()),
    }
}

fn button(view: &View, one: Named, way: Option<f64>, going: bool) -> (String, Button) {
    let button = match (one.call, going) {
        (None, true) => task(Verb::EnRoute, one.task_id),
        (None, false) => task(Verb::Decline, one.task_id),
        (Some(id), true) => help(Help::Go, id),
        (Some(id), false) => help(Help::Decline, id),
    };
    let code = match way {
        Some(metres) => format!("{} · {}", one.code, text::distance(metres, view.lang)),
        None => one.code,
    };
    let label = Sentence::TasksButton {
        code: code.into(),
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
