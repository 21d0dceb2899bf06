//! Every change of state of a task: who, why, through which door, when it happened and when we learnt it.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::task::TaskStatus;

/// The door through which something came in.
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
pub enum Channel {
    Bot,
    Api,
    Cli,
    Timer,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "status_history")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub task_id: i64,
    pub from_status: Option<TaskStatus>,
    pub to_status: TaskStatus,
    pub user_id: Option<i64>,
    /// The door, as text: a newer release may have written another.
    #[sea_orm(column_type = "Text")]
    pub channel: String,
    #[sea_orm(column_type = "Text")]
    pub reason: Option<String>,
    pub happened_at: DateTimeUtc,
    pub recorded_at: DateTimeUtc,
    #[sea_orm(column_type = "Double")]
    pub lat: Option<f64>,
    #[sea_orm(column_type = "Double")]
    pub lon: Option<f64>,
    #[sea_orm(column_type = "JsonBinary")]
    pub released: Json,
}

impl ActiveModelBehavior for ActiveModel {}
