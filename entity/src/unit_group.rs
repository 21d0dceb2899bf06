//! The Telegram groups and forum topics of units.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unit_groups")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub unit_id: i64,
    pub chat_id: i64,
    /// The topic of a forum; zero for the group itself.
    pub thread_id: i64,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    /// Whether topics can be opened there.
    pub forum: bool,
    pub registered_by: Option<i64>,
    pub registered_at: DateTimeUtc,
    /// When a broadcast for it was last settled.
    pub posted_at: Option<DateTimeUtc>,
    /// Why Telegram did not take that one.
    #[sea_orm(column_type = "Text")]
    pub trouble: Option<String>,
    /// When Telegram did not let the bot open a topic there; nothing once it did, or somebody had it tried again.
    pub topics_refused_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
