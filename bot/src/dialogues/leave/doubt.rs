//! Words that answer a task are hardly why somebody asks for leave: he is asked once more.

use domain::Result;
use locales::Sentence;

use super::LeaveDraft;
use crate::{ctx::Ctx, reply::Reply, state::Stage};

/// Whether this is nothing but "recibido", "voy" or "no puedo".
pub(super) fn is_answer(text: &str) -> bool {
    let answers = [
        Sentence::WordAnswer,
        Sentence::WordGoing,
        Sentence::WordCannot,
    ];
    answers.iter().any(|word| locales::matches(word, text))
}

/// Says that it was taken for nothing, and asks again; what comes then is the reason.
pub(super) async fn ask(ctx: &Ctx, draft: LeaveDraft) -> Result<()> {
    let stage = Stage::Leave(Box::new(LeaveDraft {
        doubted: true,
        ..draft
    }));
    let inner = ctx.clone();
    ctx.write(move |tx| {
        Box::pin(async move {
            inner.say(tx, Reply::LeaveAnswer).await?;
            inner.again(tx, stage).await
        })
    })
    .await
    .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bare_answer_is_doubted() {
        for answer in ["recibido", "Ok", "No puedo", "voy"] {
            assert!(is_answer(answer), "{answer}");
        }
        for reason in ["No puedo caminar", "Voy al médico", "Mudanza"] {
            assert!(!is_answer(reason), "{reason}");
        }
    }
}
