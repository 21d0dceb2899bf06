//! The commands: their names, for whom they are, and what is said of them.

use domain::{
    Actor,
    actor::{Level, Permission},
};
use locales::Sentence;
use teloxide::utils::command::BotCommands;

mod tree;

pub use tree::tree;

/// What can be asked for with a slash.
#[derive(BotCommands, Clone, Debug, PartialEq, Eq)]
#[command(rename_rule = "lowercase")]
pub enum Command {
    Start(String),
    #[command(rename = "sos")]
    Sos,
    #[command(rename = "tareas", alias = "mis_tareas")]
    Tasks,
    #[command(rename = "crear")]
    Create(String),
    #[command(rename = "finalizar")]
    Finish(String),
    #[command(rename = "novedad")]
    Report(String),
    #[command(rename = "difusion")]
    Broadcast,
    #[command(rename = "disponibles")]
    Available,
    #[command(rename = "estado")]
    State,
    #[command(rename = "turno")]
    Shift,
    #[command(rename = "licencia")]
    Leave,
    #[command(rename = "misdatos")]
    MyData,
    #[command(rename = "buscar")]
    Find(String),
    #[command(rename = "historial")]
    History,
    #[command(rename = "estadisticas")]
    Figures,
    #[command(rename = "informe")]
    Papers,
    #[command(rename = "grupo")]
    Group,
    #[command(rename = "idioma")]
    Language,
    #[command(rename = "ayuda")]
    Help,
    #[command(rename = "cancelar")]
    Cancel,
}

impl Command {
    /// A command as people type it: capitals make no difference, what follows stays as it is.
    pub(crate) fn typed(text: &str, bot: &str) -> Option<Self> {
        let end = text.find([' ', '@']).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        Self::parse(&format!("{}{rest}", name.to_lowercase()), bot).ok()
    }

    /// Every command, in the order in which they are offered.
    pub fn all() -> [Self; 20] {
        let text = String::new;
        [
            Self::Sos,
            Self::Tasks,
            Self::Create(text()),
            Self::Finish(text()),
            Self::Report(text()),
            Self::Broadcast,
            Self::Available,
            Self::State,
            Self::Shift,
            Self::Leave,
            Self::MyData,
            Self::Find(text()),
            Self::History,
            Self::Figures,
            Self::Papers,
            Self::Group,
            Self::Language,
            Self::Help,
            Self::Cancel,
            Self::Start(text()),
        ]
    }

    /// The commands of a person.
    pub fn of(actor: &Actor) -> impl Iterator<Item = Self> {
        Self::all()
            .into_iter()
            .filter(move |command| command.is_for(actor))
    }

    /// Whether this person may ask for it.
    pub fn is_for(&self, actor: &Actor) -> bool {
        self.level() <= actor.level
            && self
                .permission()
                .is_none_or(|permission| actor.has(permission))
    }

    /// What has to be granted beside the level.
    pub fn permission(&self) -> Option<Permission> {
        matches!(self, Self::Broadcast).then_some(Permission::Broadcast)
    }

    /// The level it takes.
    pub fn level(&self) -> Level {
        match self {
            Self::Create(_) | Self::Available | Self::Papers | Self::Group => Level::Supervisor,
            _ => Level::Agent,
        }
    }

    /// As it is typed, without the slash.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Start(_) => "start",
            Self::Sos => "sos",
            Self::Tasks => "tareas",
            Self::Create(_) => "crear",
            Self::Finish(_) => "finalizar",
            Self::Report(_) => "novedad",
            Self::Broadcast => "difusion",
            Self::Available => "disponibles",
            Self::State => "estado",
            Self::Shift => "turno",
            Self::Leave => "licencia",
            Self::MyData => "misdatos",
            Self::Find(_) => "buscar",
            Self::History => "historial",
            Self::Figures => "estadisticas",
            Self::Papers => "informe",
            Self::Group => "grupo",
            Self::Language => "idioma",
            Self::Help => "ayuda",
            Self::Cancel => "cancelar",
        }
    }

    /// What Telegram's list says about it.
    pub fn description(&self) -> Sentence {
        match self {
            Self::Start(_) => Sentence::CommandStart,
            Self::Sos => Sentence::CommandSos,
            Self::Tasks => Sentence::CommandTasks,
            Self::Create(_) => Sentence::CommandCreate,
            Self::Finish(_) => Sentence::CommandFinish,
            Self::Report(_) => Sentence::CommandReport,
            Self::Broadcast => Sentence::CommandBroadcast,
            Self::Available => Sentence::CommandAvailable,
            Self::State => Sentence::CommandState,
            Self::Shift => Sentence::CommandShift,
            Self::Leave => Sentence::CommandLeave,
            Self::MyData => Sentence::CommandMyData,
            Self::Find(_) => Sentence::CommandFind,
            Self::History => Sentence::CommandHistory,
            Self::Figures => Sentence::CommandFigures,
            Self::Papers => Sentence::CommandPapers,
            Self::Group => Sentence::CommandGroup,
            Self::Language => Sentence::CommandLanguage,
            Self::Help => Sentence::CommandHelp,
            Self::Cancel => Sentence::CommandCancel,
        }
    }

    /// What /ayuda says about it.
    pub fn help(&self) -> Sentence {
        match self {
            Self::Start(_) => Sentence::HelpStart,
            Self::Sos => Sentence::HelpSos,
            Self::Tasks => Sentence::HelpTasks,
            Self::Create(_) => Sentence::HelpCreate,
            Self::Finish(_) => Sentence::HelpFinish,
            Self::Report(_) => Sentence::HelpReport,
            Self::Broadcast => Sentence::HelpBroadcast,
            Self::Available => Sentence::HelpAvailable,
            Self::State => Sentence::HelpState,
            Self::Shift => Sentence::HelpShift,
            Self::Leave => Sentence::HelpLeave,
            Self::MyData => Sentence::HelpMyData,
            Self::Find(_) => Sentence::HelpFind,
            Self::History => Sentence::HelpHistory,
            Self::Figures => Sentence::HelpFigures,
            Self::Papers => Sentence::HelpPapers,
            Self::Group => Sentence::HelpGroup,
            Self::Language => Sentence::HelpLanguage,
            Self::Help => Sentence::HelpHelp,
            Self::Cancel => Sentence::HelpCancel,
        }
    }

    /// The command that a button of the permanent menu stands for.
    pub fn of_label(text: &str) -> Option<Self> {
        let menu = [
            (Sentence::ButtonMenuSos, Self::Sos),
            (Sentence::ButtonMenuTasks, Self::Tasks),
            (Sentence::ButtonMenuCreate, Self::Create(String::new())),
            (Sentence::ButtonMenuReport, Self::Report(String::new())),
            (Sentence::ButtonMenuAvailable, Self::Available),
            (Sentence::ButtonMenuState, Self::State),
            (Sentence::ButtonMenuHelp, Self::Help),
            (Sentence::ButtonMenuLanguage, Self::Language),
        ];
        menu.into_iter()
            .find(|(label, _)| locales::matches(label, text))
            .map(|(_, command)| command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_make_no_difference_to_a_command() {
        let typed = |text| Command::typed(text, "gad_bot");
        assert_eq!(typed("/Tareas"), Some(Command::Tasks));
        assert_eq!(typed("/MIS_TAREAS"), Some(Command::Tasks));
        assert_eq!(typed("/Tareas@GAD_bot"), Some(Command::Tasks));
        assert_eq!(
            typed("/CREAR Patrullaje; Ronda @ Puerto"),
            Some(Command::Create("Patrullaje; Ronda @ Puerto".into()))
        );
        assert_eq!(typed("/Start AbC_1"), Some(Command::Start("AbC_1".into())));
        for other in ["Tareas", "/nada", "/tareas@other_bot", "", "/"] {
            assert_eq!(typed(other), None, "{other}");
        }
    }
}
