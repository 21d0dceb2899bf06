//! The answers of the bot to what somebody wrote or pressed.

use domain::{Result, card::Subject};
use locales::Lang;

use crate::{
    answers, broadcasts, check_ins, counted, dialogues, duty, extend, figures,
    groups::{self, Asked},
    history, lists, menus, my_data, papers_asked,
    reply::{Place, Reply, Stored},
    screen::{Rendered, Screen},
    search,
    view::{View, below},
};

/// What became of what somebody wrote or pressed.
pub(super) async fn replied(mut view: View, stored: Stored) -> Result<Rendered> {
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
        Reply::ReportedAlbum { first, .. } | Reply::ShiftReportedAlbum { first } => {
            Some(Subject::Album(*first))
        }
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
        Reply::BroadcastEndAsk { id, call_off } => {
            broadcasts::end::ask(view, id, call_off).await.map(Some)
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

/// Why what came was no answer, above the question that waits for one; alone once nothing is asked any more.
async fn explained(view: &View, why: Reply) -> Result<Option<Screen>> {
    let why = answers::answer(view, why).await?;
    let asked = dialogues::prompt(view).await?;
    Ok(Some(match asked {
        Some(asked) => below(&why.text, asked),
        None => why,
    }))
}
