//! What is said about groups: in them, and to those who are responsible.

use domain::{
    Actor, Error, Result,
    actor::Channel,
    card::Subject,
    group::{self, Barred, Group},
    user,
};
use locales::{Lang, Sentence};

use crate::{
    keyboards::{Button, Rows},
    lists::PAGE,
    screen::{Rendered, Screen},
    view::{View, plain, with},
};

/// How the units to choose from are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    pub page: u32,
    /// As a new message, else in place of the page before.
    pub fresh: bool,
}

/// Which unit the place belongs to; for whoever asked, with the units to choose from.
pub async fn shown(
    view: &mut View,
    user_id: i64,
    thread: Option<i64>,
    asked: Option<Asked>,
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
    let sentence = match (unit, asked.is_some()) {
        (Some(unit), true) => Sentence::GroupAskAgain { unit: unit.into() },
        (Some(unit), false) => Sentence::GroupKept { unit: unit.into() },
        (None, true) => Sentence::GroupAsk,
        (None, false) => Sentence::GroupNone,
    };
    let (rows, turn) = match asked {
        Some(asked) => choices(view, &asker, now.as_ref(), asked.page).await?,
        None => (Rows::default(), None),
    };
    let lines: Vec<String> = std::iter::once(view.say(&sentence)).chain(turn).collect();
    Ok(Some(Screen {
        subject: Some(Subject::Spot(thread.unwrap_or_default())),
        ring: asked.is_some_and(|asked| asked.fresh),
        thread,
        ..with(rows, plain(lines.join("\n")))
    }))
}

/// The units of a page, and which page that is when there are several.
async fn choices(
    view: &View,
    asker: &Actor,
    now: Option<&Group>,
    page: u32,
) -> Result<(Rows, Option<String>)> {
    let (units, count) = group::choices(&view.store, asker, page, PAGE as u64).await?;
    let on = units.into_iter().map(|unit| {
        let (on, id) = (true, unit.id);
        (unit.name, Button::Group { on, id })
    });
    let rows = Rows::default().column(on);
    let (rows, turn) = paged(view, rows, page, count);
    Ok((rows.column(now.map(|now| end_button(view, now))), turn))
}

/// Buttons to turn the page, and which one this is; neither when there is one only.
fn paged(view: &View, rows: Rows, page: u32, count: u64) -> (Rows, Option<String>) {
    let pages = u32::try_from(count.div_ceil(PAGE as u64)).unwrap_or(u32::MAX);
    if pages < 2 {
        return (rows, None);
    }
    let page = page.min(pages - 1);
    let turn = |label: &Sentence, page: u32| (view.say(label), Button::Groups { page });
    let back = page
        .checked_sub(1)
        .map(|page| turn(&Sentence::ButtonPrevious, page));
    let on = (page + 1 < pages).then(|| turn(&Sentence::ButtonNext, page + 1));
    let which = view.say(&Sentence::Page {
        page: (page + 1).into(),
        pages: pages.into(),
    });
    (rows.row(back.into_iter().chain(on)), Some(which))
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
pub async fn mine(view: &View, page: u32, fresh: bool) -> Result<Option<Screen>> {
    let Some(reader) = &view.reader else {
        return Ok(None);
    };
    let (groups, count) = group::numbered(&view.store, reader, page, PAGE as u64).await?;
    let mut lines = vec![view.say(&match groups.is_empty() {
        true => Sentence::GroupListEmpty,
        false => Sentence::GroupList,
    })];
    let mut rows = Rows::default();
    for (one, unit) in groups {
        rows = rows.row([end_button(view, &one)]);
        lines.push(view.say(&Sentence::GroupListOne {
            title: one.title.into(),
            unit: unit.into(),
        }));
        let refused = match one.forum {
            true => Sentence::GroupListTopicsRefused,
            false => Sentence::GroupListTopicsOff,
        };
        lines.extend(one.topics_refused.then(|| view.say(&refused)));
    }
    let (rows, turn) = paged(view, rows, page, count);
    lines.extend(turn);
    lines.push(view.say(&Sentence::GroupHow));
    Ok(Some(Screen {
        subject: Some(Subject::List),
        ring: fresh,
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

/// The place gets nothing any more; nothing is said once it belongs to a unit again.
pub async fn ended(view: &View, thread: Option<i64>) -> Result<Rendered> {
    if group::at(&view.store, view.chat_id, thread)
        .await?
        .is_some()
    {
        return Ok(Rendered::Nothing);
    }
    Ok(Screen {
        subject: Some(Subject::Spot(thread.unwrap_or_default())),
        thread,
        ..plain(view.say(&Sentence::GroupNone))
    }
    .into())
}

/// What is missing for topics; nothing once they are opened, or tried again.
pub async fn topics_refused(view: &View) -> Result<Rendered> {
    let sentence = match group::barred(&view.store, view.chat_id).await? {
        Some(Barred::NoRight) => Sentence::GroupTopicsRefused,
        Some(Barred::NoTopics) => Sentence::GroupTopicsOff,
        None => return Ok(Rendered::Nothing),
    };
    Ok(plain(view.say(&sentence)).into())
}

/// Whoever registered a group has no say over it any more; nothing once somebody else has taken it over, or ended it.
pub async fn ownerless(view: &View, group_id: i64, user_id: i64) -> Result<Rendered> {
    let group = group::find(&view.store, group_id).await?;
    let Some(group) = group.filter(|group| group.registered_by == Some(user_id)) else {
        return Ok(Rendered::Nothing);
    };
    let system = Actor::system(Channel::Bot);
    let name = user::find(&view.store, &system, user_id).await?.name;
    let unit = unit_name(view, group.unit_id).await?.unwrap_or_default();
    let text = view.say(&Sentence::GroupOwnerless {
        name: name.into(),
        title: group.title.clone().into(),
        unit: unit.into(),
    });
    let rows = Rows::default().row([end_button(view, &group)]);
    Ok(with(rows, plain(text)).into())
}
