//! What was done, as text and as a picture: by oneself, or in one's units.

use domain::{
    Result,
    card::Subject,
    figures::{self, Figures, Interval, Period},
};
use locales::Sentence;

use crate::{
    history,
    keyboards::{Button, Rows, Span},
    screen::{Made, Media, Screen},
    view::{View, headed, with},
};

/// The figures of a time; nothing for whom there are none.
pub async fn page(view: &View, span: Span, own: bool) -> Result<Option<Screen>> {
    let Some(reader) = &view.reader else {
        return Ok(None);
    };
    let period = Period::last(&view.store, days(span));
    let figures = match (own, reader.user_id) {
        (true, Some(id)) => figures::of_user(&view.store, reader, id, period).await?,
        _ => figures::of_scope(&view.store, reader, period).await?,
    };
    let title = title(view, span, own);
    let buttons = buttons(view, reader.may_command(), (span, own));
    let mut lines = vec![title.clone()];
    lines.extend(words(view, &figures));
    let media = if figures.total.completed > 0 {
        Some(picture(view, title, figures).await?)
    } else {
        None
    };
    Ok(Some(Screen {
        subject: Some(Subject::List),
        ring: true,
        media,
        ..with(buttons, headed(&lines))
    }))
}

/// How many days that is, today included.
pub fn days(span: Span) -> i64 {
    match span {
        Span::Week => 7,
        Span::Month => 30,
        Span::Year | Span::Always => 365,
    }
}

fn title(view: &View, span: Span, own: bool) -> String {
    let span = view.say(&history::span(span)).into();
    view.say(&if own {
        Sentence::FiguresOwn { span }
    } else {
        Sentence::FiguresUnits { span }
    })
}

fn words(view: &View, figures: &Figures) -> Vec<String> {
    let sums = &figures.total;
    if sums.is_empty() {
        return vec![view.say(&Sentence::FiguresNone)];
    }
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let mut lines = vec![view.say(&Sentence::FiguresCompleted {
        count: count(sums.completed).into(),
        cancelled: count(sums.cancelled).into(),
    })];
    lines.extend(sums.on_time_share().map(|share| {
        view.say(&Sentence::FiguresOnTime {
            percent: ((share * 100.0).round() as i64).into(),
            count: count(sums.on_time).into(),
            total: count(sums.timed).into(),
        })
    }));
    let interval = |one: Option<Interval>, say: fn(String, i64) -> Sentence| {
        one.map(|one| view.say(&say(length(view, one.mean_seconds), count(one.count))))
    };
    lines.extend(interval(sums.to_acknowledge(), |time, count| {
        Sentence::FiguresAcknowledged {
            time: time.into(),
            count: count.into(),
        }
    }));
    lines.extend(interval(sums.to_arrive(), |time, count| {
        Sentence::FiguresArrived {
            time: time.into(),
            count: count.into(),
        }
    }));
    lines.extend(interval(sums.to_complete(), |time, count| {
        Sentence::FiguresWorked {
            time: time.into(),
            count: count.into(),
        }
    }));
    lines.push(view.say(&Sentence::FiguresReports {
        count: count(sums.reports).into(),
    }));
    lines
}

/// Seconds below two minutes, then minutes, then hours and minutes.
pub fn length(view: &View, seconds: f64) -> String {
    let seconds = seconds.round() as i64;
    view.say(&match seconds {
        ..120 => Sentence::LengthSeconds {
            count: seconds.into(),
        },
        120..7200 => Sentence::LengthMinutes {
            count: ((seconds + 30) / 60).into(),
        },
        _ => Sentence::LengthHours {
            hours: (seconds / 3600).into(),
            minutes: (seconds % 3600 / 60).into(),
        },
    })
}

async fn picture(view: &View, title: String, figures: Figures) -> Result<Media> {
    let lang = view.lang;
    let drawn =
        tokio::task::spawn_blocking(move || papers::picture::png(&title, &figures, lang)).await;
    let bytes = drawn
        .map_err(|error| domain::Error::Data(error.to_string()))?
        .map_err(|error| domain::Error::Data(error.to_string()))?;
    Ok(Media::Drawn(Made {
        name: "figures.png".into(),
        mime: "image/png".into(),
        bytes: bytes.into(),
    }))
}

/// What else could be shown: whatever is chosen now is marked.
fn buttons(view: &View, commands: bool, now: (Span, bool)) -> Rows {
    let button = |label: &Sentence, (span, own)| {
        let mark = if (span, own) == now { "• " } else { "" };
        (
            format!("{mark}{}", view.say(label)),
            Button::Figures { span, own },
        )
    };
    let spans = [Span::Week, Span::Month, Span::Year];
    let rows = Rows::default().row(spans.map(|span| button(&history::span(span), (span, now.1))));
    if !commands {
        return rows;
    }
    let whose = [
        (true, Sentence::HistoryOwn),
        (false, Sentence::HistoryUnits),
    ];
    rows.row(whose.map(|(own, label)| button(&label, (now.0, own))))
}
