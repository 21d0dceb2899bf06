//! Somebody cries for help on an ordinary task, for those who answer for it.

use domain::{Actor, Result, actor::Channel, report, task::load, user};
use locales::Sentence;

use crate::{
    broadcasts::needing,
    screen::Rendered,
    view::{View, headed},
};

/// What he wrote, on which task, and where he was last; nothing once his words are erased.
pub(super) async fn cried(
    view: &View,
    (task_id, report_id): (i64, i64),
    user_id: i64,
) -> Result<Rendered> {
    let report = report::told(&view.store, report_id).await?;
    let Some(words) = report.and_then(|report| report.text) else {
        return Ok(Rendered::Nothing);
    };
    let system = Actor::system(Channel::Bot);
    let task = load::find(&view.store, &system, task_id).await?;
    let author = user::find(&view.store, &system, user_id).await?;
    let cry = Sentence::AlertCry {
        name: author.name.into(),
        code: task.code.into(),
        words: words.into(),
    };
    let mut lines = vec![view.say(&cry)];
    lines.extend(task.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    lines.extend(needing::last_place(view, user_id).await?);
    Ok(headed(&lines).into())
}
