//! The menu below the text field: by level and language, and each of its buttons does what it says.

use anyhow::{Context, Result};
use it::{Backend, Recruit, Somebody, TestApp};
use locales::{Lang, Sentence};
use rstest::rstest;

fn labels(person: &Somebody) -> Vec<String> {
    let buttons = person.reply_keyboard().concat().into_iter();
    buttons.map(|button| button.label).collect()
}

/// What it offers, and how each is answered by whoever has no work yet; calls for help are tried elsewhere.
fn offered(level: i16) -> Vec<(Sentence, Option<Sentence>)> {
    let mut all = vec![
        (Sentence::ButtonMenuSos, None),
        (Sentence::ButtonMenuTasks, Some(Sentence::TasksEmpty)),
        (Sentence::ButtonMenuReport, None),
    ];
    if level > 1 {
        all.push((Sentence::ButtonMenuCreate, Some(Sentence::CreateAskKind)));
        all.push((
            Sentence::ButtonMenuAvailable,
            Some(Sentence::AvailableEmpty),
        ));
    } else {
        all.push((Sentence::ButtonMenuState, Some(Sentence::StateLive)));
    }
    all.push((Sentence::ButtonMenuHelp, Some(Sentence::HelpHeader)));
    all
}

fn welcome(level: i16) -> Sentence {
    let name = "Vera".into();
    match level {
        1 => Sentence::StartWelcomeAgent { name },
        2 => Sentence::StartWelcomeSupervisor { name },
        _ => Sentence::StartWelcomeAdmin { name },
    }
}

#[rstest]
#[case(1, "es")]
#[case(1, "pt")]
#[case(2, "es")]
#[case(2, "en")]
#[case(3, "es")]
#[tokio::test(flavor = "multi_thread")]
async fn it_follows_level_and_language_and_does_what_it_says(
    #[case] level: i16,
    #[case] language: &str,
) -> Result<()> {
    let Some(app) = TestApp::on(Backend::Sqlite).start().await? else {
        return Ok(());
    };
    let recruit = Recruit::of_level(level, "Vera").speaking(language);
    let vera = app.recruit(recruit).await?;
    let lang = Lang::from_tag(Some(language));
    vera.says("/start")?;
    app.settled().await?;
    let said = vera.last_message().context("a welcome")?;
    assert_eq!(said.text, welcome(level).to(lang));
    let offered = offered(level);
    let wanted: Vec<String> = offered.iter().map(|(label, _)| label.to(lang)).collect();
    assert_eq!(labels(&vera), wanted);
    for (label, answer) in &offered {
        let Some(answer) = answer else { continue };
        vera.taps(&label.to(lang))?;
        app.settled().await?;
        let said = vera.last_message().context("an answer")?;
        assert!(said.text.contains(&answer.to(lang)), "{said:?}");
        vera.says("/cancelar")?;
        app.settled().await?;
    }
    Ok(())
}
