//! Calls for help, and whom they reached.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(emergencies()).await?;
        m.create_table(offers()).await?;
        for (table, columns) in INDEXES {
            m.create_index(index(table, columns)).await?;
        }
        m.create_index(unique("emergency_offers", &["emergency_id", "agent_id"]))
            .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(m, &["emergency_offers", "emergencies"]).await
    }
}

const INDEXES: [(&str, &[&str]); 3] = [
    ("emergencies", &["raised_by", "status"]),
    ("emergencies", &["status", "id"]),
    ("emergency_offers", &["agent_id", "state"]),
];

fn emergencies() -> TableCreateStatement {
    let states = ["waiting", "active", "answered", "resolved", "cancelled"];
    table("emergencies")
        .col(id())
        .col(null(big("task_id")).unique_key())
        .col(null(big("raised_by")))
        .col(null(big("agent_id")))
        .col(word("status", &states))
        .col(null(double("lat")))
        .col(null(double("lon")))
        .col(word("place_source", &["shared", "last_known", "none"]))
        .col(null(at("place_at")))
        .col(null(text("text")))
        .col(null(text("specialty")))
        .col(flag("drill"))
        .col(int("crew"))
        .col(int("ring"))
        .col(null(at("waits_until")))
        .col(null(at("raised_at")))
        .col(null(at("escalated_at")))
        .col(null(at("phones_at")))
        .col(null(at("ended_at")))
        .col(null(big("ended_by")))
        .col(null(text("end_reason")))
        .col(at("created_at"))
        .foreign_key(&mut reference("emergencies", "task_id", "tasks"))
        .foreign_key(&mut reference("emergencies", "raised_by", "users"))
        .foreign_key(&mut reference("emergencies", "agent_id", "agents"))
        .foreign_key(&mut reference("emergencies", "ended_by", "users"))
        .to_owned()
}

fn offers() -> TableCreateStatement {
    let states = [
        "passed",
        "offered",
        "taken",
        "declined",
        "stood_down",
        "unreachable",
    ];
    table("emergency_offers")
        .col(id())
        .col(big("emergency_id"))
        .col(big("agent_id"))
        .col(int("ring"))
        .col(word("state", &states))
        .col(null(double("distance_m")))
        .col(null(big("position_age_s")))
        .col(int("load"))
        .col(null(text("why")))
        .col(int("rings"))
        .col(at("at"))
        .col(null(at("offered_at")))
        .col(null(at("sent_at")))
        .col(null(at("answered_at")))
        .foreign_key(&mut reference(
            "emergency_offers",
            "emergency_id",
            "emergencies",
        ))
        .foreign_key(&mut reference("emergency_offers", "agent_id", "agents"))
        .to_owned()
}
