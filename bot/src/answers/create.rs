//! What was wrong with an answer within /crear.

use domain::task::create::{DESCRIPTION_MOST, TITLE_MOST};
use locales::Sentence;

use crate::reply::CreateProblem;

pub(super) fn wrong(problem: CreateProblem) -> Sentence {
    match problem {
        CreateProblem::Kind { kind } => Sentence::CreateErrorKind { kind: kind.into() },
        CreateProblem::TitleShort => Sentence::CreateErrorTitleShort { min: 3.into() },
        CreateProblem::TitleLong => Sentence::CreateErrorTitleLong {
            max: TITLE_MOST.into(),
        },
        CreateProblem::TextLong => Sentence::CreateErrorTextLong {
            max: DESCRIPTION_MOST.into(),
        },
        CreateProblem::PlaceLong => Sentence::CreateErrorTextLong {
            max: TITLE_MOST.into(),
        },
        CreateProblem::TimePast { time } => Sentence::CreateErrorTimePast { time: time.into() },
        CreateProblem::TimeUnclear => Sentence::CreateErrorTimeUnclear,
        CreateProblem::People { name } => Sentence::CreateErrorPeople { name: name.into() },
        CreateProblem::Emergency => Sentence::RefusalRaisedOnly,
        CreateProblem::Person { name } => Sentence::CreateErrorPerson { name: name.into() },
        CreateProblem::NoKinds => Sentence::CreateNoKinds,
    }
}
