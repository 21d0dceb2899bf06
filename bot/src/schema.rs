//! The commands, and the tree that says who handles which update.

use std::sync::Arc;

use domain::{
    Actor, Store,
    actor::{Level, Permission},
};
use locales::{Lang, Sentence};
use teloxide::{
    dispatching::{UpdateFilterExt, UpdateHandler},
    dptree,
    types::{CallbackQuery, ChatMemberUpdated, Me, Message, Update, UpdateKind},
    utils::command::BotCommands,
};

use crate::{
    commands,
    ctx::Ctx,
    errors::HandlerError,
    groups,
    inflight::{InboxId, Marked},
    meter::Meter,
    presence, presses, says,
    state::State,
    storage, strangers,
    toasts::Toasts,
};

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

/// Who an update comes from.
#[derive(Clone)]
enum Who {
    Known(Box<Ctx>),
    /// Linked, but switched off or never linked.
    Stranger,
    /// The database could not say.
    Unclear(Arc<domain::Error>),
}

/// Every update goes down this tree; what no branch wants is done with.
pub fn tree() -> UpdateHandler<HandlerError> {
    dptree::entry()
        .branch(Update::filter_my_chat_member().endpoint(presence_changed))
        .branch(
            // What is said in groups is none of ours, but for the little that `groups` takes.
            dptree::filter(|update: Update| groups::is_group(&update))
                .branch(Update::filter_message().endpoint(group_says))
                .branch(Update::filter_callback_query().endpoint(group_presses)),
        )
        .branch(
            dptree::filter(|update: Update| {
                update.chat().is_some_and(teloxide::types::Chat::is_private)
            })
            .chain(storage::enter::<State>())
            .chain(dptree::map_async(who))
            .branch(dptree::filter_map(unclear).endpoint(give_up))
            .branch(known_people())
            .branch(Update::filter_message().endpoint(stranger_says))
            .branch(Update::filter_callback_query().endpoint(stranger_presses)),
        )
}

fn known_people() -> UpdateHandler<HandlerError> {
    dptree::filter_map(known)
        .branch(
            Update::filter_message()
                .branch(
                    dptree::filter_map(|message: Message, me: Me| {
                        let text = message.text().or_else(|| message.caption());
                        text.and_then(|text| Command::typed(text, me.username()))
                    })
                    .endpoint(command),
                )
                .branch(dptree::endpoint(message)),
        )
        .branch(Update::filter_edited_message().endpoint(edited))
        .branch(Update::filter_callback_query().endpoint(press))
}

async fn who(
    update: Update,
    store: Store,
    toasts: Toasts,
    inbox: InboxId,
    marked: Marked,
    state: State,
) -> Who {
    let inbox = (inbox, marked);
    let Some(user) = update.from() else {
        return Who::Stranger;
    };
    match Actor::of_telegram(&store, user.id.0.cast_signed()).await {
        Ok(Some(actor)) => Who::Known(Box::new(ctx(&update, actor, store, toasts, inbox, state))),
        Ok(None) => Who::Stranger,
        Err(error) => Who::Unclear(Arc::new(error)),
    }
}

fn ctx(
    update: &Update,
    actor: Actor,
    store: Store,
    toasts: Toasts,
    (inbox, marked): (InboxId, Marked),
    mut state: State,
) -> Ctx {
    if matches!(update.kind, UpdateKind::EditedMessage(_)) {
        // A live location moves by itself: nobody has come back to a step that is too old.
        state.expired = None;
    }
    let (query, at) = match &update.kind {
        UpdateKind::CallbackQuery(query) => (Some(query.id.clone()), None),
        UpdateKind::Message(message) => (None, Some(message.date)),
        _ => (None, None),
    };
    Ctx {
        chat_id: actor.telegram_id.unwrap_or_default(),
        lang: Lang::from_tag(actor.lang.as_deref()),
        inbox_id: inbox.0,
        at: at.unwrap_or_else(|| store.now()).min(store.now()),
        query,
        actor,
        store,
        toasts,
        state,
        meter: Meter::default(),
        marked,
    }
}

fn known(who: Who) -> Option<Ctx> {
    match who {
        Who::Known(ctx) => Some(*ctx),
        _ => None,
    }
}

fn unclear(who: Who) -> Option<Arc<domain::Error>> {
    match who {
        Who::Unclear(error) => Some(error),
        _ => None,
    }
}

async fn give_up(error: Arc<domain::Error>) -> Result<(), HandlerError> {
    Err(domain::Error::Away(error.to_string()).into())
}

async fn command(ctx: Ctx, command: Command, message: Message) -> Result<(), HandlerError> {
    Ok(commands::run(&ctx, command, &message).await?)
}

async fn message(ctx: Ctx, message: Message) -> Result<(), HandlerError> {
    Ok(says::run(&ctx, &message).await?)
}

async fn edited(ctx: Ctx, message: Message) -> Result<(), HandlerError> {
    Ok(presence::moved(&ctx, &message).await?)
}

async fn press(ctx: Ctx, query: CallbackQuery) -> Result<(), HandlerError> {
    Ok(presses::run(&ctx, query.data.as_deref().unwrap_or_default()).await?)
}

async fn stranger_says(message: Message, store: Store, inbox: InboxId) -> Result<(), HandlerError> {
    Ok(strangers::says(&store, inbox, &message).await?)
}

async fn stranger_presses(
    query: CallbackQuery,
    store: Store,
    inbox: InboxId,
) -> Result<(), HandlerError> {
    Ok(strangers::presses(&store, inbox, &query).await?)
}

async fn group_says(
    message: Message,
    me: Me,
    store: Store,
    inbox: InboxId,
) -> Result<(), HandlerError> {
    Ok(groups::says(&store, inbox, &message, &me).await?)
}

async fn group_presses(
    query: CallbackQuery,
    store: Store,
    toasts: Toasts,
    inbox: InboxId,
) -> Result<(), HandlerError> {
    Ok(groups::presses(&store, &toasts, inbox, &query).await?)
}

async fn presence_changed(
    change: ChatMemberUpdated,
    store: Store,
    inbox: InboxId,
) -> Result<(), HandlerError> {
    Ok(presence::changed(&store, inbox, &change).await?)
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
