//! Words that somebody corrects in Telegram after he sent them: the record keeps both, and he is told.

use chrono::{DateTime, Utc};
use domain::{
    Error, Result, correction,
    report::{About, TEXT_MOST},
};
use locales::Sentence;
use teloxide::types::Message;

use crate::{ctx::Ctx, reply::Reply, schema::Command, text::cut};

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
    add(ctx, message.date, said).await
}

/// The words of a report that was written behind its command. Whoever makes another command of it wants something else.
fn behind_command(words: &str) -> &str {
    let Some(command) = words.strip_prefix('/') else {
        return words;
    };
    let (name, rest) = command.split_once(' ').unwrap_or((command, ""));
    let name = name.split('@').next().unwrap_or_default();
    match name.to_lowercase() == Command::Report(String::new()).name() {
        true => rest.trim(),
        false => "",
    }
}

async fn add(ctx: &Ctx, sent_at: DateTime<Utc>, text: String) -> Result<()> {
    let inner = ctx.clone();
    let done = ctx
        .write(move |tx| {
            Box::pin(async move {
                let about = correction::add(tx, &inner.actor, sent_at, text).await?;
                let said = match about {
                    About::Task(task_id) => Reply::Corrected { task_id },
                    About::Shift(_) => Reply::ShiftCorrected,
                };
                inner.say(tx, said).await
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
            ("/Novedad@gad_bot Robo en la plaza", "Robo en la plaza"),
            ("/novedad", ""),
            ("/sos me siguen", ""),
            ("km 3/4", "km 3/4"),
        ] {
            assert_eq!(behind_command(words), report, "{words}");
        }
    }
}
