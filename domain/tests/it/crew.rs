//! People join a task and leave it while others look at it.

use domain::{
    Actor, Refusal,
    actor::Level,
    assignment::{Answer, Change},
    task::Task,
};

use crate::support::{World, each, refusal};

fn ids(people: &[&Actor]) -> Vec<i64> {
    people.iter().filter_map(|one| one.agent_id).collect()
}

fn held(task: &Task) -> Vec<i64> {
    let mut ids: Vec<i64> = task.held().map(|one| one.agent.agent_id).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn what_was_chosen_before_leaves_what_came_since() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let beto = world.person("Beto", Level::Agent, 3).await;
        let caro = world.person("Caro", Level::Agent, 4).await;
        let dana = world.person("Dana", Level::Agent, 5).await;
        let task = world.patrol(&boss, &[&ana, &beto]).await;
        // Chosen while Ana was on it: Caro beside them. Then Ana declines, and somebody else sends Dana.
        let reason = Answer::Decline {
            reason: "Lejos".into(),
        };
        world.answer(&ana, task.id, reason).await.expect("declined");
        let dana_too = Change {
            add: ids(&[&dana]),
            ..Change::default()
        };
        let dana_too = world.change(&boss, task.id, dana_too).await;
        dana_too.expect("added");
        let caro_leads = Change {
            add: ids(&[&caro]),
            remove: ids(&[&beto]),
            lead_agent_id: caro.agent_id,
            ..Change::default()
        };
        let task = world.change(&boss, task.id, caro_leads).await;
        let task = task.expect("changed");
        assert_eq!(held(&task), ids(&[&caro, &dana]));
        assert_eq!(task.lead.map(|lead| lead.agent_id), caro.agent_id);
        let ana_leads = Change {
            lead_agent_id: ana.agent_id,
            ..Change::default()
        };
        let task = world.change(&boss, task.id, ana_leads).await;
        let task = task.expect("nothing to change");
        assert_eq!(task.lead.map(|lead| lead.agent_id), caro.agent_id);
    })
    .await;
}

#[tokio::test]
async fn who_is_elsewhere_is_not_added() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let beto = world.person("Beto", Level::Agent, 3).await;
        world.begun(&boss, &[&beto]).await;
        let task = world.patrol(&boss, &[&ana]).await;
        let both = Change {
            add: ids(&[&beto]),
            ..Change::default()
        };
        let refused = refusal(world.change(&boss, task.id, both).await);
        assert!(
            matches!(&refused, Refusal::Overlap { agent, .. } if agent == "Beto"),
            "{refused:?}"
        );
        assert_eq!(held(&world.task(&boss, task.id).await), ids(&[&ana]));
    })
    .await;
}
