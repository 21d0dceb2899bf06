//! What is said about groups: in them, and to those who are responsible.

use domain::{
    Actor, Error, Result,
    actor::Channel,
    card::Subject,
    group::{self, Group},
};
use locales::{Lang, Sentence};

use crate::{
    keyboards::{Button, Rows},
    screen::Screen,
    view::{View, plain, with},
};

/// Which unit the place belongs to; with `ask` the units to choose from.
pub async fn shown(
    view: &mut View,
    user_id: i64,
    thread: Option<i64>,
    ask: bool,
) -> Result<Option<Screen>> {
    let Some(asker) = Actor::of_user(&view.store, user_id, Channel::Bot).await? else {
        return Ok(None);
    };
    view.lang = Lang::from_tag(asker.lang.as_deref());
    let now = group::at(&view.store, view.chat_id, thread).await?;
    let unit = match &now {
        Some(now) => unit_name(view, now.unit_id).await?,
        None => None,
    };
    let sentence = match (unit, ask) {
        (Some(unit), true) => Sentence::GroupAskAgain { unit: unit.into() },
        (Some(unit), false) => Sentence::GroupKept { unit: unit.into() },
        (None, true) => Sentence::GroupAsk,
        (None, false) => Sentence::GroupNone,
    };
    let rows = match ask {
        true => choices(view, &asker, now.as_ref()).await?,
        false => Rows::default(),
    };
    Ok(Some(Screen {
        subject: Some(Subject::Spot(thread.unwrap_or_default())),
        ring: ask,
        thread,
        ..with(rows, plain(view.say(&sentence)))
    }))
}

async fn choices(view: &View, asker: &Actor, now: Option<&Group>) -> Result<Rows> {
    let units = group::choices(&view.store, asker).await?;
    let on = units.into_iter().map(|unit| {
        (
            unit.name,
            Button::Group {
                on: true,
                id: unit.id,
            },
        )
    });
    Ok(Rows::default()
        .column(on)
        .column(now.map(|now| end_button(view, now))))
}

fn end_button(view: &View, group: &Group) -> (String, Button) {
    let title = group.title.clone().into();
    let label = view.say(&Sentence::ButtonGroupEnd { title });
    let id = group.id;
    (label, Button::Group { on: false, id })
}

async fn unit_name(view: &View, unit_id: i64) -> Result<Option<String>> {
    let system = Actor::system(Channel::Bot);
    match domain::unit::find(&view.store, &system, unit_id).await {
        Ok(unit) => Ok(Some(unit.name)),
        Err(Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The groups of the reader's units, in his own chat, and how to register one.
pub async fn mine(view: &View) -> Result<Option<Screen>> {
    let Some(reader) = &view.reader else {
        return Ok(None);
    };
    let units = group::choices(&view.store, reader).await?;
    let ids = units.iter().map(|unit| unit.id).collect();
    let groups = group::of_units(&view.store, ids).await?;
    let mut lines = vec![view.say(&match groups.is_empty() {
        true => Sentence::GroupListEmpty,
        false => Sentence::GroupList,
    })];
    let mut rows = Rows::default();
    for unit in units {
        for one in groups.get(&unit.id).into_iter().flatten() {
            lines.push(view.say(&Sentence::GroupListOne {
                title: one.title.clone().into(),
                unit: unit.name.clone().into(),
            }));
            rows = rows.row([end_button(view, one)]);
        }
    }
    lines.push(view.say(&Sentence::GroupHow));
    Ok(Some(Screen {
        subject: Some(Subject::List),
        ring: true,
        ..with(rows, plain(lines.join("\n")))
    }))
}

/// The bot is no longer in a group; for whoever is responsible.
pub async fn lost(view: &View, unit_id: i64, title: &str) -> Result<Screen> {
    let unit = unit_name(view, unit_id).await?.unwrap_or_default();
    Ok(plain(view.say(&Sentence::GroupLost {
        title: title.into(),
        unit: unit.into(),
    })))
}
