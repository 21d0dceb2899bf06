//! A city's years in the tables: enough rows that a list which reads them all is found out.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, TransactionTrait};

use crate::support::start;

/// Tables that grow with every year of work.
pub const BIG: [&str; 22] = [
    "agents",
    "assignments",
    "attachments",
    "audit",
    "calendars",
    "cards",
    "events",
    "inbox",
    "last_positions",
    "leaves",
    "outbox",
    "positions",
    "reports",
    "sessions",
    "shift_swaps",
    "shifts",
    "status_history",
    "suggestions",
    "tasks",
    "timers",
    "unavailabilities",
    "users",
];

/// Of a hundred thousand tasks one in a hundred is open, of more no more; everybody is on one now and then.
const STATEMENTS: [&str; 27] = [
    "INSERT INTO users (username, name, level, permissions, active, version, telegram_id, created_at, updated_at)
     SELECT 'u' || i, 'Persona ' || (i * 7919 % 20011), 1, '', i % 50 <> 0, 1, 10000 + i, {at}, {at} FROM {people}",
    "INSERT INTO agents (user_id, name, badge, active, version, created_at, updated_at)
     SELECT id, name, username, TRUE, 1, {at}, {at} FROM users WHERE telegram_id > 10000",
    "INSERT INTO units (name, created_at) SELECT 'Unidad ' || i, {at} FROM {=200}",
    "INSERT INTO agent_units (agent_id, unit_id) SELECT id, 1 + id % 200 FROM agents",
    "INSERT INTO unit_members (user_id, unit_id) SELECT id, 1 + id % 200 FROM users WHERE telegram_id > 10000",
    "INSERT INTO last_positions (agent_id, lat, lon, source, recorded_at)
     SELECT id, -34.6 + (id * 7919 % 1000) / 3000.0, -58.4 + (id * 104729 % 1000) / 3000.0, 'live', {now} FROM agents",
    "INSERT INTO positions (agent_id, lat, lon, source, recorded_at)
     SELECT 1 + i * 7919 % {people}, -34.6, -58.4, 'live', {at} FROM {40000}",
    "INSERT INTO shifts (agent_id, unit_id, status, starts_local, starts_at, ends_local, ends_at, note_at, zone, created_at)
     SELECT 1 + i * 7919 % ({people} / 2), 1 + i % 200, 'ended', {at}, {at}, {at}, {at}, CASE WHEN i % 50 = 0 THEN {at} END,
        'UTC', {at} FROM {30000}",
    "INSERT INTO shift_swaps (status, shift_id, other_shift_id, from_agent_id, to_agent_id, created_at)
     SELECT CASE WHEN i % {open} = 0 THEN 'accepted' ELSE 'approved' END, i, i + 1, 1 + i * 7919 % ({people} / 2), 1 + i * 31 % {people}, {at}
     FROM {30000}",
    "INSERT INTO calendars (token_hash, agent_id, created_by, created_at, revoked_at)
     SELECT 'c' || i, 1 + i % {people}, 1 + i % {people}, {at}, CASE WHEN i % 2 = 0 THEN {at} END FROM {30000}",
    "INSERT INTO leaves (agent_id, status, starts_at, ends_at, created_at)
     SELECT 1 + i * 7919 % ({people} / 2), 'approved', {at}, {at}, {at} FROM {30000}",
    "INSERT INTO unavailabilities (agent_id, starts_at, ends_at) SELECT 1 + i * 7919 % ({people} / 2), {at}, {at} FROM {30000}",
    "INSERT INTO task_kinds (code, label, emoji, prefix, priority, duration_min, crew, needs_place, needs_evidence, checklist, active, sort)
     SELECT 'kind' || i, 'Kind', '.', 'K' || i, 2, 60, 1, FALSE, FALSE, '[]', TRUE, i FROM {=6}",
    "INSERT INTO tasks (code, kind_id, title, search, status, priority, lat, lon, planned_start_at, window_start_at, window_end_at,
        zone, unit_id, lead_agent_id, created_by, paused_seconds, ended_at, counts_in_estimates, drill, version, created_at, updated_at)
     SELECT 'X-' || i, 1 + i % 7, 'Tarea', 'x-' || i || ' tarea manzana ' || (i % 997),
        CASE WHEN i % {open} <> 0 THEN CASE WHEN i % 20 = 1 THEN 'cancelled' ELSE 'completed' END
             WHEN i % (3 * {open}) = 0 THEN 'in_progress' WHEN i % (7 * {open}) = 0 THEN 'paused' ELSE 'scheduled' END,
        1 + i % 5, -34.6 - (i % 1000) / 10000.0, -58.4 - (i % 977) / 10000.0, {at}, {at},
        CASE WHEN i % (11 * {open}) = 0 THEN {at} ELSE {later} END, 'UTC', 1 + i * 31 % 200, 1 + i * 7919 % {people},
        1 + i * 7907 % ({people} / 10), 0, CASE WHEN i % {open} <> 0 THEN {past} END, TRUE, FALSE, 1, {at}, {at} FROM {100000}",
    "INSERT INTO figure_days (day, whole, zone) VALUES ('{yore}', TRUE, 'America/Argentina/Buenos_Aires 2')",
    "INSERT INTO assignments (task_id, agent_id, state, state_at, offered_at, acknowledged_at, rings)
     SELECT id, lead_agent_id, CASE WHEN ended_at IS NOT NULL THEN 'released' WHEN id % (5 * {open}) = 0 THEN 'offered' ELSE 'on_site' END,
        {at}, {at}, CASE WHEN ended_at IS NOT NULL THEN {past} END, 1 FROM tasks",
    "INSERT INTO former_assignments (task_id, agent_id, state, state_at, offered_at, acknowledged_at)
     SELECT id, lead_agent_id, 'declined', {past}, {past}, {past} FROM tasks WHERE id % 4999 = 0",
    "INSERT INTO status_history (task_id, to_status, channel, happened_at, recorded_at, released)
     SELECT id, 'scheduled', 'api', {at}, {at}, '[]' FROM tasks",
    "INSERT INTO reports (task_id, kind, text, channel, happened_at, recorded_at)
     SELECT id, 'text', 'x', 'bot', {at}, {at} FROM tasks WHERE id % 2 = 0",
    "INSERT INTO suggestions (task_id, status, people, count, p75_seconds, created_at)
     SELECT id, CASE WHEN id % 3 = 0 THEN 'accepted' ELSE 'offered' END, 1, 20, 3600,
        CASE WHEN id % 500 = 0 THEN {at} ELSE {ago} END FROM tasks WHERE id % 5 = 0",
    "INSERT INTO attachments (report_id, task_id, mime, state, created_at)
     SELECT id, task_id, 'image/jpeg', 'stored', {at} FROM reports",
    "INSERT INTO outbox (lane, chat_id, notice, task_id, status, tries, created_at, sent_at)
     SELECT 'task', 10000 + id % {people}, '{\"notice\":\"unassigned\",\"task_id\":1}', id, 'sent', 0, {at}, {at} FROM tasks",
    "INSERT INTO inbox (bot, update_id, actor, kind, payload, status, tries, received_at, done_at)
     SELECT 1, i, i % {people}, 'message', '{}', 'done', 0, {at}, {at} FROM {40000}",
    "INSERT INTO cards (chat_id, subject, message_id, hash, updated_at)
     SELECT 10000 + lead_agent_id, 'task:' || id, id, '', {at} FROM tasks",
    "INSERT INTO timers (kind, subject, data, due_at, status, tries, created_at)
     SELECT 'ack', '' || id, '{}', {at}, 'fired', 0, {at} FROM assignments",
    "INSERT INTO events (seq, topic, kind, unit_ids, user_ids, data, created_at)
     SELECT i, 'tasks', 'task_created', '[]', '[]', '{\"id\":1,\"code\":\"X\"}', {at} FROM {40000}",
    "INSERT INTO sessions (id, user_id, refresh_hash, previous_hash, created_at, used_at, expires_at)
     SELECT 's' || i, 1 + i % {people}, 'h' || i, 'p' || i, {at}, {at}, {later} FROM {30000}",
];

/// What only PostgreSQL is asked about: SQLite calls going along its own key a scan.
const OF_POSTGRES: [&str; 9] = [
    "INSERT INTO broadcasts (text, audience, status, drill, round, chain, created_by, created_at, expires_at, ended_at)
     SELECT 'x', '{\"kind\":\"all\"}', 'closed', FALSE, 1, '[]', 1 + i % 1000, {at}, {at}, {at} FROM {10000}",
    "INSERT INTO broadcast_recipients (broadcast_id, user_id, state, state_at, sent_at, rings)
     SELECT 1 + i % 10000, 1 + i / 10000, CASE WHEN i % 3 = 0 THEN 'sent' ELSE 'acknowledged' END, {at}, {at}, 1 FROM {100000}",
    "INSERT INTO broadcast_answers (broadcast_id, user_id, state, at)
     SELECT broadcast_id, user_id, state, state_at FROM broadcast_recipients WHERE state <> 'sent'",
    "INSERT INTO drills (status, words, audience, starts_at, ends_at, broadcast_id, created_by, created_at, score)
     SELECT CASE WHEN i % 20 = 0 THEN 'planned' ELSE 'held' END, 'x', '{\"kind\":\"all\"}', {at} - i * INTERVAL '1 minute', {at},
        CASE WHEN i % 20 <> 0 THEN i END, 1 + i % 1000, {at}, CASE WHEN i % 20 <> 0 THEN CAST('{\"recipients\":10,\"reached\":10,
            \"acknowledged\":7,\"of_reached\":{},\"of_all\":{}}' AS jsonb) END FROM {10000}",
    "INSERT INTO audit (at, user_id, action, subject_kind, subject_id, channel, data)
     SELECT CASE WHEN i % 100 = 1 THEN {past} ELSE {at} END, 1 + i % 1000,
        CASE WHEN i % 9973 = 0 THEN 'login.failed' WHEN i % 3 = 0 THEN 'task.assign' ELSE 'task.create' END,
        CASE WHEN i % 9973 = 0 THEN 'login' ELSE 'task' END, CASE WHEN i % 9973 <> 0 THEN i END, 'bot', '{}' FROM {100000}",
    "INSERT INTO emergencies (task_id, raised_by, status, place_source, drill, crew, ring, created_at)
     SELECT i * 17, 1 + i % 1000, CASE WHEN i % 500 = 0 THEN 'active' ELSE 'resolved' END, 'none', i % 10 = 0, 1, 1, {at}
     FROM {=4000}",
    "INSERT INTO emergency_offers (emergency_id, agent_id, ring, state, load, rings, at)
     SELECT 1 + i % 4000, 1 + i * 7919 % {people}, 1, CASE WHEN i % 3 = 0 THEN 'declined' ELSE 'passed' END, 0, 0, {at}
     FROM {=12000}",
    "INSERT INTO check_ins (task_id, every_minutes, status, round, created_at)
     SELECT 1 + i / 10, 15, CASE WHEN i % 10000 = 0 THEN 'active' ELSE 'ended' END, 1, {at} FROM {=400000}",
    "INSERT INTO check_in_people (check_in_id, agent_id, state, step, asked_at)
     SELECT id, 1 + id % {people}, CASE WHEN status = 'active' THEN 'waiting' ELSE 'well' END, 0, {at} FROM check_ins",
];

/// Fills the tables of a fresh world, so many times the years; the planner learns how large they are where it can.
pub async fn fill(db: &DatabaseConnection, times: u32) {
    let backend = db.get_database_backend();
    let transaction = db.begin().await.expect("a transaction");
    if backend == DbBackend::Postgres {
        let patience = transaction.execute_unprepared("SET LOCAL statement_timeout = 0");
        patience.await.expect("a setting");
    }
    let more: &[&str] = match backend {
        DbBackend::Postgres => &OF_POSTGRES,
        _ => &[],
    };
    for statement in STATEMENTS.iter().chain(more) {
        let written = transaction
            .execute_unprepared(&plain(statement, backend, times))
            .await;
        written.unwrap_or_else(|error| panic!("{error}: {statement}"));
    }
    transaction.commit().await.expect("room for it");
    let learnt = db.execute_unprepared("ANALYZE").await;
    learnt.expect("the planner learns");
}

/// Both databases count by recursion, but call a moment by different names. SQLite has its plans without looking at
/// the rows: a tenth of them will do.
fn plain(statement: &str, backend: DbBackend, times: u32) -> String {
    let (moment, share) = match backend {
        DbBackend::Sqlite => ("text", 10),
        _ => ("timestamptz", 1),
    };
    let (statement, rows) = match statement.rsplit_once(" FROM {") {
        Some((head, count)) => (head, count.strip_suffix('}')),
        None => (statement, None),
    };
    let people = 20_000 / share;
    let numbers = rows.map(|count| {
        let count = match count.strip_prefix('=') {
            Some(count) => count.parse::<u32>().expect("a number"),
            None if count == "people" => people,
            None => count.parse::<u32>().expect("a number") / share * times,
        };
        format!(
            " FROM (WITH RECURSIVE n(i) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT i FROM n) AS numbers"
        )
    });
    let at = |hours: i64| {
        let time = start() + chrono::TimeDelta::hours(hours);
        let time = time.format("%Y-%m-%dT%H:%M:%S+00:00");
        format!("CAST('{time}' AS {moment})")
    };
    let yore = (start() - chrono::TimeDelta::hours(75)).date_naive();
    format!("{statement}{}", numbers.unwrap_or_default())
        .replace("{at}", &at(-1))
        .replace("{yore}", &yore.to_string())
        .replace("{past}", &at(-72))
        .replace("{ago}", &at(-24 * 90))
        .replace("{now}", &at(0))
        .replace("{later}", &at(1))
        .replace("{people}", &people.to_string())
        .replace("{open}", &(100 * times).to_string())
}
