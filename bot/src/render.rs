//! Finds the words for a message when it is sent: in the reader's language, from the state of that moment.

use std::sync::Arc;

use domain::{
    Error, Result, Store,
    files::Files,
    outbox::{Notice, Outgoing},
};
use futures::future::BoxFuture;
use locales::Sentence;

use crate::{
    broadcasts, call_ended, cards, check_ins, drills, duty, emergencies, groups, menus,
    papers_asked, passed_on, reminders,
    screen::{Render, Rendered},
    view::{View, plain},
};

mod alert;
mod cried;
mod replied;

use alert::alert;
use cried::cried;
use replied::replied;

/// The bot's words.
pub struct Words {
    store: Store,
    /// Where files lie that were made for people.
    files: Arc<dyn Files>,
}

impl Words {
    pub fn new(store: Store, files: Arc<dyn Files>) -> Self {
        Self { store, files }
    }

    async fn word(&self, message: &Outgoing) -> Result<Rendered> {
        let view = View::of(&self.store, message.chat_id).await?;
        if is_for_one(&message.notice) && !reads(&view, message.user_id) {
            return Ok(Rendered::Nothing);
        }
        match &message.notice {
            Notice::TaskCry {
                task_id,
                user_id,
                report_id,
            } => cried(&view, (*task_id, *report_id), *user_id).await,
            Notice::Card { task_id, ring } => cards::card(&view, *task_id, *ring).await,
            Notice::ShiftStarted { shift_id } => duty::shifts::started(&view, *shift_id).await,
            Notice::ShiftsPlanned => Ok(plain(view.say(&Sentence::ShiftChanged)).into()),
            Notice::ShiftsLost { agent_id, starts } => {
                duty::lost::lost(&view, *agent_id, starts).await
            }
            Notice::Moved {
                agent_id,
                before,
                now,
            } => duty::moved::moved(&view, *agent_id, before, now).await,
            Notice::Missing { unit_id, at } => duty::absence::missing(&view, *unit_id, *at).await,
            Notice::HandOver { shift_id } => {
                duty::handover::handed_over(&view, self.files.as_ref(), *shift_id).await
            }
            Notice::Leave { leave_id, ring } => duty::leave::card(&view, *leave_id, *ring).await,
            Notice::Swap { swap_id, ring } => duty::swap::card(&view, *swap_id, *ring).await,
            Notice::Reminder { task_id, what } => {
                reminders::reminder(&view, *task_id, *what, message.created_at).await
            }
            Notice::Reinforce { task_id, agent_id } => {
                reminders::reinforce(&view, *task_id, *agent_id).await
            }
            Notice::Suggestion { suggestion_id } => {
                reminders::suggestion(&view, *suggestion_id).await
            }
            Notice::Digest { unit_id } => {
                reminders::overview(&view, *unit_id, message.created_at).await
            }
            Notice::Calendar { calendar_id, token } => {
                Ok(duty::calendar::link(&view, *calendar_id, token))
            }
            Notice::Broadcast { broadcast_id, ring } => {
                broadcasts::card(&view, *broadcast_id, *ring).await
            }
            Notice::BroadcastEarlier {
                broadcast_id,
                message_id,
            } => broadcasts::earlier(&view, *broadcast_id, *message_id).await,
            Notice::BroadcastHelp {
                broadcast_id,
                user_id,
                answer_id,
            } => broadcasts::roll_call::help(&view, *broadcast_id, *user_id, *answer_id).await,
            Notice::BroadcastSaid {
                broadcast_id,
                user_id,
                answer_id,
            } => broadcasts::roll_call::said(&view, *broadcast_id, *user_id, *answer_id).await,
            Notice::BroadcastTold {
                broadcast_id,
                user_id,
                to_user,
                answer_id,
            } => {
                let words = (*user_id, *answer_id);
                broadcasts::spoken::answered(&view, *broadcast_id, words, *to_user).await
            }
            Notice::BroadcastShort {
                broadcast_id,
                user_id,
            } => broadcasts::roll_call::short(&view, *broadcast_id, *user_id).await,
            Notice::BroadcastPost {
                broadcast_id,
                post_id,
            } => broadcasts::post(&view, *broadcast_id, *post_id).await,
            Notice::BroadcastPin {
                broadcast_id,
                post_id,
            } => broadcasts::pin(&view, *broadcast_id, *post_id).await,
            Notice::GroupOwnerless { group_id, user_id } => {
                groups::ownerless(&view, *group_id, *user_id).await
            }
            Notice::GroupEnded { thread_id } => groups::ended(&view, *thread_id).await,
            Notice::GroupLost { unit_id, title } => {
                Ok(groups::lost(&view, *unit_id, title).await?.into())
            }
            Notice::TopicsRefused => groups::topics_refused(&view).await,
            Notice::BroadcastFile { broadcast_id } => broadcasts::file(&view, *broadcast_id).await,
            Notice::BroadcastUpload { broadcast_id, .. } => {
                broadcasts::files::brought(&view, self.files.as_ref(), *broadcast_id).await
            }
            Notice::BroadcastFileLost { broadcast_id } => {
                broadcasts::files::lost(&view, *broadcast_id).await
            }
            Notice::RollCall { broadcast_id, ring } => {
                broadcasts::roll_call::card(&view, *broadcast_id, *ring).await
            }
            Notice::BroadcastSilent { broadcast_id, .. } => {
                broadcasts::roll_call::silent(&view, *broadcast_id).await
            }
            Notice::DrillScore { broadcast_id } => drills::score(&view, *broadcast_id).await,
            Notice::DrillMissed { drill_id } => drills::missed(&view, *drill_id).await,
            Notice::Emergency { emergency_id, ring } => {
                emergencies::card(&view, *emergency_id, *ring).await
            }
            Notice::EmergencyTopic {
                emergency_id,
                topic_id,
            } => emergencies::topic(&view, *emergency_id, *topic_id).await,
            Notice::EmergencySent { emergency_id } => emergencies::sent(&view, *emergency_id).await,
            Notice::EmergencyEnded {
                emergency_id,
                by_user,
            } => call_ended::ended(&view, *emergency_id, *by_user).await,
            Notice::EmergencyReopened {
                emergency_id,
                by_user,
            } => call_ended::reopened(&view, *emergency_id, *by_user).await,
            Notice::EmergencyLeft {
                emergency_id,
                agent_id,
            } => emergencies::left(&view, *emergency_id, *agent_id).await,
            Notice::EmergencyHelperCalls {
                emergency_id,
                own_id,
            } => emergencies::helper_calls(&view, *emergency_id, *own_id).await,
            Notice::EmergencyDeaf {
                emergency_id,
                user_id,
            } => emergencies::deaf(&view, *emergency_id, *user_id).await,
            Notice::EmergencyHears {
                emergency_id,
                user_id,
            } => emergencies::hears(&view, *emergency_id, *user_id).await,
            Notice::EmergencyMissed {
                emergency_id,
                count,
            } => emergencies::missed(&view, *emergency_id, *count).await,
            Notice::EmergencyEscalated {
                emergency_id,
                phones,
            } => emergencies::escalated(&view, *emergency_id, *phones).await,
            Notice::EmergencyBefore {
                emergency_id,
                count,
            } => emergencies::files(&view, *emergency_id, *count).await,
            Notice::EmergencyEarlier {
                emergency_id,
                message_id,
            } => emergencies::earlier(&view, *emergency_id, *message_id).await,
            Notice::EmergencyAnswered { emergency_id } => {
                emergencies::answered(&view, *emergency_id).await
            }
            Notice::EmergencySaid {
                emergency_id,
                report_id,
            } => emergencies::said(&view, *emergency_id, *report_id).await,
            Notice::PassedOn {
                user_id,
                drill,
                file,
            } => passed_on::file(&view, *user_id, *drill, file).await,
            Notice::CheckIn { check_in_id, ring } => {
                check_ins::card(&view, *check_in_id, *ring).await
            }
            Notice::CheckInSilent {
                check_in_id,
                phones,
            } => check_ins::silent(&view, *check_in_id, *phones).await,
            Notice::CheckInHelp {
                check_in_id,
                agent_id,
            } => check_ins::called(&view, *check_in_id, *agent_id).await,
            Notice::CheckInWell {
                check_in_id,
                agent_id,
            } => check_ins::fine(&view, *check_in_id, *agent_id).await,
            Notice::CheckInOver {
                check_in_id,
                agent_ids,
            } => check_ins::ended(&view, *check_in_id, agent_ids).await,
            Notice::Export { export_id } => papers_asked::card(&view, *export_id).await,
            Notice::ExportFile { export_id } => {
                papers_asked::file(&view, self.files.as_ref(), *export_id).await
            }
            Notice::Menu => Ok(menus::changed(&view).into()),
            Notice::Farewell { lang } => Ok(menus::farewell(&view, lang.as_deref())),
            Notice::Reply { reply } => replied(view, serde_json::from_value(reply.clone())?).await,
            notice => alert(&view, notice, message.user_id).await,
        }
    }
}

impl Render for Words {
    fn render<'a>(&'a self, message: &'a Outgoing) -> BoxFuture<'a, Result<Rendered, Error>> {
        Box::pin(self.word(message))
    }
}

/// Whether it is for one person only: its words do not ask what whoever reads them may see.
fn is_for_one(notice: &Notice) -> bool {
    let news = matches!(
        notice,
        Notice::BroadcastFile { .. }
            | Notice::BroadcastFileLost { .. }
            | Notice::BroadcastHelp { .. }
            | Notice::BroadcastSaid { .. }
            | Notice::BroadcastShort { .. }
            | Notice::BroadcastTold { .. }
            | Notice::BroadcastUpload { .. }
            | Notice::Calendar { .. }
            | Notice::CheckInHelp { .. }
            | Notice::CheckInWell { .. }
            | Notice::CheckInOver { .. }
            | Notice::DrillMissed { .. }
            | Notice::EmergencyBefore { .. }
            | Notice::EmergencyDeaf { .. }
            | Notice::EmergencyHears { .. }
            | Notice::EmergencyHelperCalls { .. }
            | Notice::EmergencyMissed { .. }
            | Notice::EmergencySent { .. }
            | Notice::GroupLost { .. }
            | Notice::GroupOwnerless { .. }
            | Notice::HandOver { .. }
            | Notice::Moved { .. }
            | Notice::PassedOn { .. }
            | Notice::Reinforce { .. }
            | Notice::ShiftsLost { .. }
            | Notice::Suggestion { .. }
            | Notice::TaskCry { .. }
    );
    news || notice.is_word()
}

/// Whether the chat is still that of whom something is `for_user`.
fn reads(view: &View, for_user: Option<i64>) -> bool {
    let reader = view.reader.as_ref().and_then(|reader| reader.user_id);
    reader.is_some() && for_user.is_none_or(|user_id| reader == Some(user_id))
}
