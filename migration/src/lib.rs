//! The history of the schema: append only, on SQLite and on PostgreSQL.

pub use sea_orm_migration::prelude::{MigratorTrait, async_trait};

use sea_orm_migration::MigrationTrait;

mod column;
mod m0001_people;
mod m0002_access;
mod m0003_tasks;
mod m0004_time;
mod m0005_flow;
mod m0006_nearest;
mod m0007_once;
mod m0008_seal;
mod m0009_lists;
mod m0010_rota;
mod m0011_emergency;
mod m0012_broadcast;
mod m0013_lateness;
mod m0015_rota_lists;
mod m0016_figures;
mod m0018_lanes;
mod m0019_drills;
mod m0021_asked_again;
mod m0022_check_ins;
mod m0023_groups;
mod m0024_albums;
mod m0029_rounds;
mod m0030_erasure;
mod m0031_consents;
mod m0032_check_in_told;
mod m0033_check_in_sent;
mod m0034_spots;
mod m0035_scores;
mod m0036_broadcast_files;
mod m0037_news;
mod m0038_counted;
mod m0039_filters;
mod m0040_told;
mod m0041_signed_out;
mod m0042_turns;
mod m0043_place_accuracy;
mod m0044_offer_accuracy;
mod m0045_no_overlap;
mod m0047_topics_refused;
mod m0048_ended;
mod m0051_moved;
mod m0052_unavailabilities;
mod m0053_sent_before;
mod m0054_given_away;
mod m0055_shift_reports;
mod m0056_pressed;
mod m0057_excused;

pub use m0006_nearest::index_positions;
pub use m0016_figures::index_words;
pub use m0045_no_overlap::guard_shifts;

/// Runs the migrations in their order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_people::Migration),
            Box::new(m0002_access::Migration),
            Box::new(m0003_tasks::Migration),
            Box::new(m0004_time::Migration),
            Box::new(m0005_flow::Migration),
            Box::new(m0006_nearest::Migration),
            Box::new(m0007_once::Migration),
            Box::new(m0008_seal::Migration),
            Box::new(m0009_lists::Migration),
            Box::new(m0010_rota::Migration),
            Box::new(m0011_emergency::Migration),
            Box::new(m0012_broadcast::Migration),
            Box::new(m0013_lateness::Migration),
            Box::new(m0015_rota_lists::Migration),
            Box::new(m0016_figures::Migration),
            Box::new(m0018_lanes::Migration),
            Box::new(m0019_drills::Migration),
            Box::new(m0021_asked_again::Migration),
            Box::new(m0022_check_ins::Migration),
            Box::new(m0023_groups::Migration),
            Box::new(m0024_albums::Migration),
            Box::new(m0029_rounds::Migration),
            Box::new(m0030_erasure::Migration),
            Box::new(m0031_consents::Migration),
            Box::new(m0032_check_in_told::Migration),
            Box::new(m0033_check_in_sent::Migration),
            Box::new(m0034_spots::Migration),
            Box::new(m0035_scores::Migration),
            Box::new(m0036_broadcast_files::Migration),
            Box::new(m0037_news::Migration),
            Box::new(m0038_counted::Migration),
            Box::new(m0039_filters::Migration),
            Box::new(m0040_told::Migration),
            Box::new(m0041_signed_out::Migration),
            Box::new(m0042_turns::Migration),
            Box::new(m0043_place_accuracy::Migration),
            Box::new(m0044_offer_accuracy::Migration),
            Box::new(m0045_no_overlap::Migration),
            Box::new(m0047_topics_refused::Migration),
            Box::new(m0048_ended::Migration),
            Box::new(m0051_moved::Migration),
            Box::new(m0052_unavailabilities::Migration),
            Box::new(m0053_sent_before::Migration),
            Box::new(m0054_given_away::Migration),
            Box::new(m0055_shift_reports::Migration),
            Box::new(m0056_pressed::Migration),
            Box::new(m0057_excused::Migration),
        ]
    }
}
