//! No list reads or sorts a whole table, on tables with years in them: each database is asked how it went
//! about every statement of every list.

use domain::{
    Actor, Store,
    actor::{Channel, Level},
    agent::{self, AgentFilter},
    assignment::Answer,
    audit::list as record,
    availability::Availability,
    broadcast::{self, BroadcastFilter, RecipientState},
    calendar, digest,
    emergency::{self, EmergencyFilter, EmergencyStatus},
    estimate::Band,
    event,
    figures::{self, Counted, Period, Stretch},
    geo::{Bounds, Point},
    inbox, lease,
    leave::{self, LeaveFilter, LeaveStatus},
    ledger::{self, Wanted},
    nearest, outbox,
    page::{Page, Window},
    position, session,
    shift::{self, ShiftFilter},
    stats,
    suggestion::{self, SuggestionFilter},
    swap::{self, SwapFilter, SwapStatus},
    task::{
        Priority, Status,
        life::Step,
        list::{self, TaskFilter},
        timeline, urgency,
    },
    timer,
    unavailability::{self, UnavailabilityFilter},
    user,
};
use sea_orm::ConnectionTrait;
use tokio::sync::Mutex;

use crate::support::{World, postgres_url};

mod explain;
mod fill;
mod watch;

/// What is overheard belongs to one test at a time.
static EAR: Mutex<()> = Mutex::const_new(());

#[tokio::test]
async fn no_list_reads_a_whole_table_of_sqlite() {
    let _alone = EAR.lock().await;
    watch::listen();
    let world = World::sqlite().await;
    fill::fill(world.store.writer(), 1).await;
    let mut faults = Vec::new();
    everything(&world, &mut async |what| {
        let heard = watch::heard();
        assert!(!heard.is_empty(), "{what} says nothing");
        let found = explain::found_on_sqlite(world.store.writer(), &heard).await;
        watch::heard();
        faults.extend(found.into_iter().map(|fault| format!("{what}: {fault}")));
    })
    .await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn no_list_reads_a_whole_table_of_postgres() {
    no_list_of_postgres_reads_a_whole_table(1).await;
}

/// The same bounds hold, and so no list takes longer, with fifty times as many rows of everything but people.
#[tokio::test]
#[ignore = "fills five million tasks: scripts/with-services.sh cargo nextest run --release -p domain --run-ignored only five_million"]
async fn no_list_reads_more_of_five_million_tasks() {
    no_list_of_postgres_reads_a_whole_table(50).await;
}

async fn no_list_of_postgres_reads_a_whole_table(times: u32) {
    let Some(url) = postgres_url() else { return };
    let _alone = EAR.lock().await;
    watch::listen();
    let mut world = World::postgres(&url).await;
    fill::fill(world.store.writer(), times).await;
    explain_itself(&world).await;
    // The settings hold for connections from now on.
    world.store = world.other_process().await;
    let mut faults = Vec::new();
    everything(&world, &mut async |what| {
        let heard = watch::heard();
        assert!(
            heard.iter().any(|one| one.from == watch::NOTICE),
            "{what} is not explained"
        );
        let found = explain::found_on_postgres(&heard);
        faults.extend(found.into_iter().map(|fault| format!("{what}: {fault}")));
    })
    .await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Shifts that begin at once, so that planning also asks their people whether they are there.
#[tokio::test]
async fn planning_for_many_takes_as_many_statements_as_for_few() {
    let _alone = EAR.lock().await;
    watch::listen();
    let world = World::sqlite().await;
    let mut counts = Vec::new();
    // Who is missing is looked for once for all who begin together: the first winds the timer.
    for size in [1, 2, 40] {
        let mut agent_ids = Vec::new();
        for number in 0..size {
            let name = format!("P{size}x{number}");
            let one = world.person(&name, Level::Agent, 1000 * size + number);
            agent_ids.extend(one.await.agent_id);
        }
        watch::heard();
        let clock = |hour| chrono::NaiveTime::from_hms_opt(hour, 0, 0).expect("an hour");
        let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).expect("a Sunday");
        let pattern = shift::Pattern {
            agent_ids,
            weekdays: vec![chrono::Weekday::Sun],
            start: clock(11),
            end: clock(19),
            zone: None,
            from: today,
            until: today,
            unit_id: None,
        };
        let planned = world.store.write(move |tx| {
            let (admin, pattern) = (Actor::system(Channel::Cli), pattern.clone());
            Box::pin(
                async move { shift::plan_pattern(tx, &admin, pattern, shift::Rest::Nothing).await },
            )
        });
        let planned = planned.await.expect("planned").planned.len();
        assert_eq!(i64::try_from(planned).expect("a few"), size);
        counts.push(watch::heard().len());
    }
    let asked = world.all::<entity::outbox::Entity>().await;
    assert!(asked.len() >= 42, "{}", asked.len());
    assert_eq!(counts[1], counts[2], "statements for 2 and for 40");
}

/// Has the database tell the plan of every statement to whoever sent it.
async fn explain_itself(world: &World) {
    for (setting, value) in [
        ("session_preload_libraries", "auto_explain"),
        ("auto_explain.log_min_duration", "0"),
        ("auto_explain.log_analyze", "on"),
        ("auto_explain.log_timing", "off"),
        ("auto_explain.log_format", "json"),
        ("auto_explain.log_level", "notice"),
    ] {
        let db = world.store.writer();
        let set = format!(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET {setting} = %L', current_database(), '{value}'); END $$"
        );
        db.execute_unprepared(&set).await.expect("a superuser's");
    }
}

/// Reads every list with every filter, and calls after each.
async fn everything(world: &World, done: &mut impl AsyncFnMut(&str)) {
    let store = &world.store;
    let admin = Actor::system(Channel::Cli);
    let boss = world.person("Boss", Level::Supervisor, 1).await;
    let ana = world.person("Ana", Level::Agent, 2).await;
    watch::heard();
    for (who, actor) in [("admin", &admin), ("supervisor", &boss), ("agent", &ana)] {
        tasks(store, actor, who, done).await;
        history(store, actor, who, done).await;
        people(store, actor, who, done).await;
        times(store, actor, who, done).await;
        numbers(store, actor, who, done).await;
    }
    if store.reader().get_database_backend() == sea_orm::DbBackend::Postgres {
        told(store, (&admin, &ana), done).await;
        for (who, actor) in [("admin", &admin), ("supervisor", &boss), ("agent", &ana)] {
            emergencies(store, actor, who, done).await;
        }
        for (who, actor) in [("admin", &admin), ("supervisor", &boss)] {
            overviews(store, actor, who, done).await;
        }
    }
    flow(store, done).await;
    work(world, done).await;
}

fn filters() -> Vec<(&'static str, TaskFilter)> {
    let any = TaskFilter::default;
    let open = || TaskFilter {
        statuses: vec![Status::Scheduled, Status::InProgress, Status::Paused],
        ..any()
    };
    let centre = Bounds {
        west: -58.41,
        south: -34.61,
        east: -58.4,
        north: -34.6,
    };
    let noon = crate::support::start();
    vec![
        ("all", any()),
        ("open", open()),
        (
            "completed",
            TaskFilter {
                statuses: vec![Status::Completed],
                ..any()
            },
        ),
        (
            "paused",
            TaskFilter {
                statuses: vec![Status::Paused],
                ..any()
            },
        ),
        (
            "of a kind",
            TaskFilter {
                kind: Some("kind3".into()),
                ..any()
            },
        ),
        (
            "of an estimate",
            TaskFilter {
                kind: Some("kind3".into()),
                measured: Some(Band::Day),
                ..any()
            },
        ),
        (
            "open of a kind",
            TaskFilter {
                kind: Some("kind3".into()),
                ..open()
            },
        ),
        (
            "urgent",
            TaskFilter {
                priority: Some(Priority::Urgent),
                ..any()
            },
        ),
        (
            "of a unit",
            TaskFilter {
                unit_id: Some(77),
                ..any()
            },
        ),
        (
            "open of a unit",
            TaskFilter {
                unit_id: Some(77),
                ..open()
            },
        ),
        (
            "of an agent",
            TaskFilter {
                agent_id: Some(7777),
                ..any()
            },
        ),
        (
            "open of an agent",
            TaskFilter {
                agent_id: Some(7777),
                ..open()
            },
        ),
        (
            "of a creator",
            TaskFilter {
                created_by: Some(777),
                ..open()
            },
        ),
        (
            "from now on",
            TaskFilter {
                from: Some(noon),
                ..any()
            },
        ),
        (
            "until noon",
            TaskFilter {
                to: Some(noon),
                ..any()
            },
        ),
        (
            "late",
            TaskFilter {
                late: true,
                ..any()
            },
        ),
        (
            "unanswered",
            TaskFilter {
                unanswered: true,
                ..any()
            },
        ),
        (
            "open there",
            TaskFilter {
                within: Some(centre),
                ..open()
            },
        ),
        ("of one's own", TaskFilter { own: true, ..any() }),
        (
            "of the last days",
            TaskFilter {
                statuses: vec![Status::Completed, Status::Cancelled],
                ended_since: Some(noon - chrono::TimeDelta::days(7)),
                ..any()
            },
        ),
        (
            "completed today",
            TaskFilter {
                completed_from: Some(noon - chrono::TimeDelta::hours(12)),
                ..any()
            },
        ),
        (
            "completed a year ago",
            TaskFilter {
                completed_from: Some(noon - chrono::TimeDelta::days(366)),
                completed_to: Some(noon - chrono::TimeDelta::days(365)),
                ..any()
            },
        ),
        (
            "some",
            TaskFilter {
                ids: Some(vec![1, 777, 77_777]),
                ..any()
            },
        ),
        (
            "with a word",
            TaskFilter {
                text: Some("manzana".into()),
                ..any()
            },
        ),
    ]
}

async fn tasks(store: &Store, actor: &Actor, who: &str, done: &mut impl AsyncFnMut(&str)) {
    for (which, filter) in filters() {
        let first = list::list(store, actor, filter.clone(), Window::first(50)).await;
        let next = next(first.expect("a page"));
        done(&format!("tasks {which} for {who}")).await;
        if let Some(window) = next {
            let page = list::list(store, actor, filter.clone(), window).await;
            page.expect("a page");
            done(&format!("more tasks {which} for {who}")).await;
        }
        let first = urgency::most_urgent(store, actor, filter.clone(), Window::first(50)).await;
        let next = self::next(first.expect("a page"));
        done(&format!("urgent tasks {which} for {who}")).await;
        if let Some(window) = next {
            let page = urgency::most_urgent(store, actor, filter, window).await;
            page.expect("a page");
            done(&format!("more urgent tasks {which} for {who}")).await;
        }
    }
}

/// What is over, by when it ended.
async fn history(store: &Store, actor: &Actor, who: &str, done: &mut impl AsyncFnMut(&str)) {
    let over = || TaskFilter {
        statuses: vec![Status::Completed, Status::Cancelled],
        ..TaskFilter::default()
    };
    let week = crate::support::start() - chrono::TimeDelta::days(7);
    for (which, filter) in [
        ("of all time", over()),
        (
            "of the last days",
            TaskFilter {
                ended_since: Some(week),
                ..over()
            },
        ),
        (
            "of what was cancelled",
            TaskFilter {
                statuses: vec![Status::Cancelled],
                ..over()
            },
        ),
        (
            "of one's own",
            TaskFilter {
                own: true,
                ..over()
            },
        ),
    ] {
        let first = list::ended(store, actor, filter.clone(), Window::first(50)).await;
        let next = next(first.expect("a page"));
        done(&format!("history {which} for {who}")).await;
        if let Some(window) = next {
            let page = list::ended(store, actor, filter, window).await;
            page.expect("a page");
            done(&format!("more history {which} for {who}")).await;
        }
    }
}

/// Where the next page begins.
fn next<T>(page: Page<T>) -> Option<Window> {
    Some(Window {
        limit: 50,
        cursor: Some(page.next_cursor?),
    })
}

async fn people(store: &Store, actor: &Actor, who: &str, done: &mut impl AsyncFnMut(&str)) {
    let here = Point {
        lat: -34.5,
        lon: -58.3,
    };
    let free = AgentFilter {
        availability: Some(Availability::Available),
        ..AgentFilter::default()
    };
    let unit = AgentFilter {
        unit_id: Some(7),
        ..AgentFilter::default()
    };
    for (which, filter) in [
        ("all", AgentFilter::default()),
        ("free", free),
        ("of a unit", unit),
    ] {
        let first = agent::list(store, actor, filter.clone(), Window::first(50)).await;
        let next = next(first.expect("a page"));
        if let Some(window) = next {
            agent::list(store, actor, filter, window)
                .await
                .expect("a page");
        }
        done(&format!("agents {which} for {who}")).await;
    }
    if actor.may_command() {
        let anybody = AgentFilter::default();
        let found = nearest::nearest(store, actor, here, 10, anybody.clone()).await;
        found.expect("found");
        done(&format!("the nearest for {who}")).await;
        let ranked = agent::candidates(store, actor, anybody, Some(here)).await;
        ranked.expect("ranked");
        done(&format!("candidates for {who}")).await;
        let users = user::list(store, actor, &user::Filter::default(), &Window::first(50)).await;
        let next = next(users.expect("a page"));
        if let Some(window) = next {
            let page = user::list(store, actor, &user::Filter::default(), &window).await;
            page.expect("a page");
        }
        done(&format!("users for {who}")).await;
        let level = user::Filter {
            level: Some(Level::Admin),
            ..user::Filter::default()
        };
        let gone = user::Filter {
            active: Some(false),
            ..user::Filter::default()
        };
        for (which, filter) in [("of a level", level), ("who are gone", gone)] {
            let page = user::list(store, actor, &filter, &Window::first(50)).await;
            page.expect("a page");
            done(&format!("users {which} for {who}")).await;
        }
    }
}

async fn times(store: &Store, actor: &Actor, who: &str, done: &mut impl AsyncFnMut(&str)) {
    for agent_id in [None, Some(7)] {
        let wanted = ShiftFilter {
            agent_id,
            ..ShiftFilter::default()
        };
        let shifts = shift::list(store, actor, wanted.clone(), Window::first(50)).await;
        if let Some(window) = next(shifts.expect("a page")) {
            let page = shift::list(store, actor, wanted, window).await;
            page.expect("a page");
        }
        done(&format!("shifts of {agent_id:?} for {who}")).await;
        let wanted = LeaveFilter {
            agent_id,
            ..LeaveFilter::default()
        };
        let leaves = leave::list(store, actor, wanted, Window::first(50)).await;
        leaves.expect("a page");
        done(&format!("leaves of {agent_id:?} for {who}")).await;
        let wanted = UnavailabilityFilter {
            agent_id,
            ..UnavailabilityFilter::default()
        };
        let away = unavailability::list(store, actor, wanted, Window::first(50)).await;
        away.expect("a page");
        done(&format!("who could not, of {agent_id:?} for {who}")).await;
        let wanted = SwapFilter {
            agent_id,
            ..SwapFilter::default()
        };
        let swaps = swap::list(store, actor, wanted, Window::first(50)).await;
        swaps.expect("a page");
        done(&format!("swaps of {agent_id:?} for {who}")).await;
    }
    windows(store, actor, who, done).await;
    calendar::list(store, actor).await.expect("links");
    done(&format!("links of {who}")).await;
    if actor.level == Level::Admin {
        let fixes = position::history(store, actor, 7, Window::first(50)).await;
        fixes.expect("a page");
        done("positions").await;
        let story = timeline::timeline(store, actor, 777, Window::first(50)).await;
        story.expect("a page");
        done("a timeline").await;
        shift::notes_for(store, actor, 77).await.expect("notes");
        done("notes of the shifts before").await;
    }
}

/// Shifts, leaves and exchanges of some time or in some state, of which there are few or none.
async fn windows(store: &Store, actor: &Actor, who: &str, done: &mut impl AsyncFnMut(&str)) {
    let now = crate::support::start();
    let long_ago = now - chrono::TimeDelta::days(2);
    let (any, any_shift) = (LeaveFilter::default, ShiftFilter::default);
    for (which, wanted) in [
        (
            "to come",
            ShiftFilter {
                from: Some(now),
                ..any_shift()
            },
        ),
        (
            "of long ago",
            ShiftFilter {
                to: Some(long_ago),
                ..any_shift()
            },
        ),
        (
            "of a unit of long ago",
            ShiftFilter {
                unit_id: Some(77),
                to: Some(long_ago),
                ..any_shift()
            },
        ),
        (
            "of the missing",
            ShiftFilter {
                missing: true,
                ..any_shift()
            },
        ),
    ] {
        let page = shift::list(store, actor, wanted, Window::first(50)).await;
        page.expect("a page");
        done(&format!("shifts {which} for {who}")).await;
    }
    for (which, wanted) in [
        (
            "that wait",
            LeaveFilter {
                status: Some(LeaveStatus::Requested),
                ..any()
            },
        ),
        (
            "to come",
            LeaveFilter {
                from: Some(now),
                ..any()
            },
        ),
        (
            "of long ago",
            LeaveFilter {
                to: Some(long_ago),
                ..any()
            },
        ),
    ] {
        let page = leave::list(store, actor, wanted, Window::first(50)).await;
        page.expect("a page");
        done(&format!("leaves {which} for {who}")).await;
    }
    for (which, from, to) in [("now", Some(now), None), ("long ago", None, Some(long_ago))] {
        let wanted = UnavailabilityFilter {
            from,
            to,
            ..UnavailabilityFilter::default()
        };
        let page = unavailability::list(store, actor, wanted, Window::first(50)).await;
        page.expect("a page");
        done(&format!("who could not {which} for {who}")).await;
    }
    let wanted = SwapFilter {
        status: Some(SwapStatus::Proposed),
        ..SwapFilter::default()
    };
    let page = swap::list(store, actor, wanted, Window::first(50)).await;
    page.expect("a page");
    done(&format!("exchanges that wait for {who}")).await;
}

/// The record, and who was told what.
async fn told(store: &Store, people: (&Actor, &Actor), done: &mut impl AsyncFnMut(&str)) {
    let (admin, ana) = people;
    let any = record::Filter::default;
    let of_action = |action: &str| record::Filter {
        action: Some(action.into()),
        ..any()
    };
    let long_ago = crate::support::start() - chrono::TimeDelta::days(2);
    let wanted = [
        ("all of it", any()),
        (
            "of a person",
            record::Filter {
                user_id: Some(77),
                ..any()
            },
        ),
        (
            "of a task",
            record::Filter {
                subject_kind: Some("task".into()),
                subject_id: Some(777),
                ..any()
            },
        ),
        (
            "of a kind of thing",
            record::Filter {
                subject_kind: Some("login".into()),
                ..any()
            },
        ),
        (
            "of things of one number",
            record::Filter {
                subject_id: Some(777),
                ..any()
            },
        ),
        ("of a common action", of_action("task.create")),
        ("of a rare action", of_action("login.failed")),
        ("of an action that nobody took", of_action("unit.created")),
        ("of a common kind of action", of_action("task.")),
        ("of a rare kind of action", of_action("login.")),
        ("of a kind of action that nobody took", of_action("unit.")),
        (
            "of long ago",
            record::Filter {
                to: Some(long_ago),
                ..any()
            },
        ),
        (
            "of an action of long ago",
            record::Filter {
                to: Some(long_ago),
                ..of_action("task.assign")
            },
        ),
        (
            "of a person since long ago",
            record::Filter {
                user_id: Some(77),
                from: Some(long_ago),
                ..any()
            },
        ),
    ];
    for (which, filter) in wanted {
        let page = record::list(store, admin, filter.clone(), Window::first(50)).await;
        if let Some(window) = next(page.expect("a page")) {
            let more = record::list(store, admin, filter, window).await;
            more.expect("a page");
        }
        done(&format!("the record, {which}")).await;
    }
    for (who, actor) in [("admin", admin), ("agent", ana)] {
        let any = BroadcastFilter::default;
        let page = broadcast::list(store, actor, any(), Window::first(50)).await;
        if let Some(window) = next(page.expect("a page")) {
            let more = broadcast::list(store, actor, any(), window).await;
            more.expect("a page");
        }
        done(&format!("broadcasts for {who}")).await;
        let drills = BroadcastFilter {
            drill: Some(true),
            ..any()
        };
        let page = broadcast::list(store, actor, drills, Window::first(50)).await;
        page.expect("a page");
        done(&format!("drills among the broadcasts for {who}")).await;
    }
    for state in [None, Some(RecipientState::Sent)] {
        let page = broadcast::recipients(store, admin, 7, state, Window::first(50)).await;
        page.expect("a page");
        done("people of a broadcast").await;
    }
}

/// Overviews and the lists behind them. How few shifts run, SQLite sees only with the values at hand.
async fn overviews(store: &Store, actor: &Actor, who: &str, done: &mut impl AsyncFnMut(&str)) {
    for unit_id in [None, Some(7)] {
        let shifts = digest::on_shift(store, actor, unit_id).await;
        shifts.expect("a list");
        done(&format!("who is on shift in {unit_id:?} for {who}")).await;
    }
    // For an admin it counts all agents.
    if actor.level == Level::Supervisor {
        let overview = digest::read(store, actor, None).await;
        overview.expect("an overview");
        done(&format!("the overview for {who}")).await;
    }
}

async fn emergencies(store: &Store, actor: &Actor, who: &str, done: &mut impl AsyncFnMut(&str)) {
    let any = EmergencyFilter::default;
    let wanted = [
        ("all", any()),
        (
            "open",
            EmergencyFilter {
                statuses: vec![EmergencyStatus::Active, EmergencyStatus::Answered],
                ..any()
            },
        ),
        (
            "drills",
            EmergencyFilter {
                drill: Some(true),
                ..any()
            },
        ),
    ];
    for (which, filter) in wanted {
        let page = emergency::list(store, actor, filter.clone(), Window::first(50)).await;
        if let Some(window) = next(page.expect("a page")) {
            let more = emergency::list(store, actor, filter, window).await;
            more.expect("a page");
        }
        done(&format!("emergencies {which} for {who}")).await;
    }
}

/// Figures and reports of a month; the sums of the day on which the tasks ended are kept.
async fn numbers(store: &Store, actor: &Actor, who: &str, done: &mut impl AsyncFnMut(&str)) {
    let period = Period::last(store, 30);
    stats::tasks(store, actor).await.expect("counted");
    done(&format!("tasks by status for {who}")).await;
    let work = figures::of_scope(store, actor, period).await;
    work.expect("counted");
    done(&format!("work for {who}")).await;
    let wanted = Wanted {
        period,
        unit_id: None,
    };
    for counted in [Counted::Completed, Counted::Cancelled, Counted::OnTime] {
        let window = Window::first(50);
        let page = figures::tasks(store, actor, counted, wanted, window).await;
        page.expect("a page");
        done(&format!("{counted:?} tasks for {who}")).await;
    }
    let stretch = Stretch::OfferedToAcknowledged;
    let page = figures::answers(store, actor, stretch, wanted, Window::first(50)).await;
    let next = next(page.expect("a page"));
    done(&format!("answers for {who}")).await;
    if let Some(window) = next {
        let page = figures::answers(store, actor, stretch, wanted, window).await;
        page.expect("a page");
        done(&format!("more answers for {who}")).await;
    }
    if !actor.may_command() {
        return;
    }
    suggestions(store, actor, who, done).await;
    if actor.level == Level::Admin {
        let work = figures::of_user(store, actor, 77, period).await;
        work.expect("counted");
        done("work of a person").await;
    }
    let rows = ledger::tasks(store, actor, wanted, None).await;
    rows.expect("a page");
    done(&format!("tasks to report for {who}")).await;
    let rows = ledger::shifts(store, actor, wanted, None).await;
    rows.expect("a page");
    done(&format!("shifts to report for {who}")).await;
}

async fn suggestions(store: &Store, actor: &Actor, who: &str, done: &mut impl AsyncFnMut(&str)) {
    let period = Period::last(store, 30);
    let counted = suggestion::answers(store, actor, period).await;
    counted.expect("counted");
    let filter = SuggestionFilter {
        period,
        status: None,
        kind: None,
        task_id: None,
    };
    let page = suggestion::list(store, actor, filter, Window::first(50)).await;
    page.expect("a page");
    done(&format!("suggestions for {who}")).await;
}

/// What the workers ask for again and again.
async fn flow(store: &Store, done: &mut impl AsyncFnMut(&str)) {
    inbox::claim(store, 1, 10).await.expect("claimed");
    inbox::next_retry(store, 1).await.expect("looked");
    inbox::depth(store).await.expect("counted");
    done("the inbox").await;
    let holder = ("sender".to_owned(), "me".to_owned());
    let lease = lease::take(
        store,
        holder.0,
        holder.1,
        std::time::Duration::from_secs(60),
    )
    .await;
    let fence = lease.expect("asked").expect("free");
    outbox::claim(store, fence.clone(), 10, vec![10_001])
        .await
        .expect("claimed");
    outbox::take_over(store, fence).await.expect("taken over");
    outbox::next_due(store).await.expect("looked");
    outbox::depth(store).await.expect("counted");
    outbox::oldest(store).await.expect("looked");
    outbox::anything_waits(store).await.expect("looked");
    outbox::away_since(store).await.expect("read");
    done("the outbox").await;
    timer::claim(store, 10).await.expect("claimed");
    timer::overdue(store, chrono::TimeDelta::minutes(1))
        .await
        .expect("counted");
    done("timers").await;
    event::since(store, 3_000, 100).await.expect("read");
    event::first_seq(store).await.expect("read");
    done("events").await;
    session::list(store, 77).await.expect("read");
    let stale = session::refresh(store, "none").await;
    assert!(stale.is_err());
    session::authenticate(store, "s77").await.expect("read");
    done("sessions").await;
}

/// A task from its creation to its end.
async fn work(world: &World, done: &mut impl AsyncFnMut(&str)) {
    let boss = world.person("Chief", Level::Supervisor, 3).await;
    let eva = world.person("Eva", Level::Agent, 4).await;
    watch::heard();
    let id = world.patrol(&boss, &[&eva]).await.id;
    done("creating a task").await;
    let answered = world.answer(&eva, id, Answer::Acknowledge).await;
    answered.expect("answered");
    done("acknowledging").await;
    world.start(&eva, id, Step::default()).await.expect("begun");
    done("starting").await;
    world
        .complete(&eva, id, Step::default())
        .await
        .expect("done");
    done("completing").await;
    let refreshed = world
        .store
        .write(move |tx| Box::pin(outbox::refresh_cards(tx, id)));
    refreshed.await.expect("refreshed");
    done("refreshing cards").await;
}
