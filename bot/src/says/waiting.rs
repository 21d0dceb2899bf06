//! What waits for an answer of somebody, and which of it a word by itself answers.

use chrono::{DateTime, Utc};
use domain::{
    broadcast::Reply as Said,
    emergency::Asked,
    task::{AssignmentState, Task},
};

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The card of a task that was offered.
    Card(i64),
    /// The call for help of somebody else.
    Call(i64),
    Broadcast(i64),
}

/// It, and when it rang last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    what: What,
    pub at: DateTime<Utc>,
    /// Somebody needs help in earnest.
    urgent: bool,
    /// Told to many, or only practised: what is urgent goes before, also what rang earlier.
    yields: bool,
}

impl Waiting {
    pub fn call(asked: Asked) -> Self {
        Self {
            what: What::Call(asked.id),
            at: asked.at,
            urgent: !asked.drill,
            yields: asked.drill,
        }
    }

    pub fn broadcast((id, at): (i64, DateTime<Utc>)) -> Self {
        Self {
            what: What::Broadcast(id),
            at,
            urgent: false,
            yields: true,
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
        what: What::Card(task.id),
        at: mine
            .rung_at
            .map_or(mine.offered_at, |rung| rung.max(mine.offered_at)),
        urgent: super::is_emergency(task) && !task.drill,
        yields: task.drill,
    });
    cards.collect()
}

/// The newest, unless what is urgent goes before; to that only "voy" and "no puedo" are an answer then.
pub fn chosen(waits: &[Waiting], said: Said) -> Option<What> {
    let newest = waits.iter().max_by_key(|one| one.at)?;
    let urgent = waits.iter().filter(|one| one.urgent);
    let first = urgent
        .max_by_key(|one| one.at)
        .filter(|_| newest.yields && said != Said::Acknowledged);
    Some(first.unwrap_or(newest).what)
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
        }
    }

    #[test]
    fn a_call_in_earnest_goes_before_what_is_told_to_many_or_practised() {
        let sent = Waiting::broadcast((7, at(9)));
        let going = |waits: &[Waiting]| chosen(waits, Said::OnTheWay);
        assert_eq!(going(&[call(1, 5, false), sent]), Some(What::Call(1)));
        let practised = call(2, 8, true);
        assert_eq!(
            going(&[practised, card(4, 3), call(1, 5, false)]),
            Some(What::Call(1))
        );
        assert_eq!(going(&[practised, sent]), Some(What::Broadcast(7)));
        assert_eq!(
            chosen(&[call(1, 5, false), sent], Said::Acknowledged),
            Some(What::Broadcast(7)),
            "whoever has read it does not come for that"
        );
    }

    #[test]
    fn among_the_others_the_newest_is_answered() {
        let cannot = |waits: &[Waiting]| chosen(waits, Said::Declined);
        let (older, newer) = (call(1, 5, false), card(4, 6));
        assert_eq!(cannot(&[newer, older]), Some(What::Card(4)));
        assert_eq!(cannot(&[card(4, 4), older]), Some(What::Call(1)));
        assert_eq!(cannot(&[]), None);
    }
}
