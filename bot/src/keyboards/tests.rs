//! What is written into a button is read from it again, and nothing else.

use domain::export::{ReportFormat, ReportName};
use proptest::prelude::*;

use super::{
    verbs::{CHECKS, DUTY_VERBS, ENDINGS, HELP, SAID, VERBS},
    *,
};

proptest! {
    #[test]
    fn hostile_presses_mean_nothing_or_what_they_say(data in junk::text(), serial in any::<i64>(), page in any::<u32>()) {
        let texts = [
            format!("d.{serial:x}.{data}"), format!("t.ack.{data}"), format!("t.{data}.1"),
            format!("p.t.{page:x}"), format!("l.{data}"), format!("a.{data}"),
            format!("f..{data}"), format!("y.{data}.1"), format!("i.{data}"), format!("y.amo.{data}"), data,
        ];
        for button in texts.iter().filter_map(|text| Button::parse(text)) {
            prop_assert_eq!(Button::parse(&button.data()), Some(button));
        }
    }
}

#[test]
fn what_is_written_is_read_again() {
    let mut buttons = vec![
        Button::Accept {
            code: "0".repeat(32),
        },
        Button::Refuse,
        Button::Sos,
        Button::Step {
            serial: i64::MAX,
            choice: "people:9223372036854775807".into(),
        },
        Button::Page {
            list: List::Tasks,
            page: 3,
        },
        Button::Page {
            list: List::Available,
            page: 0,
        },
        Button::Language(Lang::Pt),
        Button::Available(true),
        Button::Available(false),
        Button::Silent {
            id: i64::MAX,
            page: u32::MAX,
        },
        Button::Suggest {
            accept: true,
            id: i64::MAX,
        },
        Button::Suggest {
            accept: false,
            id: i64::MAX,
        },
        Button::Group {
            on: true,
            id: i64::MAX,
        },
        Button::Group { on: false, id: 1 },
        Button::Groups { page: u32::MAX },
        Button::Reassign {
            leave_id: i64::MAX,
            task_id: i64::MAX,
        },
        Button::Found {
            words: "a.b ".repeat(WORDS / 4),
            before: Some(i64::MAX),
        },
        Button::History {
            past: Past {
                end: PastEnd::Cancelled,
                span: Span::Always,
                own: true,
            },
            behind: Some(Behind {
                micros: i64::MAX,
                id: i64::MAX,
            }),
        },
        Button::MyFile,
        Button::Consent {
            purpose: Purpose::Location,
            granted: true,
        },
        Button::Consent {
            purpose: Purpose::Media,
            granted: false,
        },
        Button::Papers(Asked::default()),
        Button::Papers(Asked {
            report: Some(ReportName::Response),
            span: Some(Span::Year),
            format: Some(ReportFormat::Pdf),
            ..Asked::default()
        }),
        Button::Papers(Asked {
            report: Some(ReportName::Shifts),
            whose: Some(Whose::Unit(i64::MAX)),
            ..Asked::default()
        }),
        Button::Papers(Asked {
            report: Some(ReportName::Tasks),
            whose: Some(Whose::All),
            span: Some(Span::Week),
            ..Asked::default()
        }),
        Button::Papers(Asked {
            report: Some(ReportName::Tasks),
            page: u32::MAX,
            ..Asked::default()
        }),
        Button::Figures {
            span: Span::Year,
            own: false,
        },
        Button::History {
            past: Past::default(),
            behind: None,
        },
    ];
    buttons.extend(Counted::ALL.map(|what| Button::Counted {
        what,
        unit_id: Some(i64::MAX),
        page: u32::MAX,
    }));
    buttons.extend(DUTY_VERBS.iter().map(|(verb, _)| Button::Duty {
        verb: *verb,
        id: i64::MAX,
    }));
    buttons.extend(VERBS.iter().map(|(verb, _)| Button::Task {
        verb: *verb,
        id: i64::MAX,
    }));
    buttons.extend(SAID.iter().map(|(said, _)| Button::Broadcast {
        said: *said,
        id: i64::MAX,
    }));
    buttons.extend(ENDINGS.iter().map(|(how, _)| Button::BroadcastEnd {
        how: *how,
        id: i64::MAX,
    }));
    buttons.extend(CHECKS.iter().map(|(verb, _)| Button::CheckIn {
        verb: *verb,
        id: i64::MAX,
    }));
    buttons.extend([None, Some(i64::MAX)].map(|task_id| Button::CheckEvery {
        task_id,
        minutes: u32::MAX,
    }));
    buttons.extend(HELP.iter().map(|(verb, _)| Button::Help {
        verb: *verb,
        id: i64::MAX,
    }));
    for button in buttons {
        let data = button.data();
        assert!(data.len() <= 64, "{data}");
        assert_eq!(Button::parse(&data), Some(button));
    }
}

#[test]
fn foreign_bytes_mean_nothing() {
    for data in [
        "",
        "t",
        "t.ack",
        "t.ack.-1",
        "t.steal.1",
        "d.x.y",
        "p.t.99999999999",
        "l.xx",
        "s",
        "🙂.🙂.🙂",
        "y.amo.1-",
        "y.amo.x-1",
    ] {
        assert_eq!(Button::parse(data), None, "{data:?}");
    }
}
