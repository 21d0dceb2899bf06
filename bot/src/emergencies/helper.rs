//! Somebody who comes to a call for help calls for help himself, for those who count on him.

use domain::{Result, emergency};
use locales::Sentence;

use super::caller;
use crate::{
    screen::Rendered,
    view::{View, plain},
};

/// Who, where he helps, and which call is his own; nothing once one of the two is over.
pub async fn helper_calls(view: &View, id: i64, own_id: i64) -> Result<Rendered> {
    let helped = emergency::show(&view.store, id).await?;
    let own = emergency::show(&view.store, own_id).await?;
    if !emergency::is_open(helped.status) || !emergency::is_open(own.status) {
        return Ok(Rendered::Nothing);
    }
    let words = view.say(&Sentence::EmergencyHelperCalls {
        name: caller(&own).into(),
        code: helped.code.unwrap_or_default().into(),
        own: own.code.clone().unwrap_or_default().into(),
    });
    Ok(plain(words).into())
}
