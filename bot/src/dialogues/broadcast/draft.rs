//! A broadcast as far as it was put together in the chat.

use chrono::NaiveDateTime;
use domain::{
    broadcast::{AckMode, Attached, Audience},
    geo::Point,
};
use serde::{Deserialize, Serialize};

/// A broadcast on its way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BroadcastDraft {
    pub step: Step,
    /// The page of units that is shown.
    pub page: u32,
    pub audience: Option<Audience>,
    /// The middle of the circle whose people it is for.
    pub around: Option<Point>,
    pub protocol: Option<String>,
    pub text: Option<String>,
    pub place: Option<Point>,
    pub media: Option<Attached>,
    pub drill: Exercise,
    /// The first answer is enough, else those of all are awaited.
    #[serde(default)]
    pub one_answer: bool,
    /// So many answers are enough; an older instance awaits those of all.
    #[serde(default)]
    pub quorum: Option<u32>,
    /// After how many hours it is over; the usual ones when nothing was chosen.
    #[serde(default)]
    pub hours: Option<u32>,
    /// The moment of a drill as the release before this one wrote it.
    #[serde(default, skip_serializing)]
    pub(super) later: Option<NaiveDateTime>,
}

/// Whether it is a drill, or when that shall leave, as wall time. A moment stands in place of the word, so that an older
/// instance, which would let the drill leave at once, cannot read the step and says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Exercise {
    Is(bool),
    At(NaiveDateTime),
}

impl Default for Exercise {
    fn default() -> Self {
        Self::Is(false)
    }
}

impl BroadcastDraft {
    pub(super) fn is_drill(&self) -> bool {
        self.drill != Exercise::Is(false)
    }

    /// When a drill shall leave; none: once it is confirmed.
    pub(super) fn leaves_at(&self) -> Option<NaiveDateTime> {
        match self.drill {
            Exercise::At(at) => Some(at),
            Exercise::Is(drill) => self.later.filter(|_| drill),
        }
    }

    /// The same, as a drill or not, that leaves once it is confirmed.
    pub(super) fn at_once(self, drill: bool) -> Self {
        Self {
            drill: Exercise::Is(drill),
            later: None,
            ..self
        }
    }

    /// Whose answers are awaited; those of a drill that leaves later are those of all.
    pub(super) fn ack(&self) -> AckMode {
        match (self.quorum, self.one_answer) {
            _ if self.leaves_at().is_some() => AckMode::All,
            (Some(answers), _) => AckMode::Quorum(answers),
            (None, true) => AckMode::First,
            (None, false) => AckMode::All,
        }
    }

    /// The first answer is enough where those of all were awaited, else those of all are awaited.
    pub(super) fn one_or_all(self) -> Self {
        Self {
            one_answer: self.ack() == AckMode::All,
            quorum: None,
            ..self
        }
    }

    /// The same where so many answers are enough.
    pub(super) fn enough(self, answers: u32) -> Self {
        Self {
            one_answer: answers == 1,
            quorum: (answers > 1).then_some(answers),
            ..self
        }
    }

    /// After how many hours it is over; a drill that leaves later has a time of its own.
    pub(super) fn hours(&self) -> Option<u32> {
        self.hours.filter(|_| self.leaves_at().is_none())
    }

    /// The same at the step that leads to the present one; another protocol is chosen anew. The place of a circle that is
    /// chosen anew goes with it, one that was sent for itself stays.
    pub fn before(&self) -> Option<Self> {
        let step = match self.step {
            Step::Audience => return None,
            Step::Unit | Step::Specialty | Step::Around => Step::Audience,
            Step::Radius => Step::Around,
            Step::What => self.chose_audience(),
            Step::Preview => Step::What,
            Step::Answers | Step::Until | Step::Later | Step::Word => Step::Preview,
        };
        let protocol = self.protocol.clone().filter(|_| step != Step::What);
        let goes_on = matches!(step, Step::What | Step::Preview);
        let place = self
            .place
            .filter(|place| goes_on || self.around != Some(*place));
        Some(Self {
            step,
            protocol,
            place,
            ..self.clone()
        })
    }

    /// The step in which it was said whom it is for.
    fn chose_audience(&self) -> Step {
        match self.audience {
            Some(Audience::Unit { .. }) => Step::Unit,
            Some(Audience::Specialty { .. }) => Step::Specialty,
            Some(Audience::Radius { .. }) => Step::Radius,
            _ => Step::Audience,
        }
    }

    /// What leaves later has words only.
    pub(super) fn may_wait(&self) -> bool {
        self.is_drill() && self.place.is_none() && self.media.is_none()
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    #[default]
    Audience,
    Unit,
    Specialty,
    Around,
    Radius,
    What,
    Preview,
    /// How many answers are enough.
    Answers,
    /// For how long answers are awaited.
    Until,
    /// When a drill leaves.
    Later,
    Word,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned() -> BroadcastDraft {
        let at = "2026-03-02T09:10:00".parse().expect("a moment");
        BroadcastDraft {
            drill: Exercise::At(at),
            ..BroadcastDraft::default()
        }
    }

    #[test]
    fn a_place_goes_with_the_circle_that_it_is_the_middle_of() {
        let at = |lat| Some(Point { lat, lon: -58.4 });
        let draft = |step, place| BroadcastDraft {
            step,
            around: at(-34.6),
            place,
            ..BroadcastDraft::default()
        };
        for (step, place, left) in [
            (Step::Preview, at(-34.6), at(-34.6)),
            (Step::What, at(-34.6), None),
            (Step::Radius, at(-34.6), None),
            (Step::Radius, at(-34.7), at(-34.7)),
        ] {
            let before = draft(step, place).before().expect("no first step");
            assert_eq!(before.place, left, "{step:?}");
        }
    }

    #[test]
    fn the_way_back_leads_through_the_preview_and_keeps_what_was_chosen() {
        let chosen = |step, drill| BroadcastDraft {
            step,
            drill,
            audience: Some(Audience::All),
            protocol: Some("reunion".to_owned()),
            hours: Some(4),
            ..BroadcastDraft::default().enough(3)
        };
        for drill in [Exercise::Is(false), Exercise::Is(true), planned().drill] {
            for step in [Step::Answers, Step::Until, Step::Later, Step::Word] {
                let preview = chosen(step, drill).before();
                assert_eq!(preview, Some(chosen(Step::Preview, drill)), "{step:?}");
            }
            let what = chosen(Step::Preview, drill).before().expect("a step");
            assert_eq!((what.step, &what.protocol), (Step::What, &None));
            assert_eq!((what.quorum, what.hours), (Some(3), Some(4)));
            assert_eq!(what.drill, drill);
            let audience = what.before().expect("a step");
            assert_eq!(audience.step, Step::Audience);
            assert_eq!(audience.before(), None);
        }
    }

    #[test]
    fn a_drill_that_leaves_later_waits_for_all() {
        let draft = BroadcastDraft {
            one_answer: true,
            ..planned()
        };
        assert_eq!(draft.ack(), AckMode::All);
        assert_eq!(draft.at_once(true).ack(), AckMode::First);
        assert_eq!(planned().at_once(true).ack(), AckMode::All);
        let some = planned().enough(3);
        assert_eq!(some.ack(), AckMode::All);
        assert_eq!(some.at_once(true).ack(), AckMode::Quorum(3));
    }

    #[test]
    fn one_answer_some_or_all_take_each_others_place() {
        let draft = BroadcastDraft::default();
        assert_eq!(draft.clone().enough(1).ack(), AckMode::First);
        let some = draft.one_or_all().enough(2);
        assert_eq!(some.ack(), AckMode::Quorum(2));
        let all = some.one_or_all();
        assert_eq!(all.ack(), AckMode::All);
        assert_eq!(all.one_or_all().ack(), AckMode::First);
    }

    #[test]
    fn an_older_instance_cannot_read_a_drill_that_leaves_later() {
        #[derive(Deserialize)]
        struct Older {
            #[expect(dead_code, reason = "only whether it can be read is asked")]
            drill: bool,
        }
        let at_once = serde_json::to_value(planned().at_once(true)).expect("written");
        assert!(serde_json::from_value::<Older>(at_once).is_ok());
        let later = serde_json::to_value(planned()).expect("written");
        assert!(serde_json::from_value::<Older>(later).is_err());
    }

    #[test]
    fn what_the_release_before_wrote_still_leaves_later() {
        let again = |draft| serde_json::from_value::<BroadcastDraft>(draft).expect("read");
        let mut draft = serde_json::to_value(planned()).expect("written");
        assert_eq!(again(draft.clone()), planned());
        draft["later"] = draft["drill"].take();
        draft["drill"] = true.into();
        assert_eq!(again(draft).leaves_at(), planned().leaves_at());
    }
}
