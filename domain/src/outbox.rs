//! Messages to people, as meaning: who shall learn what about which object. The bot words them when it sends.

mod away;
mod depth;
mod message;
mod push;
mod queue;
mod refresh;
mod replaced;
mod settle;
mod shown;
mod takeover;
mod word;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use ::entity::outbox::{Lane, OutboxStatus};

use crate::{assignment::NotBack, broadcast::Attached, remind::Reminder, task::News};

pub(crate) use away::is_away;
pub use away::{anything_waits, away_since, note_away, oldest};
pub(crate) use depth::prune;
pub use depth::{Depth, depth};
pub use message::Message;
pub use push::push;
pub(crate) use push::{push_in_order, redirect, ring_waits, untried};
pub use queue::{Chats, LANES, Outgoing, claim, next_due};
pub use refresh::refresh_cards;
pub(crate) use refresh::{refresh_cards_of, refresh_check_in, refresh_leave, refresh_swap};
pub(crate) use replaced::replaced;
pub use settle::{Outcome, Settled, backoff, settle_all};
pub(crate) use shown::shown;
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
    /// An agent is no longer in the service and was taken off it; for the same.
    Removed { task_id: i64, agent_id: i64 },
    /// An agent on it, or who accepted it, says that he cannot for now; for the same.
    Unavailable { task_id: i64, agent_id: i64 },
    /// An agent did not answer in time.
    NoAnswer { task_id: i64, agent_id: i64 },
    /// Somebody reports on an ordinary task in words that cry for help; for lead and command.
    TaskCry {
        task_id: i64,
        user_id: i64,
        report_id: i64,
    },
    /// Telegram says that an agent's account cannot be reached.
    Unreachable { task_id: i64, agent_id: i64 },
    /// The live card of an emergency; with `ring` a new message takes over.
    Emergency { emergency_id: i64, ring: bool },
    /// An emergency in a topic of its own.
    EmergencyTopic { emergency_id: i64, topic_id: i64 },
    /// To whoever called: the alert has left.
    EmergencySent { emergency_id: i64 },
    /// To whoever called and those in command who were told of it: somebody else ended it.
    EmergencyEnded {
        emergency_id: i64,
        by_user: Option<i64>,
    },
    /// To the same: somebody else opened it again.
    EmergencyReopened {
        emergency_id: i64,
        by_user: Option<i64>,
    },
    /// To whoever called: one of those who came does not any more.
    EmergencyLeft { emergency_id: i64, agent_id: i64 },
    /// To whoever counts on somebody who comes to a call: he calls for help himself.
    EmergencyHelperCalls { emergency_id: i64, own_id: i64 },
    /// To those in command: somebody who comes, or called, gets no messages of Telegram any more.
    EmergencyDeaf { emergency_id: i64, user_id: i64 },
    /// To the same: he is reached again.
    EmergencyHears { emergency_id: i64, user_id: i64 },
    /// To him: so much was said on it meanwhile.
    EmergencyMissed { emergency_id: i64, count: u64 },
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
    /// To somebody who said something about it, and the others who heard him: another has answered him so.
    BroadcastTold {
        broadcast_id: i64,
        user_id: i64,
        to_user: i64,
        answer_id: i64,
    },
    /// To its sender: this person took back what he had said, and fewer are left than have to answer.
    BroadcastShort { broadcast_id: i64, user_id: i64 },
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
    /// A task is open again, by whose doing, and these of its people did not come back: for those in command who answer for
    /// it, and for whoever is at other work instead.
    NotBack {
        task_id: i64,
        by_user: Option<i64>,
        people: Vec<NotBack>,
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
    /// To those in charge: the planned shifts of somebody who was switched off, which began then, have nobody any more.
    ShiftsLost {
        agent_id: i64,
        starts: Vec<DateTime<Utc>>,
    },
    /// An agent belongs to these units from now on, no longer to those: for him, and for those in charge of either.
    Moved {
        agent_id: i64,
        before: Vec<i64>,
        now: Vec<i64>,
    },
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
