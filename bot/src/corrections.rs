//! Words that somebody corrects in Telegram after he sent them: the record keeps both, and he is told.

use domain::{
    Error, Result, correction,
    report::{self, NewReport, TEXT_MOST},
};
use locales::Sentence;
use teloxide::types::Message;

use crate::{ctx::Ctx, reply::Reply, text::cut};

/// The message reads otherwise now. What was no report, or takes none any more, stays as it was sent.
pub async fn made(ctx: &Ctx, message: &Message) -> Result<()> {
    let Some(words) = message.text().or_else(|| message.caption()) else {
        return ctx.ignore().await;
    };
    let Some(kept) = correction::kept(&ctx.store, &ctx.actor, message.date).await? else {
        return ctx.reply(Reply::NotCorrected).await;
    };
    let words = behind_command(words);
    if words.is_empty() {
        return ctx.reply(Reply::NotCorrected).await;
    }
    let text = words.into();
    let said = Sentence::ReportCorrection { text }.to(ctx.lang);
    let said = cut(&said, TEXT_MOST);
    // Telegram brings a message again also when something else about it has changed.
    if kept.text.is_some_and(|text| text == words || text == said) {
        return ctx.ignore().await;
    }
    let new = NewReport {
        at: Some(message.date),
        ..NewReport::text(said)
    };
    add(ctx, kept.task_id, new).await
}

/// The words of a report that was written behind its command.
fn behind_command(words: &str) -> &str {
    match words.strip_prefix('/') {
        Some(command) => command.split_once(' ').map_or("", |(_, rest)| rest).trim(),
        None => words,
    }
}

async fn add(ctx: &Ctx, task_id: i64, new: NewReport) -> Result<()> {
    let inner = ctx.clone();
    let done = ctx
        .write(move |tx| {
            Box::pin(async move {
                report::add(tx, &inner.actor, task_id, new).await?;
                inner.say(tx, Reply::Corrected { task_id }).await
            })
        })
        .await;
    match done {
        Err(Error::Refused(_)) => ctx.reply(Reply::NotCorrected).await,
        done => done.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_no_part_of_what_it_reports() {
        for (words, report) in [
            ("Robo en la plaza", "Robo en la plaza"),
            ("/novedad  Robo en la plaza ", "Robo en la plaza"),
            ("/novedad", ""),
            ("km 3/4", "km 3/4"),
        ] {
            assert_eq!(behind_command(words), report, "{words}");
        }
    }
}
