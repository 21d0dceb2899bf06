//! The secret link under which one's calendar program reads one's shifts.

use domain::{
    Result,
    calendar::{self, Whose},
    outbox::{self, Lane, Message, Notice},
};
use locales::Sentence;

use crate::{
    ctx::Ctx,
    keyboards::{Button, DutyVerb, Rows},
    reply::Reply,
    screen::Rendered,
    view::{View, plain, with},
};

/// Makes a link; its message is the only one that ever shows it.
pub async fn open(ctx: &Ctx, agent_id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            let made = calendar::open(tx, &inner.actor, Whose::Agent(agent_id)).await?;
            let notice = Notice::Calendar {
                calendar_id: made.calendar.id,
                token: made.token,
            };
            let message = Message::news(inner.chat_id, inner.actor.user_id, notice);
            outbox::push(tx, vec![message.in_lane(Lane::Answer)]).await
        })
    })
    .await
    .map(drop)
}

/// Makes a link useless.
pub async fn close(ctx: &Ctx, calendar_id: i64) -> Result<()> {
    let inner = ctx.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            calendar::revoke(tx, &inner.actor, calendar_id).await?;
            inner.say(tx, Reply::CalendarClosed).await
        })
    })
    .await
    .map(drop)
}

/// The link itself; nothing once it was sent, or where nobody outside could open it.
pub fn link(view: &View, calendar_id: i64, token: &str) -> Rendered {
    let origin = view.store.rules().public_origin.as_ref();
    let Some(origin) = origin.filter(|_| !token.is_empty()) else {
        return Rendered::Nothing;
    };
    let text = Sentence::CalendarLink {
        url: format!("{origin}/api/v1/shifts.ics?token={token}").into(),
    };
    let close = Button::Duty {
        verb: DutyVerb::CloseCalendar,
        id: calendar_id,
    };
    let rows = Rows::default().row([(view.say(&Sentence::ButtonCalendarClose), close)]);
    with(rows, plain(view.say(&text))).into()
}

/// The button that makes one.
pub fn button(view: &View, agent_id: i64) -> Option<(String, Button)> {
    view.store.rules().public_origin.as_ref()?;
    let open = Button::Duty {
        verb: DutyVerb::OpenCalendar,
        id: agent_id,
    };
    Some((view.say(&Sentence::ButtonCalendar), open))
}
