//! A great many people with phones and nothing to do, put into the tables at once.

use anyhow::Result;
use telegram::Person;

use crate::cluster::Cluster;

/// The Telegram accounts begin here.
const FIRST_PHONE: i64 = 100_001;

/// Agents of one unit, on duty, linked to Telegram.
const PEOPLE: &str = "
    WITH unit AS (INSERT INTO units (name, created_at) VALUES ('Ciudad', now()) RETURNING id),
    people AS (
        INSERT INTO users (username, name, level, permissions, lang, telegram_id, active, version, created_at, updated_at)
        SELECT 'c.' || n, 'Agente ' || n, 1, '', 'es', n, TRUE, 1, now(), now() FROM generate_series({first}, {last}) AS n
        RETURNING id, name),
    members AS (INSERT INTO unit_members (unit_id, user_id) SELECT unit.id, people.id FROM unit, people),
    made AS (
        INSERT INTO agents (user_id, name, active, version, created_at, updated_at)
        SELECT id, name, TRUE, 1, now(), now() FROM people RETURNING id)
    INSERT INTO agent_units (agent_id, unit_id) SELECT made.id, unit.id FROM made, unit";

/// All of them within a kilometre, seen now.
const PLACES: &str = "
    INSERT INTO last_positions (agent_id, lat, lon, source, recorded_at)
    SELECT id, -34.6 + (id % 90) / 10000.0, -58.4, 'live', now() FROM agents";

/// Everybody.
pub struct Crowd {
    /// In the order of their accounts.
    pub phones: Vec<Person>,
}

impl Crowd {
    /// Makes so many people who know the bot.
    pub async fn gather(cluster: &Cluster, count: usize) -> Result<Self> {
        let last = FIRST_PHONE + i64::try_from(count)? - 1;
        let people = PEOPLE.replace("{first}", &FIRST_PHONE.to_string());
        let people = people.replace("{last}", &last.to_string());
        cluster.execute(&people).await?;
        cluster.execute("ANALYZE").await?;
        let phone = |id: i64| {
            let person = cluster.paper.person(id, &format!("Agente {id}"), "es");
            person.knows_the_bot();
            person
        };
        Ok(Self {
            phones: (FIRST_PHONE..=last).map(phone).collect(),
        })
    }

    /// Where everybody stands is known from now on.
    pub async fn is_seen(&self, cluster: &Cluster) -> Result<()> {
        cluster.execute(PLACES).await
    }
}
