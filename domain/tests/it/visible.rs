//! A list shows exactly the tasks that the permission table lets somebody see.

use domain::{
    Actor,
    actor::{Act, Channel, Level},
    assignment::AssignmentState,
    page::Window,
    task::{
        Status, Task,
        list::{self, TaskFilter},
    },
};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::support::{World, each, patrol, start};

const STATES: [AssignmentState; 6] = [
    AssignmentState::Offered,
    AssignmentState::Acknowledged,
    AssignmentState::Declined,
    AssignmentState::EnRoute,
    AssignmentState::OnSite,
    AssignmentState::Released,
];

impl World {
    /// A task with any stake in it, as no command would leave it.
    async fn any_task(&self, dice: &mut StdRng, people: &[Actor], units: &[i64]) {
        let boss = Actor::system(Channel::Cli);
        let task = self.create(&boss, patrol(&[])).await.expect("created");
        let somebody = |dice: &mut StdRng| people.choose(dice).expect("people").clone();
        let row = entity::task::ActiveModel {
            id: Set(task.id),
            status: Set(Status::InProgress),
            unit_id: Set(units
                .choose(dice)
                .copied()
                .filter(|_| dice.random_bool(0.8))),
            created_by: Set(somebody(dice).user_id),
            lead_agent_id: Set(somebody(dice).agent_id),
            ..Default::default()
        };
        entity::task::Entity::update(row)
            .exec(self.store.writer())
            .await
            .expect("changed");
        for agent_id in people.iter().filter_map(|one| one.agent_id) {
            if dice.random_bool(0.3) {
                let state = *STATES.choose(dice).expect("states");
                self.post(task.id, agent_id, state).await;
            }
        }
    }

    async fn post(&self, task_id: i64, agent_id: i64, state: AssignmentState) {
        let row = entity::assignment::ActiveModel {
            task_id: Set(task_id),
            agent_id: Set(agent_id),
            state: Set(state),
            state_at: Set(start()),
            offered_at: Set(start()),
            rings: Set(0),
            ..Default::default()
        };
        entity::assignment::Entity::insert(row)
            .exec(self.store.writer())
            .await
            .expect("posted");
    }

    async fn lists(&self, who: &Actor) -> Vec<Task> {
        let filter = TaskFilter::default();
        let page = list::list(&self.store, who, filter, Window::first(200)).await;
        page.expect("a list").items
    }
}

#[tokio::test]
async fn lists_and_the_permission_table_agree() {
    each(async |world: World| {
        let dice = &mut StdRng::seed_from_u64(1122);
        let units = [
            world.unit_id,
            world.unit("Norte").await,
            world.unit("Sur").await,
        ];
        let mut people = Vec::new();
        for number in 0..14 {
            let level = *[Level::Agent, Level::Agent, Level::Supervisor, Level::Admin]
                .choose(dice)
                .expect("levels");
            let unit = *units.choose(dice).expect("units");
            let name = format!("P{number}");
            people.push(world.member(&name, level, Some(100 + number), unit).await);
        }
        for _ in 0..40 {
            world.any_task(dice, &people, &units).await;
        }
        let all = world.lists(&Actor::system(Channel::Cli)).await;
        assert_eq!(all.len(), 40);
        for who in &people {
            let may: Vec<i64> = all
                .iter()
                .filter(|task| who.may(Act::See, &task.stake()))
                .map(|task| task.id)
                .collect();
            let listed: Vec<i64> = world.lists(who).await.iter().map(|task| task.id).collect();
            assert_eq!(listed, may, "{who:?}");
            assert!(who.level == Level::Admin || may.len() < all.len());
        }
    })
    .await;
}
