//! Enrolment, sessions and what guards the doors.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        enrolments(m).await?;
        sessions(m).await?;
        login_attempts(m).await?;
        socket_tickets(m).await?;
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            m,
            &["socket_tickets", "login_attempts", "sessions", "enrolments"],
        )
        .await
    }
}

async fn enrolments(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("enrolments")
            .col(id())
            .col(big("user_id"))
            .col(text("code_hash").unique_key())
            .col(null(big("created_by")))
            .col(at("created_at"))
            .col(at("expires_at"))
            .col(null(at("used_at")))
            .col(null(at("revoked_at")))
            .foreign_key(&mut reference("enrolments", "user_id", "users"))
            .foreign_key(&mut reference("enrolments", "created_by", "users"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("enrolments", &["user_id"])).await?;
    Ok(())
}

async fn sessions(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("sessions")
            .col(text("id"))
            .col(big("user_id"))
            .col(text("refresh_hash").unique_key())
            .col(null(text("previous_hash")))
            .col(null(text("address")))
            .col(null(text("agent")))
            .col(at("created_at"))
            .col(at("used_at"))
            .col(at("expires_at"))
            .col(null(at("revoked_at")))
            .primary_key(&mut key(&["id"]))
            .foreign_key(&mut reference("sessions", "user_id", "users"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("sessions", &["user_id"])).await?;
    Ok(())
}

async fn login_attempts(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("login_attempts")
            .col(text("name_hash"))
            .col(int("failures"))
            .col(null(at("locked_until")))
            .col(at("updated_at"))
            .primary_key(&mut key(&["name_hash"]))
            .to_owned(),
    )
    .await?;
    Ok(())
}

async fn socket_tickets(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        table("socket_tickets")
            .col(text("ticket_hash"))
            .col(text("session_id"))
            .col(at("expires_at"))
            .primary_key(&mut key(&["ticket_hash"]))
            .foreign_key(&mut reference("socket_tickets", "session_id", "sessions"))
            .to_owned(),
    )
    .await?;
    Ok(())
}
