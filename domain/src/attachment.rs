//! Files that people add: evidence of reports, notes of hand-overs, certificates of leave, what goes with broadcasts.

use std::collections::HashSet;

use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

pub use ::entity::attachment::FetchState;
use ::entity::{attachment, export};

use crate::{
    Error, Result, Store, Tx, assignment,
    erase::files,
    event::Event,
    shift,
    task::load,
    timer::{self, Due},
};

mod visible;

pub use visible::find;

/// A file to be kept.
#[derive(Clone, Debug)]
pub struct NewFile {
    pub source: Source,
    pub name: Option<String>,
    pub mime: String,
    pub bytes: Option<i64>,
}

/// Where it is: still at Telegram, or already in the file store.
#[derive(Clone, Debug)]
pub enum Source {
    /// A `file_id` of the Bot API.
    Telegram(String),
    /// A path in [`crate::files::Files`].
    Stored(String),
}

/// What a file belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Report {
        task_id: i64,
        report_id: i64,
    },
    /// A report on a shift.
    ShiftReport(i64),
    /// The hand-over of a shift.
    Shift(i64),
    Leave(i64),
    Broadcast(i64),
}

impl Owner {
    fn of(row: &attachment::Model) -> Option<Self> {
        if let Some(id) = row.broadcast_id {
            return Some(Self::Broadcast(id));
        }
        match (row.task_id, row.report_id, row.shift_id, row.leave_id) {
            (Some(task_id), Some(report_id), ..) => Some(Self::Report { task_id, report_id }),
            (None, Some(id), ..) => Some(Self::ShiftReport(id)),
            (_, _, Some(id), _) => Some(Self::Shift(id)),
            (_, _, _, Some(id)) => Some(Self::Leave(id)),
            _ => None,
        }
    }

    /// The folder of its files in the store.
    pub fn folder(self) -> String {
        match self {
            Self::Report { task_id, .. } => task_id.to_string(),
            Self::ShiftReport(id) => format!("report-{id}"),
            Self::Shift(id) => format!("shift-{id}"),
            Self::Leave(id) => format!("leave-{id}"),
            Self::Broadcast(id) => format!("broadcast-{id}"),
        }
    }
}

/// A file as it lies in the file store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub id: i64,
    pub owner: Owner,
    pub name: Option<String>,
    pub mime: String,
    pub bytes: Option<i64>,
    pub telegram_file_id: Option<String>,
    pub path: Option<String>,
    pub state: FetchState,
    /// Why Telegram never took one that was to be sent.
    pub error: Option<String>,
}

impl Attachment {
    fn of(row: attachment::Model) -> Result<Self> {
        let owner = Owner::of(&row)
            .ok_or_else(|| Error::Data(format!("owner of attachment {}", row.id)))?;
        Ok(Self {
            id: row.id,
            owner,
            name: row.name,
            mime: row.mime,
            bytes: row.bytes,
            telegram_file_id: row.telegram_file_id,
            path: row.path,
            state: row.state,
            error: row.error,
        })
    }
}

/// Whether anybody added a file to this task.
pub async fn any_of_task(store: &Store, task_id: i64) -> Result<bool> {
    let one = attachment::Entity::find()
        .select_only()
        .column(attachment::Column::Id)
        .filter(attachment::Column::TaskId.eq(task_id))
        .into_tuple::<i64>()
        .one(store.reader())
        .await?;
    Ok(one.is_some())
}

/// Keeps a file; one that is still at Telegram is fetched by a timer.
pub(crate) async fn attach(tx: &mut Tx, owner: Owner, file: NewFile) -> Result<()> {
    let (telegram_file_id, path) = match file.source {
        Source::Telegram(id) => (Some(id), None),
        Source::Stored(path) => (None, Some(path)),
    };
    let stored = path.is_some();
    let (task_id, report_id) = match owner {
        Owner::Report { task_id, report_id } => (Some(task_id), Some(report_id)),
        Owner::ShiftReport(id) => (None, Some(id)),
        Owner::Shift(_) | Owner::Leave(_) | Owner::Broadcast(_) => (None, None),
    };
    let row = attachment::ActiveModel {
        report_id: Set(report_id),
        task_id: Set(task_id),
        shift_id: Set(match owner {
            Owner::Shift(id) => Some(id),
            _ => None,
        }),
        leave_id: Set(match owner {
            Owner::Leave(id) => Some(id),
            _ => None,
        }),
        broadcast_id: Set(match owner {
            Owner::Broadcast(id) => Some(id),
            _ => None,
        }),
        telegram_file_id: Set(telegram_file_id),
        name: Set(file.name),
        mime: Set(file.mime),
        bytes: Set(file.bytes),
        path: Set(path),
        state: Set(if stored {
            FetchState::Stored
        } else {
            FetchState::Pending
        }),
        created_at: Set(tx.now()),
        stored_at: Set(stored.then_some(tx.now())),
        ..Default::default()
    };
    let id = attachment::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await?
        .id;
    if stored {
        return Ok(());
    }
    let now = tx.now();
    timer::set(tx, &Due::Fetch { attachment_id: id }, now).await
}

/// The files of these shifts, of what was reported on them, or of these requests for leave, the oldest first.
pub(crate) async fn of(
    db: &impl ConnectionTrait,
    column: attachment::Column,
    ids: impl IntoIterator<Item = i64>,
) -> Result<Vec<Attachment>> {
    attachment::Entity::find()
        .filter(column.is_in(ids))
        .order_by_asc(attachment::Column::Id)
        .all(db)
        .await?
        .into_iter()
        .map(Attachment::of)
        .collect()
}

/// How many files a request for leave has.
pub(crate) async fn count_of_leave(tx: &Tx, id: i64) -> Result<usize> {
    let ids: Vec<i64> = attachment::Entity::find()
        .select_only()
        .column(attachment::Column::Id)
        .filter(attachment::Column::LeaveId.eq(id))
        .into_tuple()
        .all(tx.db())
        .await?;
    Ok(ids.len())
}

/// Where the files lie that the file store has, in the order in which it came.
pub async fn stored_paths(store: &Store) -> Result<Vec<String>> {
    let paths: Vec<Option<String>> = attachment::Entity::find()
        .select_only()
        .column(attachment::Column::Path)
        .filter(attachment::Column::State.eq(FetchState::Stored))
        .filter(attachment::Column::Path.is_not_null())
        .order_by_asc(attachment::Column::Id)
        .into_tuple()
        .all(store.reader())
        .await?;
    Ok(paths.into_iter().flatten().collect())
}

/// Those of these places in the file store that nothing names: no evidence, and no report that somebody asked for.
pub async fn unnamed(store: &Store, paths: Vec<String>) -> Result<Vec<String>> {
    let evidence: Vec<Option<String>> = attachment::Entity::find()
        .select_only()
        .column(attachment::Column::Path)
        .filter(attachment::Column::Path.is_in(paths.clone()))
        .into_tuple()
        .all(store.reader())
        .await?;
    let exports: Vec<Option<String>> = export::Entity::find()
        .select_only()
        .column(export::Column::Path)
        .filter(export::Column::Path.is_in(paths.clone()))
        .into_tuple()
        .all(store.reader())
        .await?;
    let named: HashSet<String> = evidence.into_iter().chain(exports).flatten().collect();
    Ok(paths
        .into_iter()
        .filter(|path| !named.contains(path))
        .collect())
}

/// Where the newest file lies; nothing when there is none.
pub async fn newest_path(store: &Store) -> Result<Option<String>> {
    let newest: Option<Option<String>> = attachment::Entity::find()
        .select_only()
        .column(attachment::Column::Path)
        .filter(attachment::Column::State.eq(FetchState::Stored))
        .order_by_desc(attachment::Column::Id)
        .into_tuple()
        .one(store.reader())
        .await?;
    Ok(newest.flatten())
}

/// Whether a file in the store belongs to nothing, for certain, after what should have named it failed: nobody knows
/// whether a server that fell silent has kept the transaction. A file database keeps one after the other: whoever may
/// write there looks at how all before him ended, also one whose commit the disk held up.
pub async fn is_left_over(store: &Store, path: &str, error: &Error) -> bool {
    let Error::Away(_) = error else {
        return true;
    };
    if store.reader().get_database_backend() != DbBackend::Sqlite {
        return false;
    }
    let path = path.to_owned();
    let named = store
        .write(move |tx| Box::pin(async move { is_named(tx, &path).await }))
        .await;
    matches!(named, Ok(false))
}

async fn is_named(tx: &Tx, path: &str) -> Result<bool> {
    let row = attachment::Entity::find()
        .filter(attachment::Column::Path.eq(path))
        .one(tx.db())
        .await?;
    Ok(row.is_some())
}

/// A file that still has to be brought from Telegram; `None` when that is done or given up.
pub async fn pending(store: &Store, id: i64) -> Result<Option<Attachment>> {
    let row = attachment::Entity::find_by_id(id)
        .filter(attachment::Column::State.eq(FetchState::Pending))
        .one(store.reader())
        .await?;
    row.map(Attachment::of).transpose()
}

/// Whether a file that was brought still belongs to something. When what it belongs to was erased meanwhile, it has to go.
pub async fn still_wanted(tx: &Tx, id: i64, path: &str) -> Result<bool> {
    let wanted = is_there(tx, id).await?;
    if !wanted {
        files::want(tx, std::iter::once(path.to_owned())).await?;
    }
    Ok(wanted)
}

/// It stays until the transaction ends.
async fn is_there(tx: &Tx, id: i64) -> Result<bool> {
    let row = attachment::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx.db())
        .await?;
    Ok(row.is_some())
}

/// The file is in the store now.
pub async fn stored(tx: &mut Tx, id: i64, path: String, bytes: i64) -> Result<()> {
    if !still_wanted(tx, id, &path).await? {
        return Ok(());
    }
    let row = attachment::ActiveModel {
        id: Set(id),
        path: Set(Some(path)),
        bytes: Set(Some(bytes)),
        state: Set(FetchState::Stored),
        stored_at: Set(Some(tx.now())),
        ..Default::default()
    };
    settle(tx, row).await
}

/// The file cannot be had: it is too large for the Bot API, or gone.
pub async fn failed(tx: &mut Tx, id: i64) -> Result<()> {
    if !is_there(tx, id).await? {
        return Ok(());
    }
    let row = attachment::ActiveModel {
        id: Set(id),
        state: Set(FetchState::Failed),
        ..Default::default()
    };
    settle(tx, row).await
}

/// Whoever looks at the task, or at the reports of the shift, learns that the evidence changed.
async fn settle(tx: &mut Tx, row: attachment::ActiveModel) -> Result<()> {
    let row = attachment::Entity::update(row).exec(tx.db()).await?;
    let Some(task_id) = row.task_id else {
        return match row.report_id {
            Some(id) => shift::settled(tx, id).await,
            None => Ok(()),
        };
    };
    let Some(task) = load::one(tx.db(), task_id).await? else {
        return Ok(());
    };
    tx.log(
        Event::TaskUpdated {
            id: task.id,
            code: task.code.clone(),
        },
        &assignment::scope(&task),
    );
    Ok(())
}
