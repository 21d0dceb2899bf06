//! Who is on a task, what each of them said, and what became of the message to who has not answered.

use chrono::{DateTime, Utc};
use domain::task::{Assignment, AssignmentState};
use locales::Sentence;

use super::{Card, leads};
use crate::{text, view::View};

/// The most people a card names.
const NAMED: usize = 20;

/// What became of the message to somebody who has not answered.
pub fn reached(
    view: &View,
    name: &str,
    unreachable: Option<DateTime<Utc>>,
    escalated: Option<DateTime<Utc>>,
    sent: Option<DateTime<Utc>>,
) -> String {
    let name = name.to_owned().into();
    let clock = |at| view.clock(at).into();
    view.say(&match (unreachable, escalated, sent) {
        (Some(at), ..) => Sentence::DeliveryUnreachable {
            name,
            time: clock(at),
        },
        (_, Some(at), _) => Sentence::DeliveryEscalated {
            name,
            time: clock(at),
        },
        (_, _, Some(at)) => Sentence::DeliverySent {
            name,
            time: clock(at),
        },
        _ => Sentence::DeliveryQueued { name },
    })
}

impl Card<'_> {
    pub(super) fn crew(&self) -> Vec<String> {
        let lead = match &self.task.lead {
            Some(lead) if Some(lead.agent_id) == self.reader.agent_id => Sentence::TaskCardLeadYou,
            Some(lead) => Sentence::TaskCardLead {
                name: lead.name.clone().into(),
            },
            None => Sentence::TaskCardNoLead,
        };
        let people: Vec<&Assignment> = self.people();
        if people.is_empty() {
            let nobody = match self.task.assignments.is_empty() {
                true => Sentence::TaskCardCrewNone,
                false => Sentence::TaskCardCrewGone,
            };
            return vec![self.say(&lead), self.say(&nobody)];
        }
        let mut lines = vec![
            self.say(&lead),
            self.say(&Sentence::TaskCardCrew {
                count: people.len().into(),
            }),
        ];
        lines.extend(people.iter().take(NAMED).map(|one| self.person(one)));
        if people.len() > NAMED {
            lines.push(self.say(&Sentence::TaskCardCrewMore {
                count: (people.len() - NAMED).into(),
            }));
        }
        lines
    }

    /// While it is open those who are on it or declined; afterwards everybody who was.
    fn people(&self) -> Vec<&Assignment> {
        let open = self.task.is_open();
        self.task
            .assignments
            .iter()
            .filter(|one| !open || one.state != AssignmentState::Released)
            .collect()
    }

    /// One person: what he said, or for those who lead what became of the message to him.
    fn person(&self, one: &Assignment) -> String {
        let name = one.agent.name.clone();
        if let Some(line) = self.delivery(one) {
            return format!("• {line}");
        }
        let state = text::assignment(one.state, self.view.lang).into();
        self.say(&match &one.reason {
            Some(reason) if one.state == AssignmentState::Declined => {
                Sentence::TaskCardCrewLineReason {
                    name: name.into(),
                    state,
                    reason: text::cut(reason, 80).into(),
                }
            }
            _ => Sentence::TaskCardCrewLine {
                name: name.into(),
                state,
            },
        })
    }

    fn delivery(&self, one: &Assignment) -> Option<String> {
        if one.state != AssignmentState::Offered || !leads(self.reader, &self.task) {
            return None;
        }
        if let Some(at) = one.unheard() {
            return Some(self.say(&Sentence::DeliveryUnheard {
                name: one.agent.name.clone().into(),
                time: self.view.clock(at).into(),
            }));
        }
        let (unreachable, escalated) = (one.unreachable_at, one.escalated_at);
        Some(reached(
            self.view,
            &one.agent.name,
            unreachable,
            escalated,
            one.sent_at,
        ))
    }
}
