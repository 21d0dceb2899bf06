//! Carrying out what a person does: with the account itself here, in a chat as a [`Scene`].

use crate::{
    acts::{Act, CannotAct, Done},
    config::Config,
    scene::Scene,
    state::{Human, World},
};

/// Result of an act.
pub(crate) type Outcome = Result<Done, CannotAct>;

/// A person in a chat with a bot.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub token: String,
    pub person: i64,
    pub chat: i64,
    /// The topic of a forum.
    pub topic: Option<i64>,
}

impl World {
    /// Lets the person at `place` do something.
    pub fn act(&mut self, place: &Place, act: Act, config: &Config) -> Outcome {
        let me = self.people.get(&place.person).cloned();
        let me =
            me.ok_or_else(|| CannotAct::new(format!("there is no person {}", place.person)))?;
        if me.deleted {
            return Err(CannotAct::new(format!(
                "{} has deleted the account",
                me.first_name
            )));
        }
        match act {
            Act::DeletesAccount => self.delete_account(place.person),
            Act::Stands {
                latitude,
                longitude,
            } => self.stand(place.person, (latitude, longitude)),
            Act::OpensLink { link } => self.open_link(place, &me, &link, config),
            act => {
                let mut desk = self
                    .desk(&place.token, config)
                    .ok_or_else(|| CannotAct::new("there is no such bot"))?;
                Scene {
                    desk: &mut desk,
                    me: &me,
                    chat: place.chat,
                    topic: place.topic,
                }
                .act(act)
            }
        }
    }

    fn delete_account(&mut self, person: i64) -> Outcome {
        if let Some(person) = self.people.get_mut(&person) {
            person.deleted = true;
        }
        self.announce();
        Ok(Done::default())
    }

    fn stand(&mut self, person: i64, place: (f64, f64)) -> Outcome {
        if let Some(person) = self.people.get_mut(&person) {
            person.place = Some(place);
        }
        self.announce();
        Ok(Done::default())
    }

    fn open_link(&mut self, place: &Place, me: &Human, link: &str, config: &Config) -> Outcome {
        let (username, code) =
            start_link(link).ok_or_else(|| CannotAct::new(format!("not a bot's link: {link}")))?;
        let found = self
            .bots
            .iter()
            .find(|(_, bot)| bot.username.eq_ignore_ascii_case(username));
        let token = found.map(|(token, _)| token.clone());
        let token = token.ok_or_else(|| CannotAct::new(format!("there is no bot @{username}")))?;
        let mut desk = self
            .desk(&token, config)
            .ok_or_else(|| CannotAct::new("there is no such bot"))?;
        let mut scene = Scene {
            desk: &mut desk,
            me,
            chat: place.person,
            topic: None,
        };
        if scene.blocked() {
            scene.switch_block(false)?;
        }
        let text = code.map_or_else(|| "/start".to_owned(), |code| format!("/start {code}"));
        scene.says(&text, None)
    }
}

/// Username and start code of a bot's link.
fn start_link(link: &str) -> Option<(&str, Option<&str>)> {
    let rest = link.trim();
    let rest = rest
        .strip_prefix("https://")
        .or_else(|| rest.strip_prefix("http://"))
        .unwrap_or(rest);
    let rest = rest
        .strip_prefix("t.me/")
        .or_else(|| rest.strip_prefix("telegram.me/"))?;
    let (username, query) = rest.split_once('?').unwrap_or((rest, ""));
    let code = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("start="))
        .filter(|code| !code.is_empty());
    (!username.is_empty()).then_some((username.trim_end_matches('/'), code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_bots_are_understood() {
        assert_eq!(
            start_link("https://t.me/gad_bot?start=a-B_1"),
            Some(("gad_bot", Some("a-B_1")))
        );
        assert_eq!(start_link("t.me/gad_bot"), Some(("gad_bot", None)));
        assert_eq!(start_link("https://example.com/gad_bot?start=a"), None);
    }
}
