//! Messages about an emergency that call nobody any more: who called, and that it goes on elsewhere or how it ended.

use domain::{
    Result,
    card::Subject,
    emergency::{self, Emergency},
};
use locales::Sentence;

use super::{caller, command, ending};
use crate::{
    keyboards::Rows,
    screen::{Rendered, Screen},
    view::{View, headed, with},
};

/// A message that a newer one has replaced: the newest one has the buttons, and says how it ends.
pub async fn earlier(view: &View, id: i64, message_id: i64) -> Result<Rendered> {
    if view.reader.is_none() {
        return Ok(Rendered::Nothing);
    }
    let emergency = emergency::show(&view.store, id).await?;
    let further = || view.say(&Sentence::EmergencyRepeated);
    let last = ending(view, &emergency).unwrap_or_else(further);
    Ok(Screen {
        edits: Some(message_id),
        ..headed(&lines(view, &emergency, last))
    }
    .into())
}

/// The word that nobody comes, once somebody does or it has ended; nothing while it still holds.
pub async fn answered(view: &View, id: i64) -> Result<Rendered> {
    if view.reader.is_none() {
        return Ok(Rendered::Nothing);
    }
    let emergency = emergency::show(&view.store, id).await?;
    let open = emergency::is_open(emergency.status);
    if open && emergency.going() == 0 {
        return Ok(Rendered::Nothing);
    }
    let coming = || view.say(&Sentence::EmergencyAnswered);
    let last = ending(view, &emergency).unwrap_or_else(coming);
    let card = open.then(|| command::opens(view, &Sentence::ButtonShowCall, id));
    let rows = Rows::default().row(card);
    Ok(Screen {
        subject: Some(Subject::Alert(id)),
        ..with(rows, headed(&lines(view, &emergency, last)))
    }
    .into())
}

fn lines(view: &View, emergency: &Emergency, last: String) -> Vec<String> {
    let head = view.say(&head(view, emergency));
    let drill = emergency.drill.then(|| view.say(&Sentence::TaskCardDrill));
    let lines = [Some(head), drill, Some(last)];
    lines.into_iter().flatten().collect()
}

fn head(view: &View, emergency: &Emergency) -> Sentence {
    let code = emergency.code.clone().unwrap_or_default().into();
    let raised_by = emergency.raised_by.as_ref().map(|user| user.user_id);
    let reader = view.reader.as_ref().and_then(|reader| reader.user_id);
    if raised_by.is_some() && raised_by == reader {
        return Sentence::EmergencyHeadOwn { code };
    }
    let name = caller(emergency).into();
    match emergency::is_open(emergency.status) {
        true => Sentence::EmergencyHead { code, name },
        false => Sentence::EmergencyHeadOver { code, name },
    }
}
