//! The catalogue, tasks, assignments, history and evidence.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        task_kinds(m).await?;
        tasks(m).await?;
        assignments(m).await?;
        status_history(m).await?;
        reports(m).await?;
        attachments(m).await?;
        code_counters(m).await?;
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            m,
            &[
                "code_counters",
                "attachments",
                "reports",
                "status_history",
                "assignments",
                "tasks",
                "task_kinds",
            ],
        )
        .await
    }
}

async fn task_kinds(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("task_kinds")
            .col(id())
            .col(text("code").unique_key())
            .col(text("label"))
            .col(text("emoji"))
            .col(text("prefix"))
            .col(small("priority"))
            .col(int("duration_min"))
            .col(int("crew"))
            .col(flag("needs_place"))
            .col(flag("needs_evidence"))
            .col(json("checklist"))
            .col(flag("active"))
            .col(int("sort"))
            .to_owned(),
    )
    .await?;
    Ok(())
}

async fn tasks(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("tasks")
            .col(id())
            .col(text("code").unique_key())
            .col(big("kind_id"))
            .col(text("title"))
            .col(text("search"))
            .col(null(text("description")))
            .col(word(
                "status",
                &[
                    "scheduled",
                    "in_progress",
                    "paused",
                    "completed",
                    "cancelled",
                ],
            ))
            .col(small("priority"))
            .col(null(double("lat")))
            .col(null(double("lon")))
            .col(null(text("place_label")))
            .col(null(local("planned_start_local")))
            .col(null(at("planned_start_at")))
            .col(null(local("planned_end_local")))
            .col(null(at("planned_end_at")))
            .col(text("zone"))
            .col(null(at("window_start_at")))
            .col(null(at("window_end_at")))
            .col(null(big("unit_id")))
            .col(null(big("lead_agent_id")))
            .col(null(big("created_by")))
            .col(null(at("started_at")))
            .col(null(at("paused_at")))
            .col(big("paused_seconds"))
            .col(null(at("ended_at")))
            .col(null(big("ended_by")))
            .col(null(text("end_reason")))
            .col(flag("counts_in_estimates"))
            .col(flag("drill"))
            .col(int("version"))
            .col(at("created_at"))
            .col(at("updated_at"))
            .foreign_key(&mut reference("tasks", "kind_id", "task_kinds"))
            .foreign_key(&mut reference("tasks", "unit_id", "units"))
            .foreign_key(&mut reference("tasks", "lead_agent_id", "agents"))
            .foreign_key(&mut reference("tasks", "created_by", "users"))
            .foreign_key(&mut reference("tasks", "ended_by", "users"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("tasks", &["status", "id"])).await?;
    m.create_index(index("tasks", &["unit_id", "status", "id"]))
        .await?;
    m.create_index(index("tasks", &["kind_id", "id"])).await?;
    m.create_index(index("tasks", &["lead_agent_id", "status"]))
        .await?;
    m.create_index(index("tasks", &["created_by", "id"]))
        .await?;
    m.create_index(index("tasks", &["priority", "id"])).await?;
    m.create_index(index("tasks", &["planned_start_at"]))
        .await?;
    Ok(())
}

async fn assignments(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("assignments")
            .col(id())
            .col(big("task_id"))
            .col(big("agent_id"))
            .col(word(
                "state",
                &[
                    "offered",
                    "acknowledged",
                    "declined",
                    "en_route",
                    "on_site",
                    "released",
                ],
            ))
            .col(null(text("reason")))
            .col(null(text("override_reason")))
            .col(at("state_at"))
            .col(at("offered_at"))
            .col(null(at("acknowledged_at")))
            .col(null(at("en_route_at")))
            .col(null(at("on_site_at")))
            .col(null(at("released_at")))
            .col(int("rings"))
            .col(null(at("escalated_at")))
            .col(null(at("unreachable_at")))
            .col(null(at("ack_due_at")))
            .foreign_key(&mut reference("assignments", "task_id", "tasks"))
            .foreign_key(&mut reference("assignments", "agent_id", "agents"))
            .to_owned(),
    )
    .await?;
    m.create_index(unique("assignments", &["task_id", "agent_id"]))
        .await?;
    m.create_index(index("assignments", &["agent_id", "state", "task_id"]))
        .await?;
    Ok(())
}

async fn status_history(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("status_history")
            .col(id())
            .col(big("task_id"))
            .col(null(word(
                "from_status",
                &[
                    "scheduled",
                    "in_progress",
                    "paused",
                    "completed",
                    "cancelled",
                ],
            )))
            .col(word(
                "to_status",
                &[
                    "scheduled",
                    "in_progress",
                    "paused",
                    "completed",
                    "cancelled",
                ],
            ))
            .col(null(big("user_id")))
            .col(word("channel", &["bot", "api", "cli", "timer"]))
            .col(null(text("reason")))
            .col(at("happened_at"))
            .col(at("recorded_at"))
            .col(null(double("lat")))
            .col(null(double("lon")))
            .col(json("released"))
            .foreign_key(&mut reference("status_history", "task_id", "tasks"))
            .foreign_key(&mut reference("status_history", "user_id", "users"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("status_history", &["task_id", "id"]))
        .await?;
    Ok(())
}

async fn reports(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("reports")
            .col(id())
            .col(big("task_id"))
            .col(null(big("user_id")))
            .col(word(
                "kind",
                &["text", "photo", "video", "voice", "document", "place"],
            ))
            .col(null(text("text")))
            .col(null(double("lat")))
            .col(null(double("lon")))
            .col(word("channel", &["bot", "api", "cli", "timer"]))
            .col(at("happened_at"))
            .col(at("recorded_at"))
            .foreign_key(&mut reference("reports", "task_id", "tasks"))
            .foreign_key(&mut reference("reports", "user_id", "users"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("reports", &["task_id", "id"])).await?;
    Ok(())
}

async fn attachments(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("attachments")
            .col(id())
            .col(big("report_id"))
            .col(big("task_id"))
            .col(null(text("telegram_file_id")))
            .col(null(text("name")))
            .col(text("mime"))
            .col(null(big("bytes")))
            .col(null(text("path")))
            .col(word("state", &["pending", "stored", "failed"]))
            .col(at("created_at"))
            .col(null(at("stored_at")))
            .foreign_key(&mut reference("attachments", "report_id", "reports"))
            .foreign_key(&mut reference("attachments", "task_id", "tasks"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("attachments", &["report_id"])).await?;
    m.create_index(index("attachments", &["task_id", "id"]))
        .await?;
    Ok(())
}

async fn code_counters(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("code_counters")
            .col(text("prefix"))
            .col(int("year"))
            .col(big("last"))
            .primary_key(&mut key(&["prefix", "year"]))
            .to_owned(),
    )
    .await?;
    Ok(())
}
