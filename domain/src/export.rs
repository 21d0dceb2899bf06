//! Files of figures that somebody asked for in a chat: made beside everything else, told of while they are made, and
//! removed again after a day.

use chrono::TimeDelta;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr,
};

pub use ::entity::export::{ExportState, ReportFormat, ReportName};
use ::entity::{export, unit};

use crate::{
    Actor, Refusal, Result, Store, Tx,
    card::Subject,
    erase::files,
    error::Thing,
    figures::Period,
    ledger::{self, Wanted},
    outbox::{self, Message},
    timer::{self, Due},
};

/// How long a file is kept, in hours.
const KEPT_HOURS: i64 = 24;

/// How many may wait for one person.
const WAITING_MOST: u64 = 3;

/// A file that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    pub id: i64,
    pub user_id: i64,
    pub chat_id: i64,
    pub report: ReportName,
    pub format: ReportFormat,
    pub wanted: Wanted,
    pub state: ExportState,
    /// Rows so far.
    pub rows: i64,
    /// Where it lies among the files, and what it is called.
    pub path: Option<String>,
    pub name: Option<String>,
}

/// Where a finished file lies.
#[derive(Clone, Debug)]
pub struct Stored {
    pub path: String,
    pub name: String,
    pub bytes: i64,
    pub rows: i64,
}

/// Asks for a file; the answer comes into the chat. It is put on record who takes which figures away.
///
/// # Errors
/// Level 2 and above, about their units; refused while too many wait.
pub async fn ask(
    tx: &mut Tx,
    actor: &Actor,
    chat_id: i64,
    (report, format): (ReportName, ReportFormat),
    wanted: Wanted,
) -> Result<i64> {
    ledger::begun(tx, actor, (report, format), wanted).await?;
    check_unit(tx, wanted.unit_id).await?;
    let user_id = actor.user_id.ok_or(Refusal::NotAllowed)?;
    let waiting = export::Entity::find()
        .filter(export::Column::State.eq(ExportState::Waiting))
        .filter(export::Column::UserId.eq(user_id))
        .count(tx.db())
        .await?;
    if waiting >= WAITING_MOST {
        let limit = WAITING_MOST as u32;
        return Err(Refusal::TooManyReports { limit }.into());
    }
    let row = export::ActiveModel {
        user_id: Set(user_id),
        chat_id: Set(chat_id),
        report: Set(report),
        format: Set(format),
        unit_id: Set(wanted.unit_id),
        from_day: Set(wanted.period.from),
        until_day: Set(wanted.period.until),
        state: Set(ExportState::Waiting),
        written: Set(0),
        created_at: Set(tx.now()),
        ..Default::default()
    };
    let id = export::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await?
        .id;
    let now = tx.now();
    timer::set(tx, &Due::Export { export_id: id }, now).await?;
    outbox::push(tx, vec![Message::export(chat_id, Some(user_id), id)]).await?;
    Ok(id)
}

/// The unit can have been named by a press that no button sent.
async fn check_unit(tx: &Tx, unit_id: Option<i64>) -> Result<()> {
    let Some(id) = unit_id else { return Ok(()) };
    let found = unit::Entity::find_by_id(id).one(tx.db()).await?;
    Ok(found.map(drop).ok_or(Refusal::missing(Thing::Unit))?)
}

/// A file by its number; whoever shows it has to compare the person.
///
/// # Errors
/// Missing when there is none.
pub async fn find(store: &Store, id: i64) -> Result<Export> {
    let row = export::Entity::find_by_id(id).one(store.reader()).await?;
    row.map(Export::from)
        .ok_or_else(|| Refusal::missing(Thing::Attachment).into())
}

/// Tells how far it is.
pub async fn progress(tx: &mut Tx, id: i64, rows: i64) -> Result<()> {
    let row = export::ActiveModel {
        written: Set(rows),
        ..Default::default()
    };
    change_and_tell(tx, id, row).await
}

/// It is there: sent to whoever asked, and removed after a day; at once when he was erased meanwhile.
pub async fn ready(tx: &mut Tx, id: i64, stored: Stored) -> Result<()> {
    let path = stored.path.clone();
    let row = export::ActiveModel {
        state: Set(ExportState::Ready),
        written: Set(stored.rows),
        path: Set(Some(stored.path)),
        name: Set(Some(stored.name)),
        bytes: Set(Some(stored.bytes)),
        ended_at: Set(Some(tx.now())),
        ..Default::default()
    };
    let Some(one) = change(tx, id, row).await? else {
        return forget_erased(tx, id, path).await;
    };
    let later = tx.now() + TimeDelta::hours(KEPT_HOURS);
    timer::set(tx, &Due::ExportGone { export_id: id }, later).await?;
    let (chat, user) = (one.chat_id, Some(one.user_id));
    let messages = vec![
        Message::export(chat, user, id),
        Message::export_file(chat, user, id),
    ];
    outbox::push(tx, messages).await
}

async fn forget_erased(tx: &Tx, id: i64, path: String) -> Result<()> {
    if export::Entity::find_by_id(id).one(tx.db()).await?.is_some() {
        return Ok(());
    }
    files::want(tx, std::iter::once(path)).await
}

/// It cannot be made.
pub async fn failed(tx: &mut Tx, id: i64) -> Result<()> {
    let row = export::ActiveModel {
        state: Set(ExportState::Failed),
        ended_at: Set(Some(tx.now())),
        ..Default::default()
    };
    change_and_tell(tx, id, row).await
}

/// Changes one that is still waited for, and brings the message about it up to date.
async fn change_and_tell(tx: &mut Tx, id: i64, row: export::ActiveModel) -> Result<()> {
    let Some(one) = change(tx, id, row).await? else {
        return Ok(());
    };
    let message = Message::export(one.chat_id, Some(one.user_id), id);
    outbox::push(tx, vec![message]).await
}

/// The file has been removed.
pub async fn gone(tx: &Tx, id: i64) -> Result<()> {
    export::Entity::update_many()
        .col_expr(export::Column::State, Expr::value(ExportState::Gone))
        .col_expr(export::Column::Path, Expr::value(Option::<String>::None))
        .filter(export::Column::Id.eq(id))
        .filter(export::Column::State.eq(ExportState::Ready))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Changes one that is still waited for.
async fn change(tx: &Tx, id: i64, row: export::ActiveModel) -> Result<Option<Export>> {
    let changed = export::Entity::update_many()
        .set(row)
        .filter(export::Column::Id.eq(id))
        .filter(export::Column::State.eq(ExportState::Waiting))
        .exec_with_returning(tx.db())
        .await?;
    Ok(changed.into_iter().next().map(Export::from))
}

impl From<export::Model> for Export {
    fn from(row: export::Model) -> Self {
        Self {
            id: row.id,
            user_id: row.user_id,
            chat_id: row.chat_id,
            report: row.report,
            format: row.format,
            wanted: Wanted {
                period: Period {
                    from: row.from_day,
                    until: row.until_day,
                },
                unit_id: row.unit_id,
            },
            state: row.state,
            rows: row.written,
            path: row.path,
            name: row.name,
        }
    }
}

impl Message {
    /// The live message about a file that is being made.
    fn export(chat_id: i64, user_id: Option<i64>, export_id: i64) -> Self {
        let about = Subject::Export(export_id);
        Self {
            lane: outbox::Lane::Answer,
            collapse: Some(format!("card:{chat_id}:{about}")),
            ..Self::news(chat_id, user_id, outbox::Notice::Export { export_id })
        }
    }

    fn export_file(chat_id: i64, user_id: Option<i64>, export_id: i64) -> Self {
        Self {
            lane: outbox::Lane::Digest,
            ..Self::news(chat_id, user_id, outbox::Notice::ExportFile { export_id })
        }
    }
}
