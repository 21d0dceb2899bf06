//! Finds the words for a message when it is sent: in the reader's language, from the state of that moment.

use std::sync::Arc;

use domain::{
    Actor, Error, Result, Store,
    actor::Channel,
    card::Subject,
    emergency,
    files::Files,
    outbox::{Notice, Outgoing},
    task::{News, Task, load},
    user,
};
use futures::future::BoxFuture;
use locales::{Lang, Sentence};

use crate::{
    answers, broadcasts, call_ended, cards, check_ins, counted, dialogues, drills, duty,
    emergencies, extend, figures,
    groups::{self, Asked},
    history,
    keyboards::{Button, Rows},
    lists, menus, my_data, papers_asked, passed_on, reminders,
    reply::{Place, Reply, Stored},
    screen::{Render, Rendered, Screen},
    search,
    view::{View, below, plain, with},
};

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
            Notice::Card { task_id, ring } => cards::card(&view, *task_id, *ring).await,
            Notice::ShiftStarted { shift_id } => duty::shifts::started(&view, *shift_id).await,
            Notice::ShiftsPlanned => Ok(plain(view.say(&Sentence::ShiftChanged)).into()),
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

async fn replied(mut view: View, stored: Stored) -> Result<Rendered> {
    if let Reply::Spot {
        user_id,
        thread,
        ask,
        page,
        fresh,
    } = stored.reply
    {
        let asked = ask.then_some(Asked { page, fresh });
        let screen = groups::shown(&mut view, user_id, thread, asked).await?;
        return Ok(screen.map_or(Rendered::Nothing, Rendered::from));
    }
    if let Some(lang) = hinted(&stored.reply).filter(|_| view.reader.is_none()) {
        view.lang = lang;
    }
    let album = match &stored.reply {
        Reply::ReportedAlbum { first, .. } => Some(Subject::Album(*first)),
        _ => None,
    };
    let Some(screen) = reply(&view, stored.reply).await? else {
        return Ok(Rendered::Nothing);
    };
    Ok(match stored.place {
        Place::Plain => Screen {
            subject: album.or(screen.subject),
            ..screen
        },
        Place::Dialogue { fresh } => Screen {
            subject: Some(Subject::Dialogue),
            ring: fresh,
            ..screen
        },
    }
    .into())
}

/// The language of somebody we do not know yet, by what his Telegram says.
fn hinted(reply: &Reply) -> Option<Lang> {
    match reply {
        Reply::Stranger { lang }
        | Reply::Disabled { lang }
        | Reply::Consent { lang, .. }
        | Reply::ConsentDeclined { lang }
        | Reply::Link { lang, .. } => Some(Lang::from_tag(lang.as_deref())),
        _ => None,
    }
}

async fn reply(view: &View, reply: Reply) -> Result<Option<Screen>> {
    match reply {
        Reply::Prompt => dialogues::prompt(view).await,
        Reply::Explained { why } => explained(view, *why).await,
        Reply::Listing { list, page } => lists::list(view, list, page).await,
        Reply::Found {
            words,
            before,
            fresh,
        } => search::found(view, &words, before, fresh).await,
        Reply::History {
            past,
            behind,
            fresh,
        } => history::page(view, past, behind, fresh).await,
        Reply::Figures { span, own } => figures::page(view, span, own).await,
        Reply::Counted {
            what,
            unit_id,
            page,
        } => counted::page(view, what, unit_id, page).await,
        Reply::Papers { asked, fresh } => papers_asked::ask(view, asked, fresh).await,
        Reply::MyGroups { page, fresh } => groups::mine(view, page, fresh).await,
        Reply::MyState => lists::my_state(view).await,
        Reply::MyData => my_data::kept(view).await,
        Reply::MyFile => my_data::file(view).await,
        Reply::MyShifts => duty::shifts::mine(view).await,
        Reply::Present { shift_id } => duty::shifts::present(view, shift_id).await,
        Reply::Certificate { leave_id } => duty::leave::certificate(view, leave_id).await.map(Some),
        Reply::Silent { id, page } => broadcasts::roll_call::page(view, id, page).await.map(Some),
        Reply::BroadcastNeed { names, drill } => {
            Ok(Some(broadcasts::told::ask(view, &names, drill)))
        }
        Reply::BroadcastKnown { id, before } => {
            broadcasts::told::known(view, id, before).await.map(Some)
        }
        Reply::CheckIns { task_id } => check_ins::roll(view, task_id).await,
        Reply::AloneAsk => Ok(Some(check_ins::choose_alone(view))),
        Reply::ExtendAsk {
            task_id,
            until,
            into,
        } => extend::ask(view, task_id, until, &into).await.map(Some),
        Reply::Help => dialogues::help(view).await.map(Some),
        Reply::Menu { .. }
        | Reply::LanguageSet
        | Reply::Languages
        | Reply::Consent { .. }
        | Reply::SosAsk { .. }
        | Reply::SosAgain
        | Reply::SosWithdrawn => Ok(menus::menu(view, &reply)),
        other => answers::answer(view, other).await.map(Some),
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
            | Notice::BroadcastUpload { .. }
            | Notice::Calendar { .. }
            | Notice::CheckInHelp { .. }
            | Notice::CheckInWell { .. }
            | Notice::CheckInOver { .. }
            | Notice::DrillMissed { .. }
            | Notice::EmergencyBefore { .. }
            | Notice::EmergencySent { .. }
            | Notice::GroupLost { .. }
            | Notice::GroupOwnerless { .. }
            | Notice::HandOver { .. }
            | Notice::PassedOn { .. }
            | Notice::Reinforce { .. }
            | Notice::Suggestion { .. }
    );
    news || notice.is_word()
}

/// Whether the chat is still that of whom something is `for_user`.
fn reads(view: &View, for_user: Option<i64>) -> bool {
    let reader = view.reader.as_ref().and_then(|reader| reader.user_id);
    reader.is_some() && for_user.is_none_or(|user_id| reader == Some(user_id))
}

/// Why what came was no answer, above the question that waits for one; alone once nothing is asked any more.
async fn explained(view: &View, why: Reply) -> Result<Option<Screen>> {
    let why = answers::answer(view, why).await?;
    let asked = dialogues::prompt(view).await?;
    Ok(Some(match asked {
        Some(asked) => below(&why.text, asked),
        None => why,
    }))
}

/// Something about a task that its responsible people have to know; nothing once the chat is not that of whom it is `for_user`.
async fn alert(view: &View, notice: &Notice, for_user: Option<i64>) -> Result<Rendered> {
    if !reads(view, for_user) {
        return Ok(Rendered::Nothing);
    }
    let system = Actor::system(Channel::Bot);
    let (Notice::Declined { task_id, .. }
    | Notice::NoAnswer { task_id, .. }
    | Notice::Unreachable { task_id, .. }
    | Notice::Unassigned { task_id }
    | Notice::Task { task_id, .. }) = notice
    else {
        return Ok(Rendered::Nothing);
    };
    let task = load::find(&view.store, &system, *task_id).await?;
    if matches!(notice, Notice::Task { what, .. } if !what.holds(task.status)) {
        return Ok(Rendered::Nothing);
    }
    let words = match notice {
        Notice::Task { what, by_user, .. } => {
            news_words(view, *what, doer(view, *by_user).await?, &task)
        }
        other => alert_words(view, other, &task),
    };
    let mut lines = vec![view.say(&words)];
    lines.extend(task.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    lines.extend(phones(view, notice, &task).await?);
    let rows = Rows::default().row(replacing(view, notice, &task));
    Ok(with(rows, plain(lines.join("\n"))).into())
}

/// Somebody else in the place of whoever cannot, or is not heard of.
fn replacing(view: &View, notice: &Notice, task: &Task) -> Option<(String, Button)> {
    match notice {
        Notice::Declined { .. } | Notice::NoAnswer { .. } | Notice::Unreachable { .. } => {
            dialogues::assign::button(view, task, &Sentence::ButtonReplace)
        }
        _ => None,
    }
}

/// Whom to call when somebody does not answer: himself, then his unit. Only those in command are told numbers.
async fn phones(view: &View, notice: &Notice, task: &Task) -> Result<Vec<String>> {
    let commands = view.reader.as_ref().filter(|reader| reader.may_command());
    let (Notice::NoAnswer { agent_id, .. } | Notice::Unreachable { agent_id, .. }, Some(reader)) =
        (notice, commands)
    else {
        return Ok(Vec::new());
    };
    let unit_id = task.unit.as_ref().map(|unit| unit.id);
    let mut list = emergency::phones(&view.store, unit_id).await?;
    let silent = task.assignment_of(*agent_id).map(|one| &one.agent);
    let user_id = silent.and_then(|silent| silent.user_id);
    list.retain(|one| ![reader.user_id, user_id].contains(&Some(one.user_id)));
    let himself = match user_id {
        Some(id) => user::find(&view.store, reader, id).await.ok(),
        None => None,
    };
    let own = himself.and_then(|user| Some((user.name, user.phone?)));
    let line = |(name, phone): (String, String)| {
        view.say(&Sentence::AlertPhone {
            name: name.into(),
            phone: phone.into(),
        })
    };
    let others = list.into_iter().map(|one| (one.name, one.phone));
    Ok(own.into_iter().chain(others).map(line).collect())
}

/// What whoever did it is called now.
async fn doer(view: &View, user_id: Option<i64>) -> Result<String> {
    let system = Actor::system(Channel::Bot);
    let Some(id) = user_id else {
        return Ok(system.name);
    };
    match user::find(&view.store, &system, id).await {
        Ok(user) => Ok(user.name),
        Err(Error::Refused(_)) => Ok(system.name),
        Err(error) => Err(error),
    }
}

fn alert_words(view: &View, notice: &Notice, task: &Task) -> Sentence {
    let (code, title) = (task.code.clone().into(), task.title.clone().into());
    let name = |id: &i64| {
        task.assignment_of(*id)
            .map(|one| one.agent.name.clone())
            .unwrap_or_default()
    };
    let reason = |id: &i64| {
        task.assignment_of(*id)
            .and_then(|one| one.reason.clone())
            .unwrap_or_default()
    };
    match notice {
        Notice::Declined { agent_id, .. } => Sentence::AlertDeclined {
            code,
            title,
            name: name(agent_id).into(),
            reason: reason(agent_id).into(),
        },
        Notice::NoAnswer { agent_id, .. } => {
            let since = task
                .assignment_of(*agent_id)
                .map_or(view.now, |one| one.offered_at);
            let minutes = (view.now - since).num_minutes().max(1);
            Sentence::AlertNoAnswer {
                code,
                title,
                name: name(agent_id).into(),
                minutes: minutes.into(),
            }
        }
        Notice::Unreachable { agent_id, .. } => Sentence::AlertUnreachable {
            code,
            title,
            name: name(agent_id).into(),
        },
        _ => Sentence::AlertUnassigned { code, title },
    }
}

fn news_words(view: &View, what: News, name: String, task: &Task) -> Sentence {
    let (code, title, name) = (
        task.code.clone().into(),
        task.title.clone().into(),
        name.into(),
    );
    match what {
        News::Cancelled => Sentence::AlertTaskCancelled {
            code,
            title,
            name,
            reason: task.end_reason.clone().unwrap_or_default().into(),
        },
        News::Completed => Sentence::AlertTaskCompleted {
            code,
            title,
            name,
            time: view.clock(task.ended_at.unwrap_or(view.now)).into(),
        },
        News::Reopened => Sentence::AlertTaskReopened { code, title, name },
        News::Lead => Sentence::AlertLeadYou { code, title },
        News::Place => Sentence::AlertTaskPlace { code, title, name },
        News::Time => Sentence::AlertTaskTime { code, title, name },
        News::PlaceAndTime => Sentence::AlertTaskPlaceTime { code, title, name },
    }
}
