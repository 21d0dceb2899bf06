//! Who was asked to come and by what he was judged, and what stood against the others: for those who watch.

use chrono::TimeDelta;
use domain::emergency::{Offer, OfferState};
use locales::Sentence;

use super::{Card, NAMED};
use crate::{cards, text};

impl Card<'_> {
    /// Who was asked and why, and why the others were not.
    pub(super) fn search(&self) -> Vec<String> {
        let emergency = &self.emergency;
        let mut lines = Vec::new();
        lines.extend(emergency.escalated_at.map(|at| {
            self.say(&Sentence::EmergencyEscalatedAt {
                time: self.view.clock(at).into(),
            })
        }));
        let (passed, asked): (Vec<&Offer>, Vec<&Offer>) = emergency
            .offers
            .iter()
            .filter(|one| one.state != OfferState::Taken)
            .partition(|one| one.state == OfferState::Passed);
        lines.extend(asked.into_iter().take(NAMED).map(|one| self.asked(one)));
        let (unplaced, near): (Vec<&Offer>, Vec<&Offer>) =
            passed.into_iter().partition(|one| one.is_unplaced());
        for some in [near, unplaced] {
            lines.extend(some.into_iter().take(NAMED).map(|one| self.passed(one)));
        }
        lines
    }

    fn passed(&self, one: &Offer) -> String {
        self.say(&Sentence::EmergencyPassed {
            name: one.agent.name.clone().into(),
            facts: self.facts(one).into(),
            why: self.why(one).into(),
        })
    }

    fn asked(&self, one: &Offer) -> String {
        let unreachable = (one.state == OfferState::Unreachable).then_some(one.at);
        let said = match one.state {
            OfferState::Declined => self.say(&Sentence::DeliveryDeclined {
                name: one.agent.name.clone().into(),
                time: self.view.clock(one.at).into(),
            }),
            _ => cards::reached(self.view, &one.agent.name, unreachable, None, one.sent_at),
        };
        format!("• {said} ({})", self.facts(one))
    }

    /// Distance, position and load, as they were judged by; the position by the clock, as its age would grow unseen.
    fn facts(&self, one: &Offer) -> String {
        let lang = self.view.lang;
        let mut facts = Vec::new();
        facts.extend(one.distance_m.map(|metres| text::distance(metres, lang)));
        facts.extend(one.position_age_s.map(|seconds| {
            let judged = one.offered_at.unwrap_or(one.at);
            let time = self.view.clock(judged - TimeDelta::seconds(seconds));
            self.say(&Sentence::EmergencySeen {
                time: text::within(time, one.position_accuracy_m, lang).into(),
            })
        }));
        facts.extend(one.load.map(|count| {
            self.say(&Sentence::EmergencyLoad {
                count: count.into(),
            })
        }));
        facts.join(", ")
    }

    fn why(&self, one: &Offer) -> String {
        let word = one.why.as_deref().unwrap_or_default();
        if let Ok(availability) = word.parse() {
            return text::availability(availability, None, self.view.lang);
        }
        self.say(&match word {
            "unplaced" => Sentence::EmergencyWhyUnplaced,
            "stale" => Sentence::EmergencyWhyStale,
            "not_linked" => Sentence::EmergencyWhyNotLinked,
            "blocked" => Sentence::EmergencyWhyBlocked,
            "requirement" => Sentence::EmergencyWhyRequirement,
            "busier" => Sentence::EmergencyWhyBusier,
            "in_need" => Sentence::EmergencyWhyInNeed,
            _ => Sentence::EmergencyWhyFarther,
        })
    }
}
