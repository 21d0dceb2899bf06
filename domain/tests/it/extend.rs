//! More time for a task names what of its people's plans that runs into, and takes it only when that is meant.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Level,
    remind::{self, Plan, RunsInto},
    task::{
        create::{NewTask, When},
        life::Step,
    },
};

use crate::{
    rota::{id, write},
    support::{World, each, patrol, refusal, start},
};

fn minute(minutes: i64) -> DateTime<Utc> {
    start() + TimeDelta::minutes(minutes)
}

fn from_to(from: i64, to: i64, agents: &[&domain::Actor]) -> NewTask {
    NewTask {
        planned_start: When::At(minute(from)),
        planned_end: Some(When::At(minute(to))),
        ..patrol(agents)
    }
}

#[tokio::test]
async fn half_an_hour_more_says_whose_task_leave_or_end_of_shift_it_runs_into() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let beto = world.person("Beto", Level::Agent, 3).await;
        let caro = world.person("Caro", Level::Agent, 4).await;
        let dora = world.person("Dora", Level::Agent, 5).await;
        for (who, to) in [(&caro, 40), (&dora, 40)] {
            let span = (minute(-60), minute(to));
            world.shift(&boss, id(who), span).await.expect("planned");
        }
        let next = (minute(40), minute(400));
        let next = world.shift(&boss, id(&dora), next).await;
        next.expect("Dora goes on");
        let crew = [&ana, &beto, &caro, &dora];
        let task = NewTask {
            planned_end: Some(When::At(minute(20))),
            ..patrol(&crew)
        };
        let task = world.create(&boss, task).await.expect("created");
        let begun = world.start(&ana, task.id, Step::default()).await;
        begun.expect("begun");
        let other = world.create(&boss, from_to(30, 60, &[&ana])).await;
        let other = other.expect("planned behind it");
        let away = (minute(35), minute(95));
        let away = world.leave(&boss, id(&beto), away).await;
        away.expect("approved");

        let task_id = task.id;
        let asks = async || write!(world, ana, |tx, ana| remind::extension(tx, &ana, task_id));
        world.wait(TimeDelta::minutes(15));
        let wanted = asks().await.expect("she leads it");
        assert_eq!(wanted.until, minute(45));
        let plans = [
            ("Ana", Plan::Task { code: other.code }),
            ("Beto", Plan::Leave { until: minute(95) }),
            ("Caro", Plan::ShiftEnd { at: minute(40) }),
        ];
        let into = plans.map(|(agent, plan)| RunsInto {
            agent: agent.into(),
            plan,
        });
        assert_eq!(wanted.into, into);
        assert_eq!(
            world.task(&boss, task_id).await.planned_end,
            Some(minute(20)),
            "to ask changes nothing"
        );
        let more = write!(world, ana, |tx, ana| remind::extend(tx, &ana, task_id));
        assert_eq!(more.expect("meant"), minute(45));
        let again = asks().await.expect("she leads it");
        assert_eq!((again.until, again.into), (minute(45), Vec::new()));
        let his = write!(world, beto, |tx, beto| remind::extension(
            tx, &beto, task_id
        ));
        refusal(his);
    })
    .await;
}
