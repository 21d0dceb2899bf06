//! What the bot answers, as meaning; `render` finds the words when it is sent.

use chrono::{DateTime, Utc};
use domain::{
    Refusal, assignment::NotBack, error::LinkProblem, remind::RunsInto, report::ReportKind,
    task::Status,
};
use serde::{Deserialize, Serialize};

use crate::keyboards::{Asked, Behind, Counted, List, Past, Span};

mod stored;

pub use stored::{Place, Stored};

/// One answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "say")]
pub enum Reply {
    /// The present step of the dialogue.
    Prompt,
    /// The same below a word why what came was no answer.
    Explained {
        why: Box<Reply>,
    },
    /// The answer to words that cry for help and alarm nobody by themselves: with the way to call for it.
    Cried {
        answer: Box<Reply>,
    },
    /// Welcome, menu and commands.
    Menu {
        enrolled: bool,
    },
    Stranger {
        lang: Option<String>,
    },
    Disabled {
        lang: Option<String>,
    },
    Consent {
        code: String,
        name: String,
        lang: Option<String>,
    },
    ConsentDeclined {
        lang: Option<String>,
    },
    Link {
        problem: LinkProblem,
        lang: Option<String>,
    },
    Refused {
        refusal: Refusal,
        task_id: Option<i64>,
    },
    Listing {
        list: List,
        page: u32,
    },
    /// What was found; `fresh` as a new message, else in place of the page before.
    Found {
        words: String,
        before: Option<i64>,
        fresh: bool,
    },
    FindUsage,
    History {
        past: Past,
        #[serde(default)]
        behind: Option<Behind>,
        fresh: bool,
    },
    /// What is still to be chosen before a file can be made.
    Papers {
        asked: Asked,
        fresh: bool,
    },
    /// A page of what an overview counts.
    Counted {
        what: Counted,
        unit_id: Option<i64>,
        page: u32,
    },
    /// What was done, by oneself or in one's units.
    Figures {
        span: Span,
        own: bool,
    },
    /// Which unit a place in a group belongs to; with `ask` the choice of whoever asked for it.
    Spot {
        user_id: i64,
        thread: Option<i64>,
        ask: bool,
        #[serde(default)]
        page: u32,
        /// As a new message, else in place of the page before.
        #[serde(default = "yes")]
        fresh: bool,
    },
    /// The groups of the reader's units.
    MyGroups {
        #[serde(default)]
        page: u32,
        #[serde(default = "yes")]
        fresh: bool,
    },
    MyState,
    MyData,
    /// What is kept about the person, as a file.
    MyFile,
    Help,
    Languages,
    LanguageSet,
    Dropped,
    NothingToCancel,
    Outdated,
    Expired,
    ButtonGone,
    NotUnderstood,
    UnknownCommand,
    Unsupported,
    Choose,
    Write,
    /// A location is wanted.
    SharePlace,
    Created {
        task_id: i64,
        crew: usize,
    },
    /// So many people are on a task now.
    Assigned {
        task_id: i64,
        crew: usize,
    },
    Finished {
        task_id: i64,
        freed: usize,
    },
    NothingToFinish,
    FinishUnknown {
        code: String,
    },
    Declined {
        task_id: i64,
        reason: String,
    },
    Paused {
        task_id: i64,
        reason: String,
    },
    TaskCancelled {
        task_id: i64,
    },
    Reopened {
        task_id: i64,
        back: usize,
        #[serde(default)]
        not_back: Vec<NotBack>,
        /// Whether somebody who can send others knows of them.
        #[serde(default)]
        known: bool,
    },
    Undone {
        task_id: i64,
        status: Status,
        #[serde(default)]
        not_back: Vec<NotBack>,
        #[serde(default)]
        known: bool,
    },
    Reported {
        task_id: i64,
        kind: ReportKind,
    },
    /// Kept, and as a cry for help these hear it at once.
    ReportCried {
        task_id: i64,
        names: Vec<String>,
    },
    /// Several parts of an album are kept, the first of them as this report.
    ReportedAlbum {
        task_id: i64,
        first: i64,
    },
    /// Kept on his shift: he is on no task.
    ShiftReported,
    /// The same of several parts of an album.
    ShiftReportedAlbum {
        first: i64,
    },
    ShiftCorrected,
    /// Not kept: bare words of somebody on shift, who hears how they are.
    ShiftReportHow,
    /// The correction of a report stands below it.
    Corrected {
        task_id: i64,
    },
    /// What was corrected was not taken.
    NotCorrected,
    /// The task of an earlier report is still to be chosen; this one was not kept.
    ReportWaits,
    /// Not kept: something else was begun before its task was chosen.
    ReportLeft,
    ReportNone,
    /// Not kept: he has no task at all.
    ReportNowhere,
    ReportDropped,
    ReportTooLarge {
        megabytes: i64,
    },
    Unavailable {
        reason: String,
        #[serde(default)]
        until: Option<DateTime<Utc>>,
        /// The codes of those that still count on him.
        #[serde(default)]
        tasks: Vec<String>,
    },
    AvailableAgain,
    NoAgent,
    PositionSaved,
    /// Not kept: one as recent is there.
    PositionKnown,
    CreateProblem {
        problem: CreateProblem,
    },
    CreateUsage,
    /// A new task is left half-made for another dialogue, and kept.
    CreateLeft,
    /// Half an hour more runs into what these people have planned.
    ExtendAsk {
        task_id: i64,
        until: DateTime<Utc>,
        into: Vec<RunsInto>,
    },
    Extended {
        task_id: i64,
        until: DateTime<Utc>,
    },
    /// More people were asked for, but nobody is there to hear it.
    ReinforceNobody {
        task_id: i64,
    },
    ReinforceSent {
        task_id: i64,
    },
    CrewGrew {
        task_id: i64,
        names: Vec<String>,
    },
    SuggestionRejected {
        task_id: i64,
    },
    NobodyFree {
        task_id: i64,
    },
    MyShifts,
    CalendarClosed,
    /// The shifts before have left nothing for this one.
    NoHandOver,
    Present {
        shift_id: i64,
    },
    ShiftEnded {
        noted: bool,
    },
    SwapSent {
        name: String,
    },
    NoMates,
    LeaveSent {
        /// Whether anybody who decides is told by Telegram.
        #[serde(default = "yes")]
        heard: bool,
    },
    LeavePast,
    /// A bare answer is no reason for leave.
    LeaveAnswer,
    LeaveRejected {
        name: String,
        reason: String,
    },
    Certificate {
        leave_id: i64,
    },
    Reassigned {
        task_id: i64,
        name: String,
    },
    /// A place is awaited; the alert leaves by itself after so many seconds.
    SosAsk {
        seconds: u32,
    },
    /// The call from before goes on; a new place is taken.
    SosAgain,
    SosWithdrawn,
    /// Which call for help he answered with a word: he is going, or cannot.
    SosAnswered {
        id: i64,
        going: bool,
    },
    /// Which of several a word is meant for: these calls for help, tasks that he was put on, and a broadcast.
    SosWhich {
        going: bool,
        calls: Vec<i64>,
        tasks: Vec<i64>,
        broadcast: Option<i64>,
    },
    /// He goes to one call for help: shall he leave it for this one?
    SosInstead {
        id: i64,
        from: i64,
    },
    /// Kept with his own call, and these hear it.
    SosReported {
        task_id: i64,
        kind: ReportKind,
        names: Vec<String>,
        drill: bool,
        /// He has sent so much that none of them does.
        #[serde(default)]
        quiet: bool,
        /// The call has ended: he can call again.
        #[serde(default)]
        over: bool,
    },
    /// Who of a task says that he is well, or how often to ask.
    CheckIns {
        task_id: i64,
    },
    /// How often to ask one who works alone.
    AloneAsk,
    CheckInStopped,
    /// A broadcast leaves; the roll-call follows.
    BroadcastLeaves {
        drill: bool,
    },
    /// A broadcast waits for a second person; whether Telegram reaches anybody who may confirm it.
    BroadcastAwaits {
        told: bool,
    },
    /// A drill leaves by itself then.
    DrillPlanned {
        at: DateTime<Utc>,
        /// Which one; an earlier release did not keep that.
        #[serde(default)]
        id: Option<i64>,
    },
    /// A planned drill does not leave.
    DrillOff,
    /// A drill that leaves later takes no file and no place.
    DrillWordsOnly,
    /// A further page of those who have not answered a broadcast.
    Silent {
        id: i64,
        page: u32,
    },
    /// What does he need who asked for help? These will hear it.
    BroadcastNeed {
        names: Vec<String>,
        drill: bool,
    },
    /// What he said about a broadcast is kept, and these hear it.
    BroadcastNoted {
        /// Which one; an earlier release did not keep that.
        #[serde(default)]
        id: Option<i64>,
        names: Vec<String>,
        drill: bool,
        /// He has sent so much that none of them does.
        #[serde(default)]
        quiet: bool,
    },
    /// What he said to somebody of a broadcast is passed on: to these, and not to him whom it is for where he is `missed`.
    BroadcastSpoken {
        id: i64,
        names: Vec<String>,
        missed: Option<String>,
        drill: bool,
        quiet: bool,
    },
    /// What he has answered, perhaps before, and whether it is over.
    BroadcastKnown {
        id: i64,
        before: bool,
    },
    /// Somebody of a broadcast that shall end needs help: shall it all the same?
    BroadcastEndAsk {
        id: i64,
        call_off: bool,
    },
    /// His report on a broadcast that was closed is awaited.
    ReportSend,
    /// Another word was typed than the one that was asked for.
    BroadcastWord,
    /// The audience is empty.
    BroadcastNobody,
    /// Nothing to be said, or too much.
    BroadcastText,
    /// How many answers are enough was not said as a number.
    BroadcastNumber,
}

impl Reply {
    /// The same with the way to call for help, when what was written `cries` for it and was only kept, or not even that.
    pub fn below_a_cry(self, cries: bool) -> Self {
        let alarms_nobody = matches!(
            self,
            Self::Reported { .. }
                | Self::ReportCried { .. }
                | Self::ShiftReported
                | Self::ShiftReportHow
                | Self::ReportNone
                | Self::ReportNowhere
                | Self::ReportTooLarge { .. }
                | Self::BroadcastNoted { .. }
                | Self::BroadcastSpoken { .. }
                | Self::NotUnderstood
        );
        let answer = Box::new(self);
        match cries && alarms_nobody {
            true => Self::Cried { answer },
            false => *answer,
        }
    }

    /// How a dialogue ended whose last word this is, for its meter.
    pub fn outcome(&self) -> &'static str {
        match self {
            Self::Dropped => "cancelled",
            Self::Outdated => "outdated",
            Self::Expired => "expired",
            Self::Refused { .. } => "refused",
            _ => "done",
        }
    }
}

/// What an earlier release did not say.
fn yes() -> bool {
    true
}

/// What was wrong with an answer within /crear.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "problem")]
pub enum CreateProblem {
    Kind {
        kind: String,
    },
    TitleShort,
    TitleLong,
    TextLong,
    PlaceLong,
    TimePast {
        time: String,
    },
    TimeUnclear,
    Person {
        name: String,
    },
    /// Several people fit the name.
    People {
        name: String,
    },
    /// Calls for help are raised, not created.
    Emergency,
    NoKinds,
}
