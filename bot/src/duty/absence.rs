//! Who is missing at the start of a shift, with the phones to call, for those who decide about his time.

use chrono::{DateTime, Utc};
use domain::{
    Result,
    shift::{self, Missing},
};
use locales::Sentence;

use crate::{
    screen::Rendered,
    view::{View, headed},
};

/// Those of one unit and moment who still do not say that they are there; nothing once they all do.
pub async fn missing(view: &View, unit_id: Option<i64>, at: DateTime<Utc>) -> Result<Rendered> {
    let commands = |reader: &&domain::Actor| reader.check_unit(unit_id).is_ok();
    let Some(reader) = view.reader.as_ref().filter(commands) else {
        return Ok(Rendered::Nothing);
    };
    let missing = shift::missing(&view.store, reader, unit_id, at).await?;
    if missing.is_empty() {
        return Ok(Rendered::Nothing);
    }
    let head = Sentence::ShiftMissing {
        time: view.clock(at).into(),
        count: missing.len().into(),
    };
    let mut lines = vec![view.say(&head)];
    lines.extend(missing.into_iter().map(|one| line(view, one)));
    Ok(headed(&lines).into())
}

fn line(view: &View, one: Missing) -> String {
    let name = one.name.into();
    view.say(&match one.phone {
        Some(phone) => Sentence::AlertPhone {
            name,
            phone: phone.into(),
        },
        None => Sentence::ShiftMissingNoPhone { name },
    })
}
