//! A month in seconds: every reminder once, none off shift, none above the budget, overviews at their hour.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    Actor,
    actor::Level,
    assignment::Answer,
    outbox::Notice,
    remind::Reminder,
    task::{
        Priority,
        create::{NewTask, When},
        life::Step,
    },
    timer, zone,
};

use crate::{
    rota::{at, id, until},
    support::{World, each, patrol},
};

const HOURS: i64 = 30 * 24;

/// What really happened to a task.
struct Story {
    id: i64,
    agent: usize,
    critical: bool,
    created: i64,
    start: i64,
    began: Option<i64>,
    ended: Option<i64>,
}

/// Whole hours of planned work.
const PLANNED: i64 = 2;

impl Story {
    /// When it begins really, and when it ends; some never begin, some take a day and more.
    fn fate(&self) -> (Option<i64>, i64) {
        match self.id % 5 {
            0 => (Some(self.start), self.start + 1),
            1 => (Some(self.start + 1), self.start + 6),
            2 => (None, self.start + 3),
            3 => (Some(self.start), self.start + 27),
            _ => (Some(self.start), self.start + 3),
        }
    }

    /// Every reminder that the rules promise: what, when, and whether the supervisor learns it too.
    fn promised(&self) -> Vec<(Reminder, DateTime<Utc>, bool, bool)> {
        let minute = |hour: i64, minutes: i64| at(hour) + TimeDelta::minutes(minutes);
        let end = at(self.ended.unwrap_or(HOURS + 1));
        let left = self.began.map_or(end, at);
        let waits = |when: DateTime<Utc>| at(self.created) < when && when <= left;
        let mut all = vec![
            (Reminder::Soon, minute(self.start, -40), true, false),
            (Reminder::Near, minute(self.start, -10), true, false),
            (Reminder::NotStarted, minute(self.start, 10), true, true),
        ];
        all.retain(|(_, when, ..)| waits(*when));
        if let Some(began) = self.began {
            let over = self.start + PLANNED;
            all.extend(
                (0..48).map(|round| (Reminder::Running, at(over + round), true, round == 0)),
            );
            all.push((Reminder::Stalled, at(began + 24), true, true));
            all.retain(|(what, when, ..)| {
                !matches!(what, Reminder::Running | Reminder::Stalled)
                    || (at(began) < *when && *when <= end)
            });
        }
        all.retain(|(_, when, ..)| *when <= at(HOURS));
        all
    }
}

struct Month {
    world: World,
    boss: Actor,
    /// The third one has no shifts.
    agents: [Actor; 3],
    shifts: [Vec<(i64, i64)>; 3],
    stories: Vec<Story>,
}

const BOSS: i64 = 1;

fn chat(agent: usize) -> i64 {
    agent as i64 + 2
}

impl Month {
    async fn planned(world: World) -> Self {
        let boss = world.person("Silva", Level::Supervisor, BOSS).await;
        let agents = [
            world.person("Ana", Level::Agent, 2).await,
            world.person("Beto", Level::Agent, 3).await,
            world.person("Carla", Level::Agent, 4).await,
        ];
        timer::start(&world.store).await.expect("started");
        let mut shifts = [Vec::new(), Vec::new(), Vec::new()];
        for day in 0..30 {
            // 08:00 to 16:00 and 22:00 to 06:00 in Buenos Aires; the test begins at noon.
            for (agent, from) in [(0, 20), (1, 10)] {
                let (from, to) = (day * 24 + from, day * 24 + from + 8);
                let span = (at(from), at(to));
                let done = world.shift(&boss, id(&agents[agent]), span).await;
                done.expect("planned");
                shifts[agent].push((from, to));
            }
        }
        Self {
            world,
            boss,
            agents,
            shifts,
            stories: Vec::new(),
        }
    }

    async fn live(&mut self) {
        for hour in 0..=HOURS {
            until(&self.world, hour).await;
            self.act(hour).await;
            if hour % 2 == 0 {
                self.order(hour).await;
            }
        }
    }

    /// What people do at this hour.
    async fn act(&mut self, hour: i64) {
        for story in &mut self.stories {
            let (began, ended) = story.fate();
            let agent = &self.agents[story.agent];
            if began == Some(hour) {
                let done = self.world.start(agent, story.id, Step::default()).await;
                done.expect("begun");
                story.began = began;
            }
            if ended == hour {
                match began {
                    Some(_) => self.world.complete(agent, story.id, Step::default()).await,
                    None => {
                        let step = Step::because("No hizo falta");
                        self.world.cancel(&self.boss, story.id, step).await
                    }
                }
                .expect("ended");
                story.ended = Some(hour);
            }
        }
    }

    async fn order(&mut self, hour: i64) {
        let agent = (hour / 2 % 3) as usize;
        let critical = hour % 14 == 0;
        let start = hour + 1 + hour % 3;
        let mut new = NewTask {
            priority: critical.then_some(Priority::Critical),
            planned_start: When::At(at(start)),
            planned_end: Some(When::At(at(start + PLANNED))),
            ..patrol(&[&self.agents[agent]])
        };
        new.crew.override_reason = Some("Prueba".into());
        // He is still on another.
        let Ok(task) = self.world.create(&self.boss, new).await else {
            return;
        };
        let taken = self
            .world
            .answer(&self.agents[agent], task.id, Answer::Acknowledge);
        taken.await.expect("taken");
        self.stories.push(Story {
            id: task.id,
            agent,
            critical,
            created: hour,
            start,
            began: None,
            ended: None,
        });
    }

    fn on_duty(&self, chat_id: i64, when: DateTime<Utc>) -> bool {
        let shifts = match chat_id {
            BOSS => return true,
            agent => &self.shifts[agent as usize - 2],
        };
        let within = |(from, to): &(i64, i64)| at(*from) <= when && when < at(*to);
        shifts.is_empty() || shifts.iter().any(within)
    }

    fn day(&self, when: DateTime<Utc>) -> NaiveDate {
        zone::to_local(when, self.world.store.rules().zone).date()
    }
}

type Said = (i64, Reminder, DateTime<Utc>, i64);

#[tokio::test]
async fn a_month_of_reminders_says_everything_once_to_whom_is_on_duty_and_not_too_often() {
    each(async |world: World| {
        let mut month = Month::planned(world).await;
        month.live().await;
        let mut said: Vec<Said> = Vec::new();
        let mut overviews: BTreeMap<Option<i64>, Vec<DateTime<Utc>>> = BTreeMap::new();
        for row in month.world.all::<entity::outbox::Entity>().await {
            match serde_json::from_value(row.notice).expect("a notice") {
                Notice::Reminder { task_id, what } => {
                    said.push((task_id, what, row.created_at, row.chat_id));
                }
                Notice::Digest { unit_id } => {
                    assert_eq!(row.chat_id, BOSS);
                    overviews.entry(unit_id).or_default().push(row.created_at);
                }
                _ => {}
            }
        }
        let mut wanted: BTreeMap<(i64, NaiveDate), BTreeSet<String>> = BTreeMap::new();
        let mut critical = BTreeSet::new();
        let (mut off_shift, mut urgent_days) = (0, BTreeSet::new());
        for story in &month.stories {
            for (what, when, lead, boss) in story.promised() {
                for chat_id in [lead.then(|| chat(story.agent)), boss.then_some(BOSS)] {
                    let Some(chat_id) = chat_id else { continue };
                    let one = format!("{when} {} {what:?} {chat_id}", story.id);
                    if story.critical {
                        critical.insert(one);
                        off_shift += usize::from(!month.on_duty(chat_id, when));
                        urgent_days.insert((chat_id, month.day(when)));
                    } else if month.on_duty(chat_id, when) {
                        let day = (chat_id, month.day(when));
                        wanted.entry(day).or_default().insert(one);
                    }
                }
            }
        }
        let mut counted: BTreeMap<(i64, NaiveDate), BTreeSet<String>> = BTreeMap::new();
        let mut always = BTreeSet::new();
        for (task_id, what, when, chat_id) in said {
            let one = format!("{when} {task_id} {what:?} {chat_id}");
            let story = month.stories.iter().find(|story| story.id == task_id);
            let fresh = match story.is_some_and(|story| story.critical) {
                true => always.insert(one.clone()),
                false => {
                    let day = (chat_id, month.day(when));
                    counted.entry(day).or_default().insert(one.clone())
                }
            };
            assert!(fresh, "said twice: {one}");
        }
        assert!(month.stories.len() > 100, "{} tasks", month.stories.len());
        assert!(critical.len() > 20);
        assert_eq!(always, critical, "what is critical is always said");
        assert!(off_shift > 0, "also off shift");
        let spent = |day: &(i64, NaiveDate)| wanted.get(day).is_some_and(|all| all.len() > 5);
        assert!(urgent_days.iter().any(spent), "also above the budget");
        let (mut full, mut quiet) = (0, 0);
        for (day, wanted) in &wanted {
            let none = BTreeSet::new();
            let told = counted.get(day).unwrap_or(&none);
            assert!(told.is_subset(wanted), "{day:?}: {told:?} of {wanted:?}");
            assert_eq!(
                told.len(),
                wanted.len().min(5),
                "{day:?}: {told:?} of {wanted:?}"
            );
            let times = |all: &BTreeSet<String>| -> Vec<String> {
                let moment = |one: &String| one.chars().take_while(|c| *c != 'U').collect();
                all.iter().take(5).map(moment).collect()
            };
            assert_eq!(times(told), times(wanted), "{day:?}: the first come first");
            full += usize::from(wanted.len() > 5);
            quiet += usize::from(wanted.len() < 5);
        }
        assert!(
            full > 5 && quiet > 5,
            "{full} days above the budget, {quiet} below"
        );
        assert!(
            counted.keys().all(|day| wanted.contains_key(day)),
            "off shift"
        );

        let mornings: Vec<DateTime<Utc>> = (0..30).map(|day| at(day * 24 + 20)).collect();
        assert_eq!(overviews.remove(&None).unwrap_or_default(), mornings);
        let mut changes: Vec<DateTime<Utc>> = month
            .shifts
            .iter()
            .flatten()
            .map(|(from, _)| at(*from) + TimeDelta::minutes(1))
            .filter(|when| *when <= at(HOURS))
            .collect();
        changes.sort_unstable();
        let unit = Some(month.world.unit_id);
        assert_eq!(overviews.remove(&unit).unwrap_or_default(), changes);
    })
    .await;
}
