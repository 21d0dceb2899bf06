//! What the reader of a card can do with its task, and what he can say about his own part.

use domain::{
    actor::{Act, Level},
    task::{AssignmentState, Status},
};
use locales::Sentence;

use super::Card;
use crate::keyboards::{Button, Rows, Verb};

impl Card<'_> {
    pub(super) fn buttons(&self) -> Rows {
        let labelled = |verbs: Vec<(Verb, Sentence)>| -> Vec<(String, Button)> {
            verbs
                .into_iter()
                .map(|(verb, label)| {
                    (
                        self.say(&label),
                        Button::Task {
                            verb,
                            id: self.task.id,
                        },
                    )
                })
                .collect()
        };
        Rows::default()
            .row(labelled(self.answers()))
            .pairs(&labelled(self.steps()))
            .row(labelled(self.last_resorts()))
    }

    /// What he can say about his own part.
    fn answers(&self) -> Vec<(Verb, Sentence)> {
        let Some(mine) = self.mine().filter(|_| self.task.is_open()) else {
            return Vec::new();
        };
        match mine.state {
            AssignmentState::Offered => {
                vec![
                    (Verb::Acknowledge, Sentence::ButtonAcknowledge),
                    (Verb::Decline, Sentence::ButtonDecline),
                ]
            }
            AssignmentState::Acknowledged => vec![
                (Verb::EnRoute, Sentence::ButtonEnRoute),
                (Verb::OnSite, Sentence::ButtonOnSite),
                (Verb::Decline, Sentence::ButtonDecline),
            ],
            AssignmentState::EnRoute => vec![(Verb::OnSite, Sentence::ButtonOnSite)],
            _ => Vec::new(),
        }
    }

    /// What he can do with the task.
    fn steps(&self) -> Vec<(Verb, Sentence)> {
        let stake = self.task.stake();
        let may = |act| self.reader.may(act, &stake);
        let finishes = may(Act::Complete) || may(Act::ForceComplete);
        let mut steps = Vec::new();
        match self.task.status {
            Status::Scheduled if may(Act::Start) => {
                steps.push((Verb::Start, Sentence::ButtonStart));
            }
            Status::InProgress => {
                steps.extend(may(Act::Report).then_some((Verb::Report, Sentence::ButtonReport)));
                steps.extend(may(Act::Pause).then_some((Verb::Pause, Sentence::ButtonPause)));
            }
            Status::Paused => {
                steps.extend(may(Act::Report).then_some((Verb::Report, Sentence::ButtonReport)));
                steps.extend(may(Act::Pause).then_some((Verb::Resume, Sentence::ButtonResume)));
            }
            _ => {}
        }
        let under_way = matches!(self.task.status, Status::InProgress | Status::Paused);
        if under_way && may(Act::Pause) {
            steps.push((Verb::CheckIns, Sentence::ButtonCheckIns));
        }
        if self.task.is_open() && finishes {
            steps.push((Verb::Finish, Sentence::ButtonFinish));
        }
        if self.task.is_open() && self.reader.may_command() && may(Act::Assign) {
            steps.push((Verb::Assign, Sentence::ButtonAssign));
        }
        steps
    }

    /// What takes something back.
    fn last_resorts(&self) -> Vec<(Verb, Sentence)> {
        let stake = self.task.stake();
        if self.can_undo() {
            return vec![(Verb::Undo, Sentence::ButtonUndo)];
        }
        if self.task.status == Status::Completed && self.reader.may(Act::Reopen, &stake) {
            return vec![(Verb::Reopen, Sentence::ButtonReopen)];
        }
        let commands = self.reader.level >= Level::Supervisor;
        if self.task.is_open() && commands && self.reader.may(Act::Cancel, &stake) {
            return vec![(Verb::Cancel, Sentence::ButtonCancelTask)];
        }
        Vec::new()
    }
}
