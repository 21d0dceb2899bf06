//! What is told of a drill: how well it was answered, or why it was not held.

use domain::{
    Actor, Error, Result,
    actor::Channel,
    broadcast::{self, Broadcast},
    drill::{self, MissedWhy, Silence, Times},
    page::Window,
};
use locales::Sentence;

use crate::{
    figures,
    screen::Rendered,
    text,
    view::{View, headed},
};

/// The most who are named, of the silent and of those without reach each.
const NAMED: u64 = 10;

/// How well it was answered; for whoever sent it.
pub async fn score(view: &View, broadcast_id: i64) -> Result<Rendered> {
    let Some(reader) = &view.reader else {
        return Ok(Rendered::Nothing);
    };
    let broadcast = match broadcast::find(&view.store, reader, broadcast_id).await {
        Err(Error::Refused(_)) => return Ok(Rendered::Nothing),
        found => found?,
    };
    let score = drill::score(&view.store, &broadcast).await?;
    let (silent, unreachable) = (score.silent(), score.unreachable());
    let mut lines = vec![
        view.say(&Sentence::DrillScore {
            text: text::cut(&broadcast.text, 60).into(),
        }),
        view.say(&Sentence::TaskCardDrill),
        view.say(&Sentence::DrillScorePeople {
            acknowledged: score.acknowledged.into(),
            people: score.recipients.into(),
            silent: silent.into(),
            unreachable: unreachable.into(),
        }),
    ];
    lines.extend((score.calling > 0).then(|| {
        let count = score.calling.into();
        view.say(&Sentence::DrillScoreCalling { count })
    }));
    lines.push(view.say(&of_reached(view, score.reached, score.of_reached)));
    if unreachable > 0 {
        lines.push(view.say(&of_all(view, score.recipients, score.of_all)));
    }
    for (why, count) in [
        (Silence::Silent, silent),
        (Silence::Unreachable, unreachable),
    ] {
        lines.extend(named(view, &broadcast, why, count).await?);
    }
    Ok(headed(&lines).into())
}

fn of_reached(view: &View, count: i64, times: Times) -> Sentence {
    Sentence::DrillScoreReached {
        count: count.into(),
        share: share(view, times).into(),
    }
}

fn of_all(view: &View, count: i64, times: Times) -> Sentence {
    Sentence::DrillScoreAll {
        count: count.into(),
        share: share(view, times).into(),
    }
}

/// How many had answered after how long, as far as so many did.
fn share(view: &View, times: Times) -> String {
    let after = |seconds: i64| locales::Arg::from(figures::length(view, seconds as f64));
    view.say(&match (times.half_seconds, times.most_seconds) {
        (Some(half), Some(most)) => Sentence::DrillShareBoth {
            half: after(half),
            most: after(most),
        },
        (Some(half), None) => Sentence::DrillShareHalf { half: after(half) },
        (None, _) => Sentence::DrillShareNone,
    })
}

/// Who did not answer, for this reason: some of them by name, and how many there are beside them.
async fn named(
    view: &View,
    broadcast: &Broadcast,
    why: Silence,
    count: i64,
) -> Result<Option<String>> {
    if count <= 0 {
        return Ok(None);
    }
    let page = drill::unanswered(&view.store, broadcast, Some(why), Window::first(NAMED)).await?;
    let more = count - page.items.len() as i64;
    let mut names: Vec<String> = page.items.into_iter().map(|one| one.name).collect();
    names.extend((more > 0).then(|| format!("+{more}")));
    let names = names.join(", ").into();
    Ok(Some(view.say(&match why {
        Silence::Silent => Sentence::DrillScoreSilent { names },
        Silence::Unreachable => Sentence::DrillScoreUnreachable { names },
    })))
}

/// That one could not be held, and why; for whoever planned it and for those who may send.
pub async fn missed(view: &View, drill_id: i64) -> Result<Rendered> {
    let system = Actor::system(Channel::Bot);
    let drill = drill::find(&view.store, &system, drill_id).await?;
    let Some(why) = drill.why else {
        return Ok(Rendered::Nothing);
    };
    let lines = [
        view.say(&Sentence::DrillMissed {
            time: view.clock(drill.starts_at).into(),
            text: text::cut(&drill.words, 60).into(),
        }),
        view.say(&Sentence::TaskCardDrill),
        view.say(&match why {
            MissedWhy::Late => Sentence::DrillMissedLate,
            MissedWhy::NoSender => Sentence::DrillMissedSender,
            MissedWhy::Nobody => Sentence::DrillMissedNobody,
            MissedWhy::Words => Sentence::DrillMissedWords,
        }),
    ];
    Ok(headed(&lines).into())
}
