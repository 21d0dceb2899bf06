//! What holds for every sentence, whoever wrote it.

use super::*;

fn everywhere() -> impl Iterator<Item = (Lang, Sentence)> {
    let samples =
        ["Ana Díaz".into(), 1.into(), 2.into(), 2.5.into()].map(|arg: Arg| Sentence::all(&arg));
    let samples: Vec<_> = samples.into_iter().flatten().collect();
    Lang::ALL.into_iter().flat_map(move |lang| {
        samples
            .clone()
            .into_iter()
            .map(move |sentence| (lang, sentence))
    })
}

fn shown(prefix: &str) -> impl Iterator<Item = (Lang, Sentence, String)> {
    everywhere()
        .filter(move |(_, sentence)| sentence.id().starts_with(prefix))
        .map(|(lang, sentence)| (lang, sentence.clone(), sentence.to(lang)))
}

#[test]
fn every_sentence_comes_out_whole() {
    for (lang, sentence, text) in shown("") {
        let id = sentence.id();
        assert!(Sentence::ALL_IDS.contains(&id));
        assert!(
            !text.trim().is_empty() && text != id,
            "{lang} {id} is empty"
        );
        assert!(
            !text.contains(['{', '}', '\u{2068}', '\u{2069}']),
            "{lang} {id}: {text}"
        );
    }
}

#[test]
fn sentences_carry_no_markup() {
    for (lang, sentence, text) in shown("") {
        assert!(
            !text.contains(['<', '>', '&', '*', '`']),
            "{lang} {}: {text}",
            sentence.id()
        );
    }
}

/// It is known when the word was put on its way, not that it has left.
#[test]
fn silence_that_is_passed_on_is_not_said_to_be_known_to_others() {
    let said: Vec<_> = shown("delivery-escalated").collect();
    assert!(!said.is_empty());
    for (lang, _, text) in said {
        let telling = match lang {
            Lang::Es => "avisando a quien manda desde",
            Lang::En => "telling those in command since",
            Lang::Pt => "avisando quem comanda desde",
        };
        assert!(text.contains(telling), "{lang}: {text}");
    }
}

#[test]
fn labels_fit_their_buttons() {
    for (lang, sentence, text) in shown("button-") {
        assert!(
            text.chars().count() <= 30,
            "{lang} {}: {text}",
            sentence.id()
        );
        assert!(!text.contains('\n'));
    }
}

#[test]
fn commands_fit_telegrams_menu() {
    for (lang, sentence, text) in shown("command-") {
        assert!(
            (3..=100).contains(&text.chars().count()),
            "{lang} {}: {text}",
            sentence.id()
        );
        assert!(!text.contains('\n'));
    }
}

#[test]
fn refusals_fit_a_callback_answer() {
    for (lang, sentence, text) in shown("refusal-").chain(shown("progress-")) {
        assert!(
            text.chars().count() <= 200,
            "{lang} {}: {text}",
            sentence.id()
        );
    }
}

#[test]
fn every_command_has_its_help() {
    for id in Sentence::ALL_IDS
        .iter()
        .filter_map(|id| id.strip_prefix("command-"))
    {
        assert!(
            Sentence::ALL_IDS.contains(&format!("help-{id}").as_str()),
            "{id}"
        );
    }
}

#[test]
fn a_stranger_gets_one_bare_sentence() {
    for lang in Lang::ALL {
        let text = Sentence::StartStranger.to(lang);
        assert!(
            !text.contains(['/', '\n']) && text.matches('.').count() == 1,
            "{text}"
        );
    }
}

/// Only a delivery may say that somebody was told.
#[test]
fn nobody_is_said_to_be_informed() {
    let claims = [
        "avisado",
        "avisada",
        "notificad",
        "informad",
        "notified",
        "informed",
        "was told",
    ];
    for (lang, sentence, text) in shown("") {
        let text = text.to_lowercase();
        let claimed = claims.iter().any(|claim| text.contains(claim));
        let counts_deliveries = ["delivery-sent", "emergency-told"].contains(&sentence.id());
        assert!(
            !claimed || counts_deliveries,
            "{lang} {}: {text}",
            sentence.id()
        );
    }
}

#[test]
fn measures_follow_the_language() {
    let near = Sentence::AvailabilityDistanceKm { km: 2.5.into() };
    assert!(near.to(Lang::Es).contains("2,5") && near.to(Lang::Pt).contains("2,5"));
    assert!(near.to(Lang::En).contains("2.5"));
}

/// The words that people and scripts look for.
#[test]
fn the_words_of_the_contract_stand() {
    let fixed = [
        (Sentence::ButtonAcknowledge, "Recibido"),
        (Sentence::ButtonDecline, "No puedo"),
        (Sentence::ButtonEnRoute, "En camino"),
        (Sentence::ButtonOnSite, "En el lugar"),
        (Sentence::ButtonStart, "Iniciar"),
        (Sentence::ButtonPause, "Pausar"),
        (Sentence::ButtonResume, "Reanudar"),
        (Sentence::ButtonReport, "Novedad"),
        (Sentence::ButtonFinish, "Finalizar"),
        (Sentence::ButtonNothingToReport, "Sin novedades"),
        (Sentence::ButtonSomethingToReport, "Con novedades"),
        (Sentence::ButtonUndo, "Deshacer"),
        (Sentence::ButtonReopen, "Reabrir"),
        (Sentence::ButtonConfirm, "Confirmar"),
        (Sentence::ButtonEdit, "Editar"),
        (Sentence::ButtonCancel, "Cancelar"),
        (Sentence::ButtonSkip, "Omitir"),
        (Sentence::ButtonNow, "Ahora"),
        (Sentence::ButtonContinue, "Continuar"),
        (Sentence::ButtonBack, "Volver"),
        (Sentence::ButtonGoing, "Voy"),
        (Sentence::ButtonNeedHelp, "Necesito ayuda"),
        (Sentence::ButtonAccept, "Acepto"),
        (Sentence::ButtonNo, "No"),
    ];
    for (button, word) in fixed {
        let label = button.to(Lang::Es);
        assert_eq!(
            label.trim_start_matches(|letter: char| !letter.is_alphabetic()),
            word
        );
        assert!(matches(&button, word));
    }
}
