//! The task that whoever called is at, for those who look for him.

use domain::{
    Result,
    emergency::{self, Emergency},
};
use locales::Sentence;

use crate::{text, view::View};

/// Its code, its title and where it is, while the call goes on.
pub(super) async fn line(view: &View, emergency: &Emergency) -> Result<Option<String>> {
    if !emergency::is_open(emergency.status) {
        return Ok(None);
    }
    let Some(task) = emergency::callers_task(&view.store, emergency.id).await? else {
        return Ok(None);
    };
    let place = task.place.label.or(task.place.point.map(text::point));
    let words = [Some(task.code), Some(task.title), place].into_iter();
    let words: Vec<String> = words.flatten().collect();
    Ok(Some(view.say(&Sentence::EmergencyAtWork {
        task: words.join(" · ").into(),
    })))
}
