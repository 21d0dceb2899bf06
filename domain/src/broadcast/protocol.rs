//! The prepared broadcasts that ship with the program.

use serde::Deserialize;

use super::Audience;

/// A prepared broadcast.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Protocol {
    pub code: String,
    pub label: String,
    /// `{text}` is where what is written goes.
    pub template: String,
    /// Whom it is usually for; whoever sends it chooses.
    #[serde(default)]
    pub audience: Option<Audience>,
    /// What has to be typed before it leaves.
    #[serde(default)]
    pub confirm_word: Option<String>,
}

impl Protocol {
    /// Its words with what was written in their place.
    pub fn filled(&self, text: Option<&str>) -> String {
        let text = text.unwrap_or_default();
        if self.template.contains("{text}") {
            let filled = self.template.replace("{text}", text);
            return filled.trim().to_owned();
        }
        format!("{}\n{text}", self.template).trim().to_owned()
    }
}

/// Every protocol, in the order of lists.
pub fn protocols() -> Vec<Protocol> {
    serde_json::from_str(include_str!("../catalogue/protocols.json"))
        .expect("the file is read by a test")
}

/// The protocol with this code.
pub fn find(code: &str) -> Option<Protocol> {
    protocols().into_iter().find(|one| one.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_know_whom_they_are_for_and_only_the_gravest_wants_a_word() {
        let all = protocols();
        let codes: Vec<&str> = all.iter().map(|one| one.code.as_str()).collect();
        for code in [
            "codigo_rojo",
            "evacuacion",
            "refuerzos",
            "fin_de_operativo",
            "reunion_urgente",
        ] {
            assert!(codes.contains(&code), "{code}");
        }
        let meant: Vec<_> = all.iter().map(|one| one.audience.clone()).collect();
        assert_eq!(
            meant,
            [
                Some(Audience::All),
                Some(Audience::All),
                Some(Audience::OnDuty),
                Some(Audience::OnDuty),
                Some(Audience::Supervisors),
                None,
                None
            ]
        );
        let words: Vec<&Protocol> = all
            .iter()
            .filter(|one| one.confirm_word.is_some())
            .collect();
        assert_eq!(words.len(), 1);
        assert_eq!(
            find("evacuacion").map(|one| one.filled(Some("Plaza"))),
            Some("EVACUACIÓN. Salgan ahora y confirmen. Plaza".into())
        );
    }

    #[test]
    fn what_is_written_stands_where_the_words_have_room_for_it_else_below_them() {
        let quick = |code: &str, text: Option<&str>| find(code).expect("it ships").filled(text);
        assert_eq!(
            quick("atencion", Some("Corte de luz")),
            "ATENCIÓN. Corte de luz"
        );
        assert_eq!(quick("atencion", None), "ATENCIÓN.");
        assert_eq!(
            quick("reportarse", Some("Zona sur")),
            "Repórtense: ¿están bien? Zona sur"
        );
        let bare = Protocol {
            template: "Salgan".into(),
            ..find("atencion").expect("it ships")
        };
        assert_eq!(bare.filled(Some("ya")), "Salgan\nya");
        assert_eq!(bare.filled(None), "Salgan");
    }
}
