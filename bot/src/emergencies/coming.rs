//! Who comes to an emergency and how far each is by what he said himself: on his way, there, or only that he got it.

use domain::emergency::{self, Emergency, Offer, OfferState};
use locales::Sentence;

use super::{Card, NAMED};
use crate::{text, view::View};

/// Those who had said that they come to a call that goes on and cannot be counted on now, below the word that nobody comes.
pub(super) fn lost(view: &View, emergency: &Emergency) -> Vec<String> {
    let lost = emergency
        .takers()
        .filter(|one| one.blocked || one.own_call.is_some());
    let line = |one: &Offer| match &one.own_call {
        Some(code) => view.say(&Sentence::EmergencyComerCalls {
            name: one.agent.name.clone().into(),
            code: code.clone().into(),
        }),
        None => format!(
            "• {}: {}",
            one.agent.name,
            view.say(&Sentence::EmergencyComerDeaf)
        ),
    };
    lost.take(NAMED).map(line).collect()
}

impl Card<'_> {
    pub(super) fn coming(&self) -> Vec<String> {
        let (counted, others): (Vec<&Offer>, Vec<&Offer>) =
            self.emergency.takers().partition(|one| one.counts());
        let takers: Vec<&Offer> = counted.into_iter().chain(others).collect();
        let going = self.emergency.going();
        let (coming, needed) = (going.into(), self.emergency.crew.into());
        let head = match (self.is_open(), going) {
            (true, 0) => Sentence::EmergencyNobody { needed },
            (true, _) => Sentence::EmergencyComing { coming, needed },
            (false, _) if takers.is_empty() => return Vec::new(),
            (false, _) => Sentence::EmergencyCame { coming, needed },
        };
        let named = takers.into_iter().take(NAMED);
        let people = named.map(|one| self.comer_line(one));
        [self.say(&head)].into_iter().chain(people).collect()
    }

    /// Whom Telegram tells nothing any more has to be called; whoever calls for help himself does not come for now.
    fn comer_line(&self, one: &Offer) -> String {
        let line = self.say(&match &one.own_call {
            Some(code) => Sentence::EmergencyComerCalls {
                name: one.agent.name.clone().into(),
                code: code.clone().into(),
            },
            None => self.comer(one),
        });
        match one.blocked {
            true => format!("{line} · {}", self.say(&Sentence::EmergencyComerDeaf)),
            false => line,
        }
    }

    fn comer(&self, one: &Offer) -> Sentence {
        match self.is_open() {
            true => self.comes(one),
            false => self.came(one),
        }
    }

    /// Somebody who comes, and when he may be there, or since when he is.
    fn comes(&self, one: &Offer) -> Sentence {
        let name = one.agent.name.clone().into();
        if let Some(at) = one.on_site_at {
            let time = self.view.clock(at).into();
            return Sentence::EmergencyComerThere { name, time };
        }
        if !one.said_he_goes() {
            return Sentence::EmergencyComerHeard { name };
        }
        match one.eta_minutes() {
            Some(minutes) => Sentence::EmergencyComer {
                name,
                minutes: minutes.into(),
                time: self.view.clock(one.offered_at.unwrap_or(one.at)).into(),
                factor: emergency::DETOUR.into(),
                speed: emergency::SPEED_KMH.into(),
            },
            None => Sentence::EmergencyComerPlain { name },
        }
    }

    /// The same once it is over.
    fn came(&self, one: &Offer) -> Sentence {
        let name = one.agent.name.clone().into();
        match one.on_site_at {
            Some(at) => Sentence::EmergencyCameThere {
                name,
                time: self.view.clock(at).into(),
            },
            None if one.said_he_goes() => Sentence::EmergencyCameOne { name },
            None => Sentence::EmergencyCameHeard { name },
        }
    }

    /// How far the reader would have to go.
    pub(super) fn way(&self) -> Option<String> {
        let mine = self.mine.as_ref().filter(|_| self.is_open())?;
        if mine.on_site_at.is_some() {
            return None;
        }
        let (distance, minutes) = (mine.distance_m?, mine.eta_minutes()?);
        Some(self.say(&Sentence::EmergencyWay {
            distance: text::distance(distance, self.view.lang).into(),
            minutes: minutes.into(),
        }))
    }

    /// What the reader said himself.
    pub(super) fn answer(&self) -> Option<String> {
        let mine = self.mine.as_ref()?;
        let sentence = match (mine.state, self.is_open()) {
            (OfferState::Taken, true) if mine.own_call.is_some() => Sentence::EmergencyYouCall {
                code: mine.own_call.clone().unwrap_or_default().into(),
            },
            (OfferState::Taken, true) if mine.on_site_at.is_some() => Sentence::EmergencyYouThere,
            (OfferState::Taken, true) if mine.said_he_goes() => Sentence::EmergencyYouGo,
            (OfferState::Taken, true) => Sentence::EmergencyYouGotIt,
            (OfferState::Taken, false) if mine.said_he_goes() => Sentence::EmergencyYouWent,
            (OfferState::Taken, false) => Sentence::EmergencyYouHeard,
            (OfferState::Declined, true) => Sentence::EmergencyYouCannot,
            (OfferState::Declined, false) => Sentence::EmergencyYouCouldNot,
            (OfferState::StoodDown, true) if self.enough() => Sentence::EmergencyEnough,
            _ => return None,
        };
        Some(self.say(&sentence))
    }

    pub(super) fn enough(&self) -> bool {
        self.emergency.enough()
    }
}
