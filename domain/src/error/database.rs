//! What it means that a statement failed: trouble that may pass, a rule of the schema, or a defect of ours.

use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{Error as SqlxError, error::DatabaseError},
};

use super::{Error, Problem, Refusal};

/// What PostgreSQL says after `statement_timeout`.
const QUERY_CANCELED: &str = "57014";

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if is_contended(&error) {
            Self::Contended(error.to_string())
        } else if has_code(&error, &[QUERY_CANCELED]) {
            Self::TooSlow(error.to_string())
        } else if is_away(&error) {
            Self::Away(error.to_string())
        } else if is_exclusion(&error) {
            // The only exclusion of the schema, and the only triggers: two shifts of one agent in the same time.
            Refusal::ShiftOverlap {
                agent_id: None,
                agent: None,
            }
            .into()
        } else if is_no_text(&error) {
            Refusal::invalid("text", Problem::Malformed).into()
        } else {
            Self::Database(error)
        }
    }
}

/// Whether the transaction was chosen to yield: serialization failures and deadlocks of PostgreSQL.
fn is_contended(error: &DbErr) -> bool {
    has_code(error, &["40001", "40P01"])
}

/// PostgreSQL's `exclusion_violation`, or what a trigger of SQLite refused (`SQLITE_CONSTRAINT_TRIGGER`).
fn is_exclusion(error: &DbErr) -> bool {
    has_code(error, &["23P01", "1811"])
}

/// PostgreSQL's `character_not_in_repertoire`: it keeps no NUL in a text.
fn is_no_text(error: &DbErr) -> bool {
    has_code(error, &["22021"])
}

fn has_code(error: &DbErr, codes: &[&str]) -> bool {
    of_sqlx(error)
        .and_then(SqlxError::as_database_error)
        .and_then(DatabaseError::code)
        .is_some_and(|code| codes.contains(&&*code))
}

/// Whether the trouble is the connection, a full disk or a lock, and so may pass.
fn is_away(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        error => of_sqlx(error).is_some_and(sqlx_is_away),
    }
}

/// Whether another process that opens the same SQLite file holds it: while one changes how the journal is kept, the others are
/// refused at once, whatever their patience (`sqlite3_busy_handler`).
pub(crate) fn is_locked(error: &DbErr) -> bool {
    let DbErr::Conn(RuntimeErr::SqlxError(error)) = error else {
        return false;
    };
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.is_some_and(|code| code == "5")
}

fn of_sqlx(error: &DbErr) -> Option<&SqlxError> {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            Some(error)
        }
        _ => None,
    }
}

fn sqlx_is_away(error: &SqlxError) -> bool {
    match error {
        SqlxError::Io(_)
        | SqlxError::PoolTimedOut
        | SqlxError::PoolClosed
        | SqlxError::WorkerCrashed
        | SqlxError::Tls(_) => true,
        SqlxError::Database(e) => e.code().is_some_and(|code| code_is_passing(&code)),
        _ => false,
    }
}

/// PostgreSQL (five characters): connection 08, resources 53, operator 57, rollback 40, lock 55P03, a transaction that
/// lay idle 25P03.
/// SQLite (a number): busy 5, locked 6, I/O 10, full 13, cannot open 14.
fn code_is_passing(code: &str) -> bool {
    if code.len() == 5 {
        return ["08", "53", "57", "40", "55P03", "25P03"]
            .iter()
            .any(|class| code.starts_with(class));
    }
    code.parse::<u32>()
        .is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 10 | 13 | 14))
}
