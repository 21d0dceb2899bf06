//! What somebody agreed to or took back, each time.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::history::Channel;

/// What is agreed to.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// That positions he shares are kept and shown to his supervisors.
    Location,
    /// That photos, films and voice messages he sends are kept.
    Media,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consents")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub user_id: i64,
    pub purpose: Purpose,
    pub granted: bool,
    pub at: DateTimeUtc,
    pub changed_by: Option<i64>,
    pub channel: Channel,
}

impl ActiveModelBehavior for ActiveModel {}
