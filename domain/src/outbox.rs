//! Messages to people, as meaning: who shall learn what about which object. The bot words them when it sends.

mod away;
mod depth;
mod push;
mod queue;
mod settle;
mod takeover;
mod word;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};
use serde::{Deserialize, Serialize};

pub use ::entity::outbox::{Lane, OutboxStatus};
use ::entity::{card, user};

use crate::{Result, Tx, broadcast::Attached, card::Subject, remind::Reminder, task::News};

pub(crate) use away::is_away;
pub use away::{anything_waits, away_since, note_away, oldest};
pub(crate) use depth::prune;
pub use depth::{Depth, depth};
pub use push::push;
pub(crate) use push::{push_in_order, redirect, ring_waits, untried};
pub use queue::{Chats, LANES, Outgoing, claim, next_due};
pub use settle::{Outcome, Settled, backoff, settle_all};
pub use takeover::{Legacy, take_over};
pub(crate) use word::{Heard, in_chats, lost as word_lost, of_task};

/// What somebody shall learn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "notice")]
pub enum Notice {
    /// The live card of a task. With `ring` a new message takes over, because edits make no sound.
    Card { task_id: i64, ring: bool },
    /// An agent cannot do it; for lead, creator and supervisors.
    Declined { task_id: i64, agent_id: i64 },
    /// An agent did not answer in time.
    NoAnswer { task_id: i64, agent_id: i64 },
    /// Telegram says that an agent's account cannot be reached.
    Unreachable { task_id: i64, agent_id: i64 },
    /// The live card of an emergency; with `ring` a new message takes over.
    Emergency { emergency_id: i64, ring: bool },
    /// An emergency in a topic of its own.
    EmergencyTopic { emergency_id: i64, topic_id: i64 },
    /// To whoever called: the alert has left.
    EmergencySent { emergency_id: i64 },
    /// To whoever called: somebody else ended it.
    EmergencyEnded {
        emergency_id: i64,
        by_user: Option<i64>,
    },
    /// To whoever called: somebody else opened it again.
    EmergencyReopened {
        emergency_id: i64,
        by_user: Option<i64>,
    },
    /// Nobody comes yet; with `phones`, whom to call.
    EmergencyEscalated { emergency_id: i64, phones: bool },
    /// A message about an emergency that a newer one has replaced: it asks nothing any more.
    EmergencyEarlier { emergency_id: i64, message_id: i64 },
    /// The message that nobody comes, where it stands: somebody does, or it has ended.
    EmergencyAnswered { emergency_id: i64 },
    /// To those who come, those who watch and whoever called, but its author: one of those who are heard reported this.
    EmergencySaid { emergency_id: i64, report_id: i64 },
    /// To somebody who comes later: so many files follow that whoever called sent before.
    EmergencyBefore { emergency_id: i64, count: usize },
    /// A file that Telegram has, from this person to those who help him or answer for him, behind the words about it.
    PassedOn {
        user_id: i64,
        drill: bool,
        file: Attached,
    },
    /// A broadcast for one of its people; with `ring` a new message.
    Broadcast { broadcast_id: i64, ring: bool },
    /// A message of a broadcast that a newer one has replaced: it asks nothing any more.
    BroadcastEarlier { broadcast_id: i64, message_id: i64 },
    /// To its sender: somebody needs help, and what he wrote beside this answer; a release before kept no answer, and beside the
    /// last one.
    BroadcastHelp {
        broadcast_id: i64,
        user_id: i64,
        #[serde(default)]
        answer_id: Option<i64>,
    },
    /// To its sender: somebody wrote something beside this answer.
    BroadcastSaid {
        broadcast_id: i64,
        user_id: i64,
        #[serde(default)]
        answer_id: Option<i64>,
    },
    /// The file that goes with a broadcast.
    BroadcastFile { broadcast_id: i64 },
    /// The same, brought to Telegram for the first time: to this one of its people, or to whoever sent it, as the `nth` of those
    /// it was tried with.
    BroadcastUpload {
        broadcast_id: i64,
        pilot: i64,
        nth: i32,
    },
    /// To its sender: nobody gets the file that should go with it.
    BroadcastFileLost { broadcast_id: i64 },
    /// A broadcast in a group of a unit.
    BroadcastPost { broadcast_id: i64, post_id: i64 },
    /// The place that goes with it, behind its text.
    BroadcastPin { broadcast_id: i64, post_id: i64 },
    /// To whoever is responsible: this person registered a group and has no say over its unit any more.
    GroupOwnerless { group_id: i64, user_id: i64 },
    /// To a group or a topic: it belongs to no unit any more.
    GroupEnded { thread_id: Option<i64> },
    /// To whoever is responsible: the bot is no longer in a group of the unit.
    GroupLost { unit_id: i64, title: String },
    /// To a group: the bot may not open topics there.
    TopicsRefused,
    /// The live card of who has answered, for whoever sent it.
    RollCall { broadcast_id: i64, ring: bool },
    /// To whoever is responsible: these have not answered, and whom to call; with `phones` of all of them once more.
    BroadcastSilent { broadcast_id: i64, phones: bool },
    /// To its sender: how well a drill was answered.
    DrillScore { broadcast_id: i64 },
    /// To its planner, and to all who may send: a drill could not be held.
    DrillMissed { drill_id: i64 },
    /// Is the recipient well? With `ring` a new message.
    CheckIn { check_in_id: i64, ring: bool },
    /// To lead and command: who does not say that he is well; with `phones`, whom to call.
    CheckInSilent { check_in_id: i64, phones: bool },
    /// To lead and command, and to whoever heard of his silence: somebody who was asked called for help.
    CheckInHelp { check_in_id: i64, agent_id: i64 },
    /// To whoever heard of his silence: somebody has answered.
    CheckInWell { check_in_id: i64, agent_id: i64 },
    /// To whoever heard of the silence of these: nobody waits for them any more.
    CheckInOver {
        check_in_id: i64,
        agent_ids: Vec<i64>,
    },
    /// The recipient is no longer on the task.
    Unassigned { task_id: i64 },
    /// Something became of a task of the recipient, and whose doing it was: nobody's, when the system did it, or a release
    /// that stored a name here.
    Task {
        task_id: i64,
        what: News,
        #[serde(default)]
        by_user: Option<i64>,
    },
    /// A shift of the recipient has begun: is he there?
    ShiftStarted { shift_id: i64 },
    /// Those whose shifts in a unit began at this moment do not say that they are there; for those who decide about them.
    Missing {
        unit_id: Option<i64>,
        at: DateTime<Utc>,
    },
    /// Somebody else planned, moved or removed shifts of the recipient.
    ShiftsPlanned,
    /// A note of the shift before.
    HandOver { shift_id: i64 },
    /// The live card of a request for leave.
    Leave { leave_id: i64, ring: bool },
    /// The live card of an exchange of shifts.
    Swap { swap_id: i64, ring: bool },
    /// Something about the time of a task.
    Reminder { task_id: i64, what: Reminder },
    /// Somebody on a task asks for more people.
    Reinforce { task_id: i64, agent_id: i64 },
    /// More people for a task than it was planned with?
    Suggestion { suggestion_id: i64 },
    /// What a supervisor should know now, of one unit or of all of his.
    Digest { unit_id: Option<i64> },
    /// A secret link to the shifts of the recipient; the secret is forgotten once it is sent.
    Calendar { calendar_id: i64, token: String },
    /// How far a file is that the recipient asked for.
    Export { export_id: i64 },
    /// The file itself.
    ExportFile { export_id: i64 },
    /// What the recipient may do has changed, and so what he is offered.
    Menu,
    /// The chat is tied to nobody any more: what it was offered is taken away. In the language that its person had chosen.
    Farewell { lang: Option<String> },
    /// Words of the transport's own, which the domain does not read.
    Reply { reply: serde_json::Value },
}

impl Notice {
    /// Whether it must reach somebody: that one does not answer, that nobody comes. See `word`.
    pub fn is_word(&self) -> bool {
        matches!(
            self,
            Self::NoAnswer { .. }
                | Self::Unreachable { .. }
                | Self::EmergencyEscalated { .. }
                | Self::BroadcastSilent { .. }
                | Self::CheckInSilent { .. }
        )
    }
}

/// A message to be stored.
#[derive(Clone, Debug)]
pub struct Message {
    pub lane: Lane,
    pub chat_id: i64,
    pub user_id: Option<i64>,
    pub task_id: Option<i64>,
    pub notice: Notice,
    /// Waiting messages with the same key collapse into one.
    pub collapse: Option<String>,
}

impl Message {
    /// The card of a task for one person, as an edit where a message is there already.
    pub fn card(chat_id: i64, user_id: Option<i64>, task_id: i64) -> Self {
        Self {
            lane: Lane::Task,
            chat_id,
            user_id,
            task_id: Some(task_id),
            notice: Notice::Card {
                task_id,
                ring: false,
            },
            collapse: Some(format!("card:{chat_id}:{task_id}")),
        }
    }

    /// The card of a task as a new message that makes a sound.
    pub fn ring(chat_id: i64, user_id: Option<i64>, task_id: i64, lane: Lane) -> Self {
        Self {
            lane,
            notice: Notice::Card {
                task_id,
                ring: true,
            },
            collapse: Some(ring_of(chat_id, task_id)),
            ..Self::card(chat_id, user_id, task_id)
        }
    }

    /// Something about a task, said once.
    pub fn about(chat_id: i64, user_id: Option<i64>, task_id: i64, notice: Notice) -> Self {
        Self {
            notice,
            collapse: None,
            ..Self::card(chat_id, user_id, task_id)
        }
    }

    /// Something that is not about a task, said once.
    pub fn news(chat_id: i64, user_id: Option<i64>, notice: Notice) -> Self {
        Self {
            lane: Lane::Task,
            chat_id,
            user_id,
            task_id: None,
            notice,
            collapse: None,
        }
    }

    /// What somebody is offered from now on.
    pub fn menu(chat_id: i64, user_id: Option<i64>) -> Self {
        Self {
            collapse: Some(format!("menu:{chat_id}")),
            ..Self::news(chat_id, user_id, Notice::Menu).in_lane(Lane::Answer)
        }
    }

    /// The last word in a chat that is tied to nobody any more; nothing of it stays once it is over.
    pub(crate) fn farewell(chat_id: i64, lang: Option<String>) -> Self {
        let notice = Notice::Farewell { lang };
        Self {
            collapse: Some(format!("farewell:{chat_id}")),
            ..Self::news(chat_id, None, notice).in_lane(Lane::Answer)
        }
    }

    /// The live card of a request for leave; with `ring` as a new message.
    pub fn leave(chat_id: i64, user_id: Option<i64>, leave_id: i64, ring: bool) -> Self {
        let notice = Notice::Leave { leave_id, ring };
        Self::live(chat_id, user_id, Subject::Leave(leave_id), notice, ring)
    }

    /// The live card of an exchange of shifts; with `ring` as a new message.
    pub fn swap(chat_id: i64, user_id: Option<i64>, swap_id: i64, ring: bool) -> Self {
        let notice = Notice::Swap { swap_id, ring };
        Self::live(chat_id, user_id, Subject::Swap(swap_id), notice, ring)
    }

    fn live(
        chat_id: i64,
        user_id: Option<i64>,
        about: Subject,
        notice: Notice,
        ring: bool,
    ) -> Self {
        let manner = if ring { "ring" } else { "card" };
        Self {
            collapse: Some(format!("{manner}:{chat_id}:{about}")),
            ..Self::news(chat_id, user_id, notice)
        }
    }

    /// The card of an emergency for one person.
    pub fn emergency(
        chat_id: i64,
        user_id: Option<i64>,
        task_id: Option<i64>,
        emergency_id: i64,
        ring: bool,
    ) -> Self {
        let word = if ring { "ring" } else { "card" };
        Self {
            lane: Lane::Emergency,
            chat_id,
            user_id,
            task_id,
            notice: Notice::Emergency { emergency_id, ring },
            collapse: Some(format!("{word}:{chat_id}:e{emergency_id}")),
        }
    }

    /// An emergency in a topic of its own, behind everything that people are asked.
    pub(crate) fn emergency_topic(chat_id: i64, emergency_id: i64, topic_id: i64) -> Self {
        let notice = Notice::EmergencyTopic {
            emergency_id,
            topic_id,
        };
        Self {
            collapse: Some(format!("topic:{topic_id}")),
            ..Self::news(chat_id, None, notice).in_lane(Lane::Broadcast)
        }
    }

    /// A broadcast for one person.
    pub fn broadcast(chat_id: i64, user_id: Option<i64>, broadcast_id: i64, ring: bool) -> Self {
        let word = if ring { "ring" } else { "card" };
        Self {
            lane: Lane::Broadcast,
            chat_id,
            user_id,
            task_id: None,
            notice: Notice::Broadcast { broadcast_id, ring },
            collapse: Some(format!("{word}:{chat_id}:b{broadcast_id}")),
        }
    }

    /// A message of a broadcast that a newer one has replaced, behind everything else that people are told.
    pub(crate) fn broadcast_earlier(
        chat_id: i64,
        user_id: Option<i64>,
        broadcast_id: i64,
        message_id: i64,
    ) -> Self {
        let notice = Notice::BroadcastEarlier {
            broadcast_id,
            message_id,
        };
        Self {
            collapse: Some(format!("earlier:{chat_id}:{message_id}")),
            ..Self::news(chat_id, user_id, notice).in_lane(Lane::Digest)
        }
    }

    /// A broadcast in a group: a new message, or an edit where one is there already.
    pub(crate) fn broadcast_post(chat_id: i64, broadcast_id: i64, post_id: i64) -> Self {
        let notice = Notice::BroadcastPost {
            broadcast_id,
            post_id,
        };
        Self {
            collapse: Some(format!("post:{post_id}")),
            ..Self::news(chat_id, None, notice).in_lane(Lane::Broadcast)
        }
    }

    /// The place of a broadcast in a group, right behind its text and a message of its own: so the text is known to be there
    /// before the place waits for what the group may be sent in a minute.
    pub(crate) fn broadcast_pin(chat_id: i64, broadcast_id: i64, post_id: i64) -> Self {
        let notice = Notice::BroadcastPin {
            broadcast_id,
            post_id,
        };
        Self {
            collapse: Some(format!("pin:{post_id}")),
            ..Self::news(chat_id, None, notice).in_lane(Lane::Answer)
        }
    }

    /// The file that goes with a broadcast, for one person.
    pub(crate) fn broadcast_file(chat_id: i64, user_id: i64, broadcast_id: i64) -> Self {
        let notice = Notice::BroadcastFile { broadcast_id };
        Self::news(chat_id, Some(user_id), notice).in_lane(Lane::Broadcast)
    }

    /// The file that goes with a broadcast, for the one who gets it before Telegram knows it.
    pub(crate) fn broadcast_upload(
        chat_id: i64,
        user_id: Option<i64>,
        broadcast_id: i64,
        (pilot, nth): (i64, i32),
    ) -> Self {
        let notice = Notice::BroadcastUpload {
            broadcast_id,
            pilot,
            nth,
        };
        Self::news(chat_id, user_id, notice).in_lane(Lane::Broadcast)
    }

    /// Who does not answer a broadcast, for somebody responsible; with `phones` whom to call. It is worded when it leaves: of two
    /// that wait one is enough.
    pub(crate) fn broadcast_silent(
        chat_id: i64,
        user_id: i64,
        broadcast_id: i64,
        phones: bool,
    ) -> Self {
        let notice = Notice::BroadcastSilent {
            broadcast_id,
            phones,
        };
        let about = if phones { "call" } else { "silent" };
        Self {
            collapse: Some(format!("{about}:{chat_id}:b{broadcast_id}")),
            ..Self::news(chat_id, Some(user_id), notice).in_lane(Lane::Broadcast)
        }
    }

    /// The live card of who has answered a broadcast.
    pub fn roll_call(chat_id: i64, user_id: Option<i64>, broadcast_id: i64, ring: bool) -> Self {
        let notice = Notice::RollCall { broadcast_id, ring };
        let about = Subject::RollCall(broadcast_id);
        Self::live(chat_id, user_id, about, notice, ring).in_lane(Lane::Answer)
    }

    /// Asks one person whether he is well, as pressing as any call for help; without `ring` what he sees of it.
    pub fn check_in(chat_id: i64, user_id: Option<i64>, check_in_id: i64, ring: bool) -> Self {
        let notice = Notice::CheckIn { check_in_id, ring };
        let about = Subject::CheckIn(check_in_id);
        let lane = if ring { Lane::Emergency } else { Lane::Answer };
        Self::live(chat_id, user_id, about, notice, ring).in_lane(lane)
    }

    /// An answer of the transport to somebody who wrote or pressed.
    pub fn reply(chat_id: i64, user_id: Option<i64>, reply: serde_json::Value) -> Self {
        let notice = Notice::Reply { reply };
        Self {
            lane: Lane::Answer,
            chat_id,
            user_id,
            task_id: None,
            notice,
            collapse: None,
        }
    }

    pub fn in_lane(self, lane: Lane) -> Self {
        Self { lane, ..self }
    }
}

/// What waiting rings of a task in one chat have in common.
fn ring_of(chat_id: i64, task_id: i64) -> String {
    format!("ring:{chat_id}:{task_id}")
}

/// Has every message that shows this task brought up to date.
pub async fn refresh_cards(tx: &mut Tx, task_id: i64) -> Result<()> {
    let chats = chats_with(tx, Subject::Task(task_id)).await?;
    let cards = chats
        .into_iter()
        .map(|chat| Message::card(chat, None, task_id));
    push(tx, cards.collect()).await
}

/// Has every message that shows this request for leave brought up to date.
pub(crate) async fn refresh_leave(tx: &mut Tx, id: i64) -> Result<()> {
    let chats = chats_with(tx, Subject::Leave(id)).await?;
    let cards = chats
        .into_iter()
        .map(|chat| Message::leave(chat, None, id, false));
    push(tx, cards.collect()).await
}

/// Has every message that shows this exchange of shifts brought up to date.
pub(crate) async fn refresh_swap(tx: &mut Tx, id: i64) -> Result<()> {
    let chats = chats_with(tx, Subject::Swap(id)).await?;
    let cards = chats
        .into_iter()
        .map(|chat| Message::swap(chat, None, id, false));
    push(tx, cards.collect()).await
}

/// Has every message that asks in this check brought up to date.
pub(crate) async fn refresh_check_in(tx: &mut Tx, id: i64) -> Result<()> {
    let chats = chats_with(tx, Subject::CheckIn(id)).await?;
    let cards = chats
        .into_iter()
        .map(|chat| Message::check_in(chat, None, id, false));
    push(tx, cards.collect()).await
}

async fn chats_with(tx: &Tx, about: Subject) -> Result<Vec<i64>> {
    Ok(card::Entity::find()
        .select_only()
        .column(card::Column::ChatId)
        .filter(card::Column::Subject.eq(about.to_string()))
        .into_tuple()
        .all(tx.db())
        .await?)
}

/// The same for the messages of these people only.
pub(crate) async fn refresh_cards_of(tx: &mut Tx, task_id: i64, user_ids: Vec<i64>) -> Result<()> {
    let shown: Vec<(i64, i64)> = user::Entity::find()
        .select_only()
        .column(user::Column::TelegramId)
        .column(user::Column::Id)
        .filter(user::Column::Id.is_in(user_ids))
        .filter(user::Column::TelegramId.in_subquery(chats_showing(task_id)))
        .into_tuple()
        .all(tx.db())
        .await?;
    let cards = shown
        .into_iter()
        .map(|(chat_id, user_id)| Message::card(chat_id, Some(user_id), task_id));
    push(tx, cards.collect()).await
}

fn chats_showing(task_id: i64) -> SelectStatement {
    Query::select()
        .column(card::Column::ChatId)
        .from(card::Entity)
        .and_where(Expr::col(card::Column::Subject).eq(Subject::Task(task_id).to_string()))
        .to_owned()
}
