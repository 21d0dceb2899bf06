//! What somebody reads who watches an emergency but commands nobody there: he sends nobody, and can call, or as a dispatcher
//! ask for more by a broadcast.

use domain::{
    Result,
    actor::Permission,
    emergency::{self, Emergency},
};
use locales::Sentence;

use super::command;
use crate::view::View;

/// Why there is no button to send somebody, and what he can do, while nobody comes; nothing for whoever can assign.
pub(super) async fn lines(view: &View, emergency: &Emergency) -> Result<Vec<String>> {
    let Some(reader) = &view.reader else {
        return Ok(Vec::new());
    };
    let sends = reader.has(Permission::Broadcast);
    let wanted = emergency::is_open(emergency.status) && emergency.going() == 0;
    let watches = wanted && (reader.may_command() || sends);
    if !watches || command::assigns(view, emergency).await? {
        return Ok(Vec::new());
    }
    let mut lines = vec![view.say(&Sentence::EmergencyElsewhere)];
    lines.extend(sends.then(|| view.say(&Sentence::EmergencyElsewhereSend)));
    Ok(lines)
}

/// The same with whom to call, for a card.
pub(super) async fn with_phones(view: &View, emergency: &Emergency) -> Result<Vec<String>> {
    let mut lines = lines(view, emergency).await?;
    if !lines.is_empty() {
        lines.extend(phones(view, emergency).await?);
    }
    Ok(lines)
}

/// Whom to call.
pub(super) async fn phones(view: &View, emergency: &Emergency) -> Result<Vec<String>> {
    let list = emergency::phones(&view.store, emergency.unit_id).await?;
    let head = view.say(&match list.is_empty() {
        true => Sentence::EmergencyNoPhones,
        false => Sentence::EmergencyCall,
    });
    let people = list
        .into_iter()
        .map(|one| format!("• {}: {}", one.name, one.phone));
    Ok([head].into_iter().chain(people).collect())
}
