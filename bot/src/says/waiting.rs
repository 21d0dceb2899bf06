//! What waits for an answer of somebody, and which of it a word by itself answers.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use domain::{
    broadcast::Reply as Said,
    emergency::{Asked, Held},
    task::{AssignmentState, Status, Task},
};

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The card of a task that was offered.
    Card(i64),
    /// The same of a call for help that he was put on.
    Sent(i64),
    /// The call for help of somebody else.
    Call(i64),
    Broadcast(i64),
}

/// What he has said to it so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum So {
    Nothing,
    /// That he got it.
    Seen,
    /// That he goes, or is there.
    Going,
    /// That he cannot.
    Cannot,
}

/// It, and when it rang last, or he answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    what: What,
    pub at: DateTime<Utc>,
    /// Somebody needs help in earnest.
    urgent: bool,
    /// Told to many, or only practised: what is urgent goes before, also what rang earlier.
    yields: bool,
    so_far: So,
}

impl Waiting {
    pub fn call(asked: Asked) -> Self {
        Self {
            what: What::Call(asked.id),
            at: asked.at,
            urgent: !asked.drill,
            yields: asked.drill,
            so_far: So::Nothing,
        }
    }

    pub fn held(held: Held) -> Self {
        Self {
            what: What::Call(held.id),
            at: held.at,
            urgent: !held.drill,
            yields: held.drill,
            so_far: match held.going {
                true => So::Going,
                false => So::Seen,
            },
        }
    }

    pub fn refused(asked: Asked) -> Self {
        Self {
            so_far: So::Cannot,
            ..Self::call(asked)
        }
    }

    pub fn broadcast((id, at): (i64, DateTime<Utc>)) -> Self {
        Self {
            what: What::Broadcast(id),
            at,
            urgent: false,
            yields: true,
            so_far: So::Nothing,
        }
    }

    /// Whether the word can be an answer to it.
    fn takes(&self, said: Said) -> bool {
        match said {
            Said::Declined => self.so_far != So::Cannot,
            Said::OnTheWay => self.so_far != So::Going,
            Said::Acknowledged | Said::NeedsHelp => self.so_far == So::Nothing,
        }
    }
}

/// The cards among his tasks that he has not answered, the newest last.
pub fn cards(tasks: &[Task], agent_id: i64) -> Vec<Waiting> {
    let offered = tasks.iter().filter_map(|task| {
        let mine = task.assignment_of(agent_id)?;
        (mine.state == AssignmentState::Offered).then_some((task, mine))
    });
    let mut offered: Vec<_> = offered.collect();
    offered.sort_by_key(|(_, mine)| mine.id);
    let cards = offered.into_iter().map(|(task, mine)| Waiting {
        what: match super::is_emergency(task) {
            true => What::Sent(task.id),
            false => What::Card(task.id),
        },
        at: mine
            .rung_at
            .map_or(mine.offered_at, |rung| rung.max(mine.offered_at)),
        urgent: super::is_emergency(task) && !task.drill,
        yields: task.drill,
        so_far: So::Nothing,
    });
    cards.collect()
}

/// The cards among his tasks that he has answered and that nobody has begun: he may say that he cannot after all.
pub fn accepted(tasks: &[Task], agent_id: i64) -> Vec<Waiting> {
    let his = tasks.iter().filter_map(|task| {
        let mine = task.assignment_of(agent_id)?;
        use AssignmentState::{Acknowledged, EnRoute, OnSite};
        let answered = matches!(mine.state, Acknowledged | EnRoute | OnSite);
        let waits = task.status == Status::Scheduled && !super::is_emergency(task);
        (answered && waits).then_some(Waiting {
            what: What::Card(task.id),
            at: mine.at,
            urgent: false,
            yields: false,
            so_far: So::Going,
        })
    });
    his.collect()
}

/// The card of this task, where it is a call for help that he was put on and has not answered.
pub fn sent(tasks: &[Task], agent_id: Option<i64>, task_id: i64) -> Option<Waiting> {
    let cards = cards(tasks, agent_id?);
    cards
        .into_iter()
        .find(|one| one.what == What::Sent(task_id))
}

/// What the word answers: nothing, this one, or one of several, newest first, and only he knows which. The newest, unless what
/// is urgent goes before; "recibido" is no answer to that then, and where somebody goes already he may mean what came since.
pub fn chosen(waits: &[Waiting], said: Said) -> Vec<What> {
    let mut fit: Vec<&Waiting> = waits.iter().filter(|one| one.takes(said)).collect();
    fit.sort_by_key(|one| Reverse(one.at));
    // He comes after all only where nobody else has waited for him since.
    if fit.first().is_some_and(|one| one.so_far != So::Cannot) {
        fit.retain(|one| one.so_far != So::Cannot);
    }
    let Some(newest) = fit.first() else {
        return going(waits, said);
    };
    let urgent: Vec<&Waiting> = fit.iter().copied().filter(|one| one.urgent).collect();
    let whats = |some: &[&Waiting]| some.iter().map(|one| one.what).collect();
    if urgent.is_empty() {
        return match said {
            Said::OnTheWay if newest.yields && is_there(waits) => going(waits, said),
            _ => vec![newest.what],
        };
    }
    let only_there = urgent.iter().all(|one| one.so_far == So::Going);
    match said {
        Said::Acknowledged | Said::NeedsHelp if !newest.urgent => vec![newest.what],
        Said::Declined if !newest.urgent && !newest.yields => vec![newest.what],
        Said::Declined if newest.yields && only_there => whats(&with(newest, &urgent)),
        Said::OnTheWay if !newest.urgent && !newest.yields => whats(&with(newest, &urgent)),
        _ => whats(&urgent),
    }
}

fn with<'a>(newest: &'a Waiting, others: &[&'a Waiting]) -> Vec<&'a Waiting> {
    std::iter::once(newest)
        .chain(others.iter().copied())
        .collect()
}

/// Whether he goes to a call in earnest.
fn is_there(waits: &[Waiting]) -> bool {
    waits
        .iter()
        .any(|one| one.urgent && one.so_far == So::Going)
}

/// "Voy" once more, where nothing else waits for it.
fn going(waits: &[Waiting], said: Said) -> Vec<What> {
    let calls = waits
        .iter()
        .filter(|one| !matches!(one.what, What::Card(_)));
    let his = calls.filter(|one| one.so_far == So::Going);
    let newest = his.max_by_key(|one| (one.urgent, one.at));
    let newest = newest.filter(|_| said == Said::OnTheWay);
    newest.map(|one| one.what).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).expect("a time")
    }

    fn call(id: i64, second: i64, drill: bool) -> Waiting {
        let at = at(second);
        Waiting::call(Asked { id, at, drill })
    }

    fn card(id: i64, second: i64) -> Waiting {
        Waiting {
            what: What::Card(id),
            at: at(second),
            urgent: false,
            yields: false,
            so_far: So::Nothing,
        }
    }

    fn held(id: i64, second: i64, going: bool) -> Waiting {
        let (at, drill) = (at(second), false);
        Waiting::held(Held {
            id,
            at,
            drill,
            going,
        })
    }

    #[test]
    fn a_call_in_earnest_goes_before_what_is_told_to_many_or_practised() {
        let sent = Waiting::broadcast((7, at(9)));
        let voy = |waits: &[Waiting]| chosen(waits, Said::OnTheWay);
        assert_eq!(voy(&[call(1, 5, false), sent]), [What::Call(1)]);
        let practised = call(2, 8, true);
        assert_eq!(
            voy(&[practised, card(4, 3), call(1, 5, false)]),
            [What::Call(1)]
        );
        assert_eq!(voy(&[practised, sent]), [What::Broadcast(7)]);
        let heard = |waits: &[Waiting]| chosen(waits, Said::Acknowledged);
        let many = "whoever has read it does not come for that";
        assert_eq!(
            heard(&[call(1, 5, false), sent]),
            [What::Broadcast(7)],
            "{many}"
        );
        assert_eq!(
            heard(&[call(1, 5, false), practised]),
            [What::Call(2)],
            "{many}"
        );
    }

    #[test]
    fn among_the_others_the_newest_is_answered() {
        let cannot = |waits: &[Waiting]| chosen(waits, Said::Declined);
        let (older, newer) = (call(1, 5, false), card(4, 6));
        assert_eq!(cannot(&[newer, older]), [What::Card(4)]);
        assert_eq!(cannot(&[card(4, 4), older]), [What::Call(1)]);
        assert_eq!(cannot(&[]), []);
        let voy = chosen(&[newer, older], Said::OnTheWay);
        assert_eq!(voy, [What::Card(4), What::Call(1)], "only he knows");
    }

    #[test]
    fn of_several_calls_in_earnest_only_he_knows_which() {
        let calls = [
            call(1, 5, false),
            call(2, 9, false),
            Waiting::broadcast((7, at(10))),
        ];
        for said in [Said::OnTheWay, Said::Declined] {
            assert_eq!(chosen(&calls, said), [What::Call(2), What::Call(1)]);
        }
        assert_eq!(chosen(&calls, Said::Acknowledged), [What::Broadcast(7)]);
    }

    #[test]
    fn who_could_not_comes_after_all_where_nobody_else_waits() {
        let refused = |id, second| {
            let (at, drill) = (at(second), false);
            Waiting::refused(Asked { id, at, drill })
        };
        let voy = |waits: &[Waiting]| chosen(waits, Said::OnTheWay);
        let sent = Waiting::broadcast((7, at(9)));
        assert_eq!(voy(&[refused(1, 10), sent]), [What::Call(1)]);
        assert_eq!(voy(&[refused(1, 5), sent]), [What::Broadcast(7)]);
        assert_eq!(voy(&[refused(1, 5), card(4, 6)]), [What::Card(4)]);
        assert_eq!(voy(&[refused(1, 5), call(2, 6, false)]), [What::Call(2)]);
        let cannot = chosen(&[refused(1, 5), sent], Said::Declined);
        assert_eq!(cannot, [What::Broadcast(7)]);
    }

    #[test]
    fn who_goes_cannot_or_says_so_once_more() {
        let sent = Waiting::broadcast((7, at(9)));
        let cannot = |waits: &[Waiting]| chosen(waits, Said::Declined);
        assert_eq!(cannot(&[held(1, 5, true)]), [What::Call(1)]);
        assert_eq!(
            cannot(&[held(1, 5, true), sent]),
            [What::Broadcast(7), What::Call(1)]
        );
        let voy = |waits: &[Waiting]| chosen(waits, Said::OnTheWay);
        assert_eq!(voy(&[held(1, 5, true), sent]), [What::Call(1)]);
        assert_eq!(voy(&[held(1, 5, false), sent]), [What::Call(1)]);
        assert_eq!(voy(&[held(1, 5, true), call(2, 6, false)]), [What::Call(2)]);
        let heard = chosen(&[held(1, 5, false), sent], Said::Acknowledged);
        assert_eq!(heard, [What::Broadcast(7)]);
    }
}
