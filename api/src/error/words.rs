//! Refusals as sentences for people, in their language.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::{
    Refusal,
    agent::Need,
    consent::Purpose,
    error::{SoftConflict, SoftKind},
    task::Status,
};
use locales::{Lang, Sentence};

use super::{Problem, labels::label};

impl Problem {
    /// The same problem with a sentence for people, as far as one can be said without knowing the task.
    pub(super) fn said(self, refusal: &Refusal) -> Self {
        let problem = self;
        match refusal.clone() {
            Refusal::Soft { conflicts } => {
                problem.saying_when(move |lang, zone| soft(&conflicts, lang, zone))
            }
            Refusal::OnLeave { agent, until, .. } => problem.saying_when(move |lang, zone| {
                Sentence::RefusalOnLeave {
                    name: (&agent).into(),
                    until: moment(until, lang, zone).into(),
                }
                .to(lang)
            }),
            Refusal::Overlap { agent, code, .. } => problem.saying(move |lang| {
                Sentence::RefusalOverlap {
                    name: (&agent).into(),
                    code: (&code).into(),
                }
                .to(lang)
            }),
            Refusal::LeaveOverlap { agent, from, until } => {
                problem.saying_when(move |lang, zone| {
                    Sentence::RefusalLeaveOverlap {
                        name: (&agent).into(),
                        from: moment(from, lang, zone).into(),
                        until: moment(until, lang, zone).into(),
                    }
                    .to(lang)
                })
            }
            Refusal::ShiftOverlap { agent, .. } => problem.saying(move |lang| {
                let name = agent
                    .clone()
                    .unwrap_or_else(|| Sentence::RefusalSomebody.to(lang));
                Sentence::RefusalShiftOverlap { name: name.into() }.to(lang)
            }),
            Refusal::ShiftClashes { clashes } => {
                let count = clashes.len();
                problem.saying(move |lang| {
                    Sentence::RefusalShiftClashes {
                        count: count.into(),
                    }
                    .to(lang)
                })
            }
            Refusal::NotNow {
                until: Some(until), ..
            } => problem.saying_when(move |lang, zone| {
                Sentence::RefusalNotNowUntil {
                    until: moment(until, lang, zone).into(),
                }
                .to(lang)
            }),
            Refusal::NotNow { from, .. } => problem.saying_when(move |lang, zone| {
                Sentence::RefusalNotNowFrom {
                    from: moment(from, lang, zone).into(),
                }
                .to(lang)
            }),
            Refusal::AgentInactive { agent } => problem.saying(move |lang| {
                Sentence::RefusalAgentInactive {
                    name: (&agent).into(),
                }
                .to(lang)
            }),
            Refusal::TooMany { limit } => problem
                .saying(move |lang| Sentence::RefusalTooManyPeople { max: limit.into() }.to(lang)),
            Refusal::TooManyReports { limit } => problem
                .saying(move |lang| Sentence::RefusalTooManyReports { max: limit.into() }.to(lang)),
            Refusal::TooManyRows { limit } => problem
                .saying(move |lang| Sentence::RefusalTooManyRows { max: limit.into() }.to(lang)),
            Refusal::QuorumTooLarge { recipients } => problem.saying(move |lang| {
                Sentence::RefusalQuorumTooLarge {
                    people: recipients.into(),
                }
                .to(lang)
            }),
            Refusal::NoConsent { purpose } => problem.saying(move |lang| {
                match purpose {
                    Purpose::Location => Sentence::RefusalNoConsentLocation,
                    Purpose::Media => Sentence::RefusalNoConsentMedia,
                }
                .to(lang)
            }),
            Refusal::OpenWork { codes, shifts } => problem.saying(move |lang| {
                let codes = match codes.is_empty() {
                    true => "—".to_owned(),
                    false => codes.join(", "),
                };
                Sentence::RefusalOpenWork {
                    codes: codes.into(),
                    shifts: shifts.into(),
                }
                .to(lang)
            }),
            Refusal::Invalid { errors } => {
                problem.naming(errors.into_iter().map(|one| one.field).collect())
            }
            Refusal::Taken { field } => problem.naming(vec![field]),
            Refusal::TimeOrder => problem.naming(vec!["planned_end".to_owned()]),
            _ => problem.said_alike(refusal),
        }
    }

    /// The same for what is always said in the same words.
    fn said_alike(self, refusal: &Refusal) -> Self {
        let words: fn(Lang) -> String = match refusal {
            Refusal::NotAllowed => |lang| Sentence::RefusalNotAllowed.to(lang),
            Refusal::NotFound { .. } => |lang| Sentence::RefusalNotFound.to(lang),
            Refusal::NeedsReason => |lang| Sentence::RefusalReasonNeeded.to(lang),
            Refusal::Inactive => |lang| Sentence::RefusalUserInactive.to(lang),
            Refusal::Settled { .. } => |lang| Sentence::RefusalSettled.to(lang),
            Refusal::Ended => |lang| Sentence::RefusalEnded.to(lang),
            Refusal::NeedsAnother => |lang| Sentence::RefusalNeedsAnother.to(lang),
            Refusal::RaisedOnly => |lang| Sentence::RefusalRaisedOnly.to(lang),
            Refusal::WithdrawOver => |lang| Sentence::RefusalWithdrawOver.to(lang),
            Refusal::PositionUnwanted => |lang| Sentence::LocationRefused.to(lang),
            Refusal::BadCredentials => |lang| Sentence::ErrorBadCredentials.to(lang),
            _ => return self,
        };
        self.saying(words)
    }
}

/// As people there write it.
fn moment(at: DateTime<Utc>, lang: Lang, zone: Tz) -> String {
    let format = match lang {
        Lang::Es | Lang::Pt => "%d/%m/%Y %H:%M",
        Lang::En => "%-d %b %Y %H:%M",
    };
    at.with_timezone(&zone).format(format).to_string()
}

/// What the sentences about a task need to know of it.
#[derive(Clone, Debug)]
pub(crate) struct About {
    pub code: String,
    pub zone: Tz,
}

impl Problem {
    /// The same problem with a sentence that names these fields as people do.
    pub(super) fn naming(self, fields: Vec<String>) -> Self {
        if fields.is_empty() {
            return self;
        }
        self.saying(move |lang| {
            let mut names: Vec<String> = Vec::new();
            for name in fields.iter().map(|field| label(field, lang)) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            let field = names.join(", ").into();
            Sentence::RefusalInvalidField { field }.to(lang)
        })
    }

    /// The same problem with the task's code in its sentence.
    pub fn about(self, refusal: &Refusal, task: &About) -> Self {
        let code = task.code.clone();
        match refusal.clone() {
            Refusal::NotLead { lead: Some(lead) } => self.saying(move |lang| {
                Sentence::RefusalNotLead {
                    code: (&code).into(),
                    name: (&lead).into(),
                }
                .to(lang)
            }),
            Refusal::NotLead { lead: None } => self.saying(move |lang| {
                Sentence::RefusalNoLead {
                    code: (&code).into(),
                }
                .to(lang)
            }),
            Refusal::AlreadyCompleted { by, at } => {
                let time = at.with_timezone(&task.zone).format("%H:%M").to_string();
                let name = by.unwrap_or_else(|| "GAD".into());
                self.saying(move |lang| {
                    let (code, name, time) = ((&code).into(), (&name).into(), (&time).into());
                    Sentence::RefusalAlreadyCompleted { code, name, time }.to(lang)
                })
            }
            Refusal::WrongStatus { status } => self.saying(move |lang| {
                Sentence::RefusalWrongState {
                    code: (&code).into(),
                    status: status_name(status, lang).into(),
                }
                .to(lang)
            }),
            Refusal::OnLeave { agent, until, .. } => {
                let zone = task.zone;
                self.saying(move |lang| {
                    Sentence::RefusalOnLeave {
                        name: (&agent).into(),
                        until: moment(until, lang, zone).into(),
                    }
                    .to(lang)
                })
            }
            Refusal::NoLinkedLead => self.saying(move |lang| {
                Sentence::RefusalStartNeedsLead {
                    code: (&code).into(),
                }
                .to(lang)
            }),
            Refusal::NotAssigned => self.saying(move |lang| {
                Sentence::RefusalNotAssigned {
                    code: (&code).into(),
                }
                .to(lang)
            }),
            Refusal::UndoOver => self.saying(move |lang| {
                Sentence::RefusalUndoOver {
                    code: (&code).into(),
                }
                .to(lang)
            }),
            Refusal::Stale { .. } => self.saying(move |lang| {
                Sentence::RefusalChangedMeanwhile {
                    code: (&code).into(),
                }
                .to(lang)
            }),
            _ => self,
        }
    }
}

/// Who is taken only for a reason; where not all of them are just off shift, each with what speaks against him.
fn soft(conflicts: &[SoftConflict], lang: Lang, zone: Tz) -> String {
    if conflicts
        .iter()
        .all(|one| one.because == SoftKind::OffShift)
    {
        let names: Vec<&str> = conflicts.iter().map(|one| one.agent.as_str()).collect();
        let name = names.join(", ").into();
        return Sentence::RefusalOffShift { name }.to(lang);
    }
    let who: Vec<String> = conflicts
        .iter()
        .map(|one| against(one, lang, zone))
        .collect();
    let who = who.join("; ").into();
    Sentence::RefusalNotOnHand { who }.to(lang)
}

fn against(one: &SoftConflict, lang: Lang, zone: Tz) -> String {
    let availability = match &one.because {
        SoftKind::OffShift => Sentence::AvailabilityOffShift.to(lang),
        SoftKind::Unavailable { reason, until } => {
            let words = match reason {
                Some(reason) => Sentence::AvailabilityUnavailableBecause {
                    reason: reason.into(),
                },
                None => Sentence::AvailabilityUnavailable,
            };
            match until {
                Some(until) => Sentence::AvailabilityUntil {
                    availability: words.to(lang).into(),
                    until: moment(*until, lang, zone).into(),
                }
                .to(lang),
                None => words.to(lang),
            }
        }
        SoftKind::Needs(need) => needs(need).to(lang),
    };
    Sentence::AvailabilityOf {
        name: (&one.agent).into(),
        availability: availability.into(),
    }
    .to(lang)
}

fn needs(need: &Need) -> Sentence {
    match need {
        Need::Calling { code: Some(code) } => {
            Sentence::AvailabilityCallingFor { code: code.into() }
        }
        Need::Calling { code: None } => Sentence::AvailabilityCalling,
        Need::Said => Sentence::AvailabilityInNeed,
    }
}

fn status_name(status: Status, lang: Lang) -> String {
    match status {
        Status::Scheduled => Sentence::StatusScheduled,
        Status::InProgress => Sentence::StatusInProgress,
        Status::Paused => Sentence::StatusPaused,
        Status::Completed => Sentence::StatusCompleted,
        Status::Cancelled => Sentence::StatusCancelled,
    }
    .to(lang)
}
