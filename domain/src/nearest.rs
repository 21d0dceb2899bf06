//! The nearest free agents: availability and the age of the position are judged in the statement that measures.
//!
//! PostGIS walks its index outwards from the point (`<->`, great circles on the sphere). Without it the search
//! draws growing circles, reads the rectangles around them by index, and measures by the same sphere.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{agent, last_position};

use crate::{
    Actor, Refusal, Result, Store, Tx,
    agent::{AgentFilter, filtered},
    availability::Availability,
    geo::{self, Bounds, Point},
};

/// A free agent and how far away he last was.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearest {
    pub agent_id: i64,
    pub name: String,
    pub distance_m: f64,
    pub position_age_s: i64,
    /// The radius of uncertainty, in metres.
    pub position_accuracy_m: Option<f64>,
}

/// The nearest agents who are wanted, available and not seen longer ago than
/// [`crate::Rules::position_fresh_minutes`], nearest first.
///
/// # Errors
/// Level 2 and above; everybody else is [`Refusal::NotAllowed`].
pub async fn nearest(
    store: &Store,
    actor: &Actor,
    from: Point,
    limit: u64,
    wanted: AgentFilter,
) -> Result<Vec<Nearest>> {
    if !actor.may_command() {
        return Err(Refusal::NotAllowed.into());
    }
    let now = store.now();
    let filter = AgentFilter {
        availability: Some(Availability::Available),
        inactive: false,
        ..wanted
    };
    let fresh = now - TimeDelta::minutes(store.rules().position_fresh_minutes.into());
    let search = Search {
        db: store.reader(),
        postgis: store.has_postgis(),
        free: seen_since(filtered(actor, &filter, now), Some(fresh)),
        from,
        limit,
    };
    let found = search.run().await?;
    Ok(found.into_iter().map(|one| one.shown(now)).collect())
}

/// The nearest of these agents, as far as they were seen since then, from inside a transaction.
pub(crate) async fn nearest_of(
    tx: &Tx,
    agents: sea_orm::Select<agent::Entity>,
    from: Point,
    limit: u64,
    since: Option<DateTime<Utc>>,
) -> Result<Vec<Nearest>> {
    let search = Search {
        db: tx.db(),
        postgis: tx.has_postgis(),
        free: seen_since(agents, since),
        from,
        limit,
    };
    let found = search.run().await?;
    Ok(found.into_iter().map(|one| one.shown(tx.now())).collect())
}

/// These agents with their positions, as far as those are not older than `fresh`.
fn seen_since(
    agents: sea_orm::Select<agent::Entity>,
    fresh: Option<DateTime<Utc>>,
) -> sea_orm::Select<agent::Entity> {
    let own = Expr::col((last_position::Entity, last_position::Column::AgentId))
        .equals((agent::Entity, agent::Column::Id));
    let mut query = agents
        .select_only()
        .columns([agent::Column::Id, agent::Column::Name])
        .columns([
            last_position::Column::Lat,
            last_position::Column::Lon,
            last_position::Column::AccuracyM,
            last_position::Column::RecordedAt,
        ]);
    if let Some(fresh) = fresh {
        query = query.filter(last_position::Column::RecordedAt.gte(fresh));
    }
    QuerySelect::query(&mut query).join(JoinType::InnerJoin, last_position::Entity, own);
    query
}

/// The first circle: a walk of some minutes.
const FIRST_M: f64 = 500.0;

/// Beyond it rectangles save nothing.
const WIDEST_M: f64 = 2_000_000.0;

struct Search<'a, C> {
    db: &'a C,
    postgis: bool,
    /// Everybody who may be found.
    free: sea_orm::Select<agent::Entity>,
    from: Point,
    limit: u64,
}

impl<C: ConnectionTrait> Search<'_, C> {
    async fn run(&self) -> Result<Vec<Found>> {
        if self.postgis {
            self.outwards().await
        } else {
            self.by_circles().await
        }
    }

    /// The limit stands in the words: of a bound one PostgreSQL reckons with a tenth of all rows, and so plans each search anew.
    async fn outwards(&self) -> Result<Vec<Found>> {
        let away = Expr::cust_with_values(
            r#""last_positions"."geog" <-> ST_SetSRID(ST_MakePoint($1, $2), 4326)::geography"#,
            [self.from.lon, self.from.lat],
        );
        let rows = self.free.clone().order_by_asc(away);
        let mut search = rows.build(self.db.get_database_backend());
        search.sql.push_str(&format!(" LIMIT {}", self.limit));
        Ok(self.measured(Row::find_by_statement(search).all(self.db).await?))
    }

    async fn by_circles(&self) -> Result<Vec<Found>> {
        let mut radius_m = FIRST_M;
        while radius_m < WIDEST_M {
            let near = agent::Column::Id.in_subquery(near(&geo::around(self.from, radius_m)));
            let mut found = self.read(self.free.clone().filter(near)).await?;
            found.retain(|one| one.distance_m <= radius_m);
            if found.len() as u64 >= self.limit {
                found.truncate(self.limit as usize);
                return Ok(found);
            }
            radius_m *= self.growth(found.len());
        }
        let mut found = self.read(self.free.clone()).await?;
        found.truncate(self.limit as usize);
        Ok(found)
    }

    /// By how much a circle with `found` people must grow to hold enough, if they are spread evenly.
    fn growth(&self, found: usize) -> f64 {
        let missing = self.limit as f64 / found as f64;
        (1.5 * missing).sqrt().clamp(1.5, 4.0)
    }

    async fn read(&self, rows: sea_orm::Select<agent::Entity>) -> Result<Vec<Found>> {
        Ok(self.measured(rows.into_model().all(self.db).await?))
    }

    /// Nearest first.
    fn measured(&self, rows: Vec<Row>) -> Vec<Found> {
        let measured = rows.into_iter().map(|row| row.measured(self.from));
        let mut found: Vec<Found> = measured.collect();
        found.sort_by(|a, b| {
            a.distance_m
                .total_cmp(&b.distance_m)
                .then(a.row.id.cmp(&b.row.id))
        });
        found
    }
}

/// Whoever was last seen in one of these rectangles: asked apart, so that the search begins with the index on places.
fn near(rectangles: &[Bounds]) -> SelectStatement {
    let place = |bounds: &Bounds| {
        Condition::all()
            .add(last_position::Column::Lat.between(bounds.south, bounds.north))
            .add(last_position::Column::Lon.between(bounds.west, bounds.east))
    };
    Query::select()
        .column(last_position::Column::AgentId)
        .from(last_position::Entity)
        .cond_where(
            rectangles
                .iter()
                .map(place)
                .fold(Condition::any(), Condition::add),
        )
        .to_owned()
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    name: String,
    lat: f64,
    lon: f64,
    accuracy_m: Option<f64>,
    recorded_at: DateTime<Utc>,
}

impl Row {
    fn measured(self, from: Point) -> Found {
        let point = Point {
            lat: self.lat,
            lon: self.lon,
        };
        Found {
            distance_m: point.distance_m(from),
            row: self,
        }
    }
}

struct Found {
    distance_m: f64,
    row: Row,
}

impl Found {
    fn shown(self, now: DateTime<Utc>) -> Nearest {
        Nearest {
            agent_id: self.row.id,
            name: self.row.name,
            distance_m: self.distance_m,
            position_age_s: (now - self.row.recorded_at).num_seconds(),
            position_accuracy_m: self.row.accuracy_m,
        }
    }
}
