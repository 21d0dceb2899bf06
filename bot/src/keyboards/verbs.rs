//! What can be done by a press, and the word for it in the button.

use domain::{broadcast::Reply as Said, consent::Purpose};

/// How a broadcast is ended by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Close,
    Cancel,
    /// The same although somebody of it needs help, of which he was told.
    CloseAnyway,
    CancelAnyway,
    /// No end: a draft leaves.
    Confirm,
    /// A planned drill, by its number, does not leave.
    DrillOff,
}

pub(super) const ENDINGS: [(Ending, &str); 6] = [
    (Ending::Close, "close"),
    (Ending::Cancel, "stop"),
    (Ending::CloseAnyway, "shut"),
    (Ending::CancelAnyway, "halt"),
    (Ending::Confirm, "send"),
    (Ending::DrillOff, "drill"),
];

pub(super) fn ending_word(how: Ending) -> &'static str {
    ENDINGS
        .iter()
        .find(|(one, _)| *one == how)
        .map_or("", |(_, word)| word)
}

pub(super) fn ending_of(word: &str) -> Option<Ending> {
    ENDINGS
        .iter()
        .find(|(_, one)| *one == word)
        .map(|(how, _)| *how)
}

pub(super) const SAID: [(Said, &str); 4] = [
    (Said::Acknowledged, "ack"),
    (Said::OnTheWay, "go"),
    (Said::NeedsHelp, "help"),
    (Said::Declined, "no"),
];

pub(super) fn said_word(said: Said) -> &'static str {
    SAID.iter()
        .find(|(one, _)| *one == said)
        .map_or("", |(_, word)| word)
}

pub(super) fn said_of(word: &str) -> Option<Said> {
    SAID.iter()
        .find(|(_, one)| *one == word)
        .map(|(said, _)| *said)
}

pub(super) fn purpose_word(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Location => "place",
        Purpose::Media => "media",
    }
}

pub(super) fn purpose_of(word: &str) -> Option<Purpose> {
    match word {
        "place" => Some(Purpose::Location),
        "media" => Some(Purpose::Media),
        _ => None,
    }
}

/// What can be done on the card of an emergency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Help {
    Go,
    Decline,
    Withdraw,
    /// Goes to this one and leaves the one he goes to.
    Switch,
    /// Shows the card anew.
    Show,
}

pub(super) const HELP: [(Help, &str); 5] = [
    (Help::Go, "go"),
    (Help::Decline, "no"),
    (Help::Withdraw, "off"),
    (Help::Switch, "instead"),
    (Help::Show, "show"),
];

impl Help {
    pub(super) fn word(self) -> &'static str {
        HELP.iter()
            .find(|(verb, _)| *verb == self)
            .map_or("", |(_, word)| word)
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        HELP.iter()
            .find(|(_, one)| *one == word)
            .map(|(verb, _)| *verb)
    }
}

/// What can be done about "are you well?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    Well,
    Help,
    Stop,
    /// Asks how often to ask one who works alone.
    Alone,
}

pub(super) const CHECKS: [(Check, &str); 4] = [
    (Check::Well, "ok"),
    (Check::Help, "help"),
    (Check::Stop, "stop"),
    (Check::Alone, "alone"),
];

impl Check {
    pub(super) fn word(self) -> &'static str {
        CHECKS
            .iter()
            .find(|(verb, _)| *verb == self)
            .map_or("", |(_, word)| word)
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        CHECKS
            .iter()
            .find(|(_, one)| *one == word)
            .map(|(verb, _)| *verb)
    }
}

/// What can be done on a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Acknowledge,
    Decline,
    EnRoute,
    OnSite,
    Start,
    Pause,
    Resume,
    Report,
    Finish,
    Undo,
    Reopen,
    Cancel,
    /// Shows the card anew.
    Show,
    /// Half an hour more.
    Extend,
    /// The same, whatever it runs into.
    ExtendAnyway,
    /// Asks for more people.
    Reinforce,
    /// Whether its people are well.
    CheckIns,
    /// Who is on it.
    Assign,
}

pub(super) const VERBS: [(Verb, &str); 18] = [
    (Verb::Acknowledge, "ack"),
    (Verb::Decline, "no"),
    (Verb::EnRoute, "go"),
    (Verb::OnSite, "at"),
    (Verb::Start, "run"),
    (Verb::Pause, "hold"),
    (Verb::Resume, "cont"),
    (Verb::Report, "rep"),
    (Verb::Finish, "end"),
    (Verb::Undo, "undo"),
    (Verb::Reopen, "open"),
    (Verb::Cancel, "off"),
    (Verb::Show, "show"),
    (Verb::Extend, "more"),
    (Verb::ExtendAnyway, "more2"),
    (Verb::Reinforce, "help"),
    (Verb::CheckIns, "par"),
    (Verb::Assign, "crew"),
];

/// What can be done with shifts, leave and exchanges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DutyVerb {
    Present,
    EndShift,
    /// Brings what the shifts before have left again.
    ShowHandOver,
    SwapShift,
    /// Shows the card of a request for leave anew.
    ShowLeave,
    ApproveLeave,
    RejectLeave,
    CancelLeave,
    RestoreLeave,
    Certificate,
    AcceptSwap,
    DeclineSwap,
    ApproveSwap,
    RejectSwap,
    CancelSwap,
    OpenCalendar,
    CloseCalendar,
}

pub(super) const DUTY_VERBS: [(DutyVerb, &str); 17] = [
    (DutyVerb::Present, "here"),
    (DutyVerb::EndShift, "end"),
    (DutyVerb::ShowHandOver, "note"),
    (DutyVerb::SwapShift, "swap"),
    (DutyVerb::ShowLeave, "lshow"),
    (DutyVerb::ApproveLeave, "lyes"),
    (DutyVerb::RejectLeave, "lno"),
    (DutyVerb::CancelLeave, "loff"),
    (DutyVerb::RestoreLeave, "lback"),
    (DutyVerb::Certificate, "lfile"),
    (DutyVerb::AcceptSwap, "stake"),
    (DutyVerb::DeclineSwap, "spass"),
    (DutyVerb::ApproveSwap, "syes"),
    (DutyVerb::RejectSwap, "sno"),
    (DutyVerb::CancelSwap, "soff"),
    (DutyVerb::OpenCalendar, "cal"),
    (DutyVerb::CloseCalendar, "caloff"),
];

impl DutyVerb {
    pub(super) fn word(self) -> &'static str {
        DUTY_VERBS
            .iter()
            .find(|(verb, _)| *verb == self)
            .map_or("here", |(_, word)| word)
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        DUTY_VERBS
            .iter()
            .find(|(_, one)| *one == word)
            .map(|(verb, _)| *verb)
    }
}

impl Verb {
    pub(super) fn word(self) -> &'static str {
        VERBS
            .iter()
            .find(|(verb, _)| *verb == self)
            .map_or("show", |(_, word)| word)
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        VERBS
            .iter()
            .find(|(_, one)| *one == word)
            .map(|(verb, _)| *verb)
    }
}
