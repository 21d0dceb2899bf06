//! Files that have to go: written down in the transaction that wants it, removed afterwards, and again until they are.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Query, SelectStatement},
};

use ::entity::{attachment, export, file_removal, leave, report, shift};

use super::Person;
use crate::{Result, Store, Tx, files::Files};

/// The most files of one round.
const BATCH: u64 = 100;

/// Rows to a statement.
const AT_ONCE: usize = 500;

/// Gives up the evidence, the hand-overs, the certificates and the reports that are his.
pub(super) async fn give_up(tx: &Tx, person: &Person) -> Result<()> {
    let mine = Condition::any()
        .add(attachment::Column::ReportId.in_subquery(reports(person.user.id)))
        .add(attachment::Column::ShiftId.in_subquery(shifts(person.agent_id)))
        .add(attachment::Column::LeaveId.in_subquery(leaves(person.agent_id)));
    // Locked: what is being stored at this moment is waited for, and its place seen.
    let mut paths: Vec<Option<String>> = attachment::Entity::find()
        .select_only()
        .column(attachment::Column::Path)
        .filter(mine.clone())
        .lock_exclusive()
        .into_tuple()
        .all(tx.db())
        .await?;
    let made = Condition::all().add(export::Column::UserId.eq(person.user.id));
    let exports: Vec<Option<String>> = export::Entity::find()
        .select_only()
        .column(export::Column::Path)
        .filter(made.clone())
        .lock_exclusive()
        .into_tuple()
        .all(tx.db())
        .await?;
    paths.extend(exports);
    want(tx, paths.into_iter().flatten()).await?;
    attachment::Entity::delete_many()
        .filter(mine)
        .exec(tx.db())
        .await?;
    export::Entity::delete_many()
        .filter(made)
        .exec(tx.db())
        .await?;
    Ok(())
}

fn reports(user_id: i64) -> SelectStatement {
    Query::select()
        .column(report::Column::Id)
        .from(report::Entity)
        .and_where(report::Column::UserId.eq(user_id))
        .to_owned()
}

fn shifts(agent_id: i64) -> SelectStatement {
    Query::select()
        .column(shift::Column::Id)
        .from(shift::Entity)
        .and_where(shift::Column::AgentId.eq(agent_id))
        .to_owned()
}

fn leaves(agent_id: i64) -> SelectStatement {
    Query::select()
        .column(leave::Column::Id)
        .from(leave::Entity)
        .and_where(leave::Column::AgentId.eq(agent_id))
        .to_owned()
}

/// Writes down that these files have to go.
pub(crate) async fn want(tx: &Tx, paths: impl Iterator<Item = String>) -> Result<()> {
    let rows: Vec<_> = paths
        .map(|path| file_removal::ActiveModel {
            path: Set(path),
            wanted_at: Set(tx.now()),
        })
        .collect();
    for some in rows.chunks(AT_ONCE) {
        file_removal::Entity::insert_many(some.to_vec())
            .on_conflict_do_nothing_on([file_removal::Column::Path])
            .exec_without_returning(tx.db())
            .await?;
    }
    Ok(())
}

/// Removes some of the files that have to go; how many are gone. What cannot be removed now is tried again.
pub async fn remove_some(store: &Store, files: &dyn Files) -> Result<usize> {
    let paths: Vec<String> = file_removal::Entity::find()
        .select_only()
        .column(file_removal::Column::Path)
        .order_by_asc(file_removal::Column::WantedAt)
        .limit(BATCH)
        .into_tuple()
        .all(store.reader())
        .await?;
    let mut gone = Vec::new();
    for path in paths {
        match files.remove(&path).await {
            Ok(()) => gone.push(path),
            Err(error) => tracing::warn!(%error, "a file that has to go is still there"),
        }
    }
    let count = gone.len();
    if count > 0 {
        store
            .write(move |tx| Box::pin(async move { note(tx, gone).await }))
            .await?;
    }
    Ok(count)
}

async fn note(tx: &Tx, gone: Vec<String>) -> Result<()> {
    file_removal::Entity::delete_many()
        .filter(file_removal::Column::Path.is_in(gone))
        .exec(tx.db())
        .await?;
    Ok(())
}
