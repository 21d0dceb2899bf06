//! What tasks are asked for by.

use domain::{
    estimate::Band,
    geo::Bounds,
    task::{Priority, Status, list::TaskFilter},
};

use crate::support::start;

pub fn filters() -> Vec<(&'static str, TaskFilter)> {
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
    let noon = start();
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
