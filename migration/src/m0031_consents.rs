//! What somebody agreed to or took back, each time. Whoever accepted his link before has agreed by that.

use sea_orm_migration::prelude::*;

use crate::column::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            table("consents")
                .col(id())
                .col(big("user_id"))
                .col(word("purpose", &["location", "media"]))
                .col(flag("granted"))
                .col(at("at"))
                .col(null(big("changed_by")))
                .col(word("channel", &["bot", "api", "cli", "timer"]))
                .foreign_key(&mut reference("consents", "user_id", "users"))
                .foreign_key(&mut reference("consents", "changed_by", "users"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("consents", &["user_id", "purpose", "id"]))
            .await?;
        for purpose in ["location", "media"] {
            m.get_connection()
                .execute_unprepared(&accepted(purpose))
                .await?;
        }
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(m, &["consents"]).await
    }
}

fn accepted(purpose: &str) -> String {
    format!(
        "INSERT INTO consents (user_id, purpose, granted, at, changed_by, channel) \
         SELECT user_id, '{purpose}', TRUE, min(used_at), user_id, 'bot' FROM enrolments \
         WHERE used_at IS NOT NULL GROUP BY user_id"
    )
}
