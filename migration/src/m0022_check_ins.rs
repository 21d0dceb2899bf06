//! Who is asked from time to time whether he is well, and what he answered.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(check_ins()).await?;
        m.create_table(people()).await?;
        for (table, columns) in INDEXES {
            m.create_index(index(table, columns)).await?;
        }
        m.create_index(unique("check_in_people", &["check_in_id", "agent_id"]))
            .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(m, &["check_in_people", "check_ins"]).await
    }
}

const INDEXES: [(&str, &[&str]); 4] = [
    ("check_ins", &["task_id", "id"]),
    ("check_ins", &["agent_id", "id"]),
    ("check_in_people", &["check_in_id", "state", "due_at"]),
    ("check_in_people", &["agent_id", "state"]),
];

fn check_ins() -> TableCreateStatement {
    let ends = ["stopped", "task_over", "shift_over", "time_over"];
    table("check_ins")
        .col(id())
        .col(null(big("task_id")))
        .col(null(big("agent_id")))
        .col(int("every_minutes"))
        .col(word("status", &["active", "ended"]))
        .col(int("round"))
        .col(null(at("round_at")))
        .col(null(at("until_at")))
        .col(null(big("started_by")))
        .col(at("created_at"))
        .col(null(at("ended_at")))
        .col(null(big("ended_by")))
        .col(null(word("end_reason", &ends)))
        .foreign_key(&mut reference("check_ins", "task_id", "tasks"))
        .foreign_key(&mut reference("check_ins", "agent_id", "agents"))
        .foreign_key(&mut reference("check_ins", "started_by", "users"))
        .foreign_key(&mut reference("check_ins", "ended_by", "users"))
        .to_owned()
}

fn people() -> TableCreateStatement {
    let states = ["waiting", "well", "help", "unreachable", "released"];
    table("check_in_people")
        .col(id())
        .col(big("check_in_id"))
        .col(big("agent_id"))
        .col(word("state", &states))
        .col(int("step"))
        .col(at("asked_at"))
        .col(null(at("due_at")))
        .col(null(at("answered_at")))
        .col(null(at("escalated_at")))
        .col(null(big("emergency_id")))
        .foreign_key(&mut reference(
            "check_in_people",
            "check_in_id",
            "check_ins",
        ))
        .foreign_key(&mut reference("check_in_people", "agent_id", "agents"))
        .foreign_key(&mut reference(
            "check_in_people",
            "emergency_id",
            "emergencies",
        ))
        .to_owned()
}
