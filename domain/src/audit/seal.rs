//! The chain over the record: each entry's hash covers the one before. One sealer adds to it after the commits, so that
//! those who write the record do not wait for each other.

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::CaseStatement as Case,
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use ::entity::audit;

use crate::{
    Error, Result, Store, Tx,
    lease::{self, Fence},
    setting,
};

/// The end of the chain: whoever knows it notices when anything before was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Entries in the chain; the last one has this number.
    pub number: i64,
    pub hash: String,
}

impl Head {
    /// What the first entry follows.
    pub(super) fn beginning() -> Self {
        Self {
            number: 0,
            hash: "0".repeat(64),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (number, hash) = text.split_once(':')?;
        let hex = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        hex.then_some(Self {
            number: number.parse().ok()?,
            hash: hash.into(),
        })
    }
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.number, self.hash)
    }
}

impl std::str::FromStr for Head {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text).ok_or_else(|| format!("{text:?} is not NUMBER:HASH"))
    }
}

/// The setting that holds the end of the chain.
const HEAD: &str = "audit_head";

/// Entries of one transaction; when so many were sealed, more may wait.
pub const BATCH: u64 = 500;

/// Adds entries that are not in the chain yet, in the order in which they were written down, and returns how many; call again
/// while there are any. Only whoever holds the lease may: two chains must not come to be.
///
/// # Errors
/// [`Error::Away`] when somebody else has taken the lease.
pub async fn seal(store: &Store, fence: &Fence) -> Result<u64> {
    if !waiting(store).await? {
        return Ok(0);
    }
    let fence = fence.clone();
    store
        .write(move |tx| Box::pin(async move { seal_in(tx, &fence).await }))
        .await
}

async fn waiting(store: &Store) -> Result<bool> {
    let first = audit::Entity::find()
        .select_only()
        .column(audit::Column::Id)
        .filter(audit::Column::Number.is_null())
        .into_tuple::<i64>()
        .one(store.reader())
        .await?;
    Ok(first.is_some())
}

async fn seal_in(tx: &Tx, fence: &Fence) -> Result<u64> {
    lease::guard(tx, fence).await?;
    let mut end = head_in(tx.db()).await?;
    let rows = audit::Entity::find()
        .filter(audit::Column::Number.is_null())
        .order_by_asc(audit::Column::Id)
        .limit(BATCH)
        .all(tx.db())
        .await?;
    let count = rows.len() as u64;
    let mut seals = Vec::with_capacity(rows.len());
    for row in rows {
        let seal = Seal::after(end, &row);
        end = seal.head();
        seals.push(seal);
    }
    stamp(tx, seals).await?;
    setting::set(tx, HEAD, end.to_string()).await?;
    Ok(count)
}

/// What an entry gets.
struct Seal {
    id: i64,
    number: i64,
    prev_hash: String,
    hash: String,
}

impl Seal {
    fn after(end: Head, row: &audit::Model) -> Self {
        let number = end.number + 1;
        Self {
            id: row.id,
            number,
            hash: hash(&end.hash, number, row),
            prev_hash: end.hash,
        }
    }

    fn head(&self) -> Head {
        Head {
            number: self.number,
            hash: self.hash.clone(),
        }
    }
}

/// One statement for all of them: whoever writes waits for this one.
async fn stamp(tx: &Tx, seals: Vec<Seal>) -> Result<()> {
    let ids: Vec<i64> = seals.iter().map(|seal| seal.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let (mut numbers, mut before, mut hashes) = (Case::new(), Case::new(), Case::new());
    for seal in seals {
        let this = || audit::Column::Id.eq(seal.id);
        numbers = numbers.case(this(), seal.number);
        before = before.case(this(), seal.prev_hash);
        hashes = hashes.case(this(), seal.hash);
    }
    audit::Entity::update_many()
        .col_expr(audit::Column::Number, numbers.into())
        .col_expr(audit::Column::PrevHash, before.into())
        .col_expr(audit::Column::Hash, hashes.into())
        .filter(audit::Column::Id.is_in(ids))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// The end of the chain.
pub async fn head(store: &Store) -> Result<Head> {
    head_in(store.reader()).await
}

async fn head_in(db: &impl sea_orm::ConnectionTrait) -> Result<Head> {
    match setting::get_in(db, HEAD).await? {
        None => Ok(Head::beginning()),
        Some(text) => Head::parse(&text)
            .ok_or_else(|| Error::Data("the end of the chain of the record".into())),
    }
}

/// The hash of an entry: of the one before it, and of everything it says.
pub(super) fn hash(before: &str, number: i64, row: &audit::Model) -> String {
    let says = serde_json::json!([
        number,
        row.id,
        row.at.timestamp_nanos_opt(),
        row.user_id,
        row.action,
        row.subject_kind,
        row.subject_id,
        row.channel,
        sorted(&row.data),
    ]);
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update("\n");
    hash.update(says.to_string());
    hex::encode(hash.finalize())
}

/// Databases keep the keys of an object in orders of their own: as pairs in one order they say the same everywhere.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut pairs: Vec<_> = fields.iter().collect();
            pairs.sort_by_key(|(key, _)| *key);
            let pairs = pairs.into_iter().map(|(key, value)| {
                let pair = vec![Value::from(key.as_str()), sorted(value)];
                Value::Array(pair)
            });
            serde_json::json!({ "object": pairs.collect::<Vec<_>>() })
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        plain => plain.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_keys_says_nothing_and_everything_else_something() {
        let value = |text: &str| sorted(&serde_json::from_str(text).expect("a literal"));
        assert_eq!(value(r#"{"a":1,"b":[2]}"#), value(r#"{"b":[2],"a":1}"#));
        assert_ne!(value(r#"{"a":1,"b":[2]}"#), value(r#"{"a":[2],"b":1}"#));
        assert_ne!(value(r#"{"a":1}"#), value(r#"[["a",1]]"#));
    }

    #[test]
    fn a_head_is_read_as_it_is_written() {
        let head = Head {
            number: 7,
            hash: "ab".repeat(32),
        };
        assert_eq!(head.to_string().parse(), Ok(head));
        assert!("7:short".parse::<Head>().is_err());
    }
}
