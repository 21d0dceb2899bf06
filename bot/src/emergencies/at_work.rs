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
    of(view, emergency.id).await
}

/// The same, whether it goes on or not.
pub(super) async fn of(view: &View, id: i64) -> Result<Option<String>> {
    let Some(task) = emergency::callers_task(&view.store, id).await? else {
        return Ok(None);
    };
    let place = task.place.label.or(task.place.point.map(text::point));
    let words = [Some(task.code), Some(task.title), place].into_iter();
    let words: Vec<String> = words.flatten().collect();
    Ok(Some(view.say(&Sentence::EmergencyAtWork {
        task: words.join(" · ").into(),
    })))
}
