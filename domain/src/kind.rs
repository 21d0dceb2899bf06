//! The catalogue of task kinds.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, SqlErr};
use serde_json::json;

use ::entity::task_kind;

use crate::{
    Actor, Error, Refusal, Result, Store, Tx,
    actor::Level,
    audit::{self, Subject},
    error::{Invalid, Problem, Thing},
    task::Priority,
};

/// What kind of work a task is, and what is usual for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    pub id: i64,
    /// Never changes: letters, digits and `_`.
    pub code: String,
    pub label: String,
    pub emoji: String,
    /// Begins the codes of its tasks.
    pub prefix: String,
    pub priority: Priority,
    pub duration_min: i32,
    pub crew: i32,
    pub needs_place: bool,
    pub needs_evidence: bool,
    pub checklist: Vec<String>,
    pub active: bool,
    /// Its place in lists, lowest first.
    pub sort: i32,
}

/// A kind to be added.
#[derive(Clone, Debug)]
pub struct NewKind {
    pub code: String,
    pub label: String,
    pub emoji: String,
    pub prefix: String,
    pub priority: Priority,
    pub duration_min: i32,
    pub crew: i32,
    pub needs_place: bool,
    pub needs_evidence: bool,
    pub checklist: Vec<String>,
    pub sort: i32,
}

/// What shall be different; `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct KindPatch {
    pub label: Option<String>,
    pub emoji: Option<String>,
    pub priority: Option<Priority>,
    pub duration_min: Option<i32>,
    pub crew: Option<i32>,
    pub needs_place: Option<bool>,
    pub needs_evidence: Option<bool>,
    pub checklist: Option<Vec<String>>,
    pub active: Option<bool>,
    pub sort: Option<i32>,
}

/// Every kind in the order of lists, those out of use too.
pub async fn list(store: &Store) -> Result<Vec<Kind>> {
    let rows = task_kind::Entity::find()
        .order_by_asc(task_kind::Column::Sort)
        .order_by_asc(task_kind::Column::Id)
        .all(store.reader())
        .await?;
    rows.into_iter().map(shown).collect()
}

pub async fn find(store: &Store, id: i64) -> Result<Kind> {
    let row = task_kind::Entity::find_by_id(id)
        .one(store.reader())
        .await?;
    shown(row.ok_or(Refusal::missing(Thing::Kind))?)
}

/// The kind with this code, if it is in use.
pub async fn by_code(tx: &Tx, code: &str) -> Result<Option<Kind>> {
    let row = task_kind::Entity::find()
        .filter(task_kind::Column::Code.eq(code))
        .filter(task_kind::Column::Active.eq(true))
        .one(tx.db())
        .await?;
    row.map(shown).transpose()
}

fn shown(row: task_kind::Model) -> Result<Kind> {
    Ok(Kind {
        id: row.id,
        code: row.code,
        label: row.label,
        emoji: row.emoji,
        prefix: row.prefix,
        priority: Priority::from_column(row.priority),
        duration_min: row.duration_min,
        crew: row.crew,
        needs_place: row.needs_place,
        needs_evidence: row.needs_evidence,
        checklist: serde_json::from_value(row.checklist)?,
        active: row.active,
        sort: row.sort,
    })
}

/// Adds a kind; admins only.
pub async fn create(tx: &Tx, actor: &Actor, new: NewKind) -> Result<Kind> {
    admin_only(actor)?;
    check(&new)?;
    let row = task_kind::Entity::insert(columns(new))
        .exec_with_returning(tx.db())
        .await
        .map_err(taken)?;
    audit::record(
        tx,
        actor,
        "kind.created",
        Subject::Catalogue,
        json!({ "kind": row.code }),
    )
    .await?;
    shown(row)
}

/// The row of a new kind.
pub(crate) fn columns(new: NewKind) -> task_kind::ActiveModel {
    task_kind::ActiveModel {
        code: Set(new.code),
        label: Set(new.label),
        emoji: Set(new.emoji),
        prefix: Set(new.prefix),
        priority: Set(new.priority as i16),
        duration_min: Set(new.duration_min),
        crew: Set(new.crew),
        needs_place: Set(new.needs_place),
        needs_evidence: Set(new.needs_evidence),
        checklist: Set(json!(new.checklist)),
        active: Set(true),
        sort: Set(new.sort),
        ..Default::default()
    }
}

/// Changes a kind; admins only. Code and prefix stay, because codes of tasks were made of them.
pub async fn patch(tx: &Tx, actor: &Actor, id: i64, patch: KindPatch) -> Result<Kind> {
    admin_only(actor)?;
    let row = task_kind::Entity::find_by_id(id)
        .one(tx.db())
        .await?
        .ok_or(Refusal::missing(Thing::Kind))?;
    let kind = merged(shown(row)?, patch);
    check(&kind.as_new())?;
    let active = Set(kind.active);
    let row = task_kind::ActiveModel {
        id: Set(id),
        active,
        ..columns(kind.as_new())
    };
    let row = task_kind::Entity::update(row).exec(tx.db()).await?;
    audit::record(
        tx,
        actor,
        "kind.changed",
        Subject::Catalogue,
        json!({ "kind": row.code }),
    )
    .await?;
    shown(row)
}

fn merged(kind: Kind, patch: KindPatch) -> Kind {
    Kind {
        label: patch.label.unwrap_or(kind.label),
        emoji: patch.emoji.unwrap_or(kind.emoji),
        priority: patch.priority.unwrap_or(kind.priority),
        duration_min: patch.duration_min.unwrap_or(kind.duration_min),
        crew: patch.crew.unwrap_or(kind.crew),
        needs_place: patch.needs_place.unwrap_or(kind.needs_place),
        needs_evidence: patch.needs_evidence.unwrap_or(kind.needs_evidence),
        checklist: patch.checklist.unwrap_or(kind.checklist),
        active: patch.active.unwrap_or(kind.active),
        sort: patch.sort.unwrap_or(kind.sort),
        ..kind
    }
}

impl Kind {
    fn as_new(&self) -> NewKind {
        NewKind {
            code: self.code.clone(),
            label: self.label.clone(),
            emoji: self.emoji.clone(),
            prefix: self.prefix.clone(),
            priority: self.priority,
            duration_min: self.duration_min,
            crew: self.crew,
            needs_place: self.needs_place,
            needs_evidence: self.needs_evidence,
            checklist: self.checklist.clone(),
            sort: self.sort,
        }
    }
}

fn admin_only(actor: &Actor) -> Result<(), Refusal> {
    if actor.level == Level::Admin {
        Ok(())
    } else {
        Err(Refusal::NotAllowed)
    }
}

fn check(new: &NewKind) -> Result<(), Refusal> {
    let errors = broken(new);
    match errors.is_empty() {
        true => Ok(()),
        false => Err(Refusal::Invalid { errors }),
    }
}

/// What is wrong with it whatever is stored.
pub fn broken(new: &NewKind) -> Vec<Invalid> {
    let code_fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let rules = [
        (
            "code",
            (1..=40).contains(&new.code.len()) && new.code.chars().all(code_fits),
            Problem::Malformed,
        ),
        (
            "label",
            (1..=60).contains(&new.label.chars().count()),
            Problem::Required,
        ),
        ("emoji", new.emoji.chars().count() <= 8, Problem::TooLong),
        (
            "prefix",
            (2..=5).contains(&new.prefix.len()) && is_prefix(&new.prefix),
            Problem::Malformed,
        ),
        (
            "default_minutes",
            (1..=10_080).contains(&new.duration_min),
            Problem::OutOfRange,
        ),
        ("crew", (1..=300).contains(&new.crew), Problem::OutOfRange),
        (
            "checklist",
            new.checklist.len() <= 30 && new.checklist.iter().all(|s| s.chars().count() <= 200),
            Problem::TooLong,
        ),
    ];
    rules
        .into_iter()
        .filter(|(_, holds, _)| !holds)
        .map(|(field, _, problem)| Invalid {
            field: field.into(),
            problem,
        })
        .collect()
}

fn is_prefix(prefix: &str) -> bool {
    prefix.chars().all(|letter| letter.is_ascii_uppercase())
}

fn taken(error: sea_orm::DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Refusal::Taken {
            field: "code".into(),
        }
        .into(),
        _ => error.into(),
    }
}
