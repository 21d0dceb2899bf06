//! Welcome, consent, languages: where people begin; and the last word.

use domain::actor::{Actor, Level};
use locales::{Lang, Sentence};
use reqwest::Url;
use teloxide::types::{BotCommand, MenuButton, WebAppInfo};

use crate::{
    keyboards::{self, Button, Rows},
    menu::{Menu, Strangers},
    reply::Reply,
    schema::Command,
    screen::{Keyboard, Rendered, Screen},
    view::{View, plain, with},
};

/// One of the screens people begin with; nothing for whom it is not.
pub fn menu(view: &View, reply: &Reply) -> Option<Screen> {
    match reply {
        Reply::Consent { code, name, .. } => Some(consent(view, code, name)),
        Reply::Languages => Some(languages(view)),
        Reply::SosAsk { seconds } => Some(with(
            keyboards::place(view.lang),
            plain(view.say(&Sentence::SosAsk {
                seconds: (*seconds).into(),
            })),
        )),
        Reply::SosAgain => Some(with(
            keyboards::place(view.lang),
            plain(view.say(&Sentence::SosAgain)),
        )),
        Reply::SosWithdrawn => view
            .reader
            .as_ref()
            .map(|reader| home(view, reader, &Sentence::SosWithdrawn)),
        Reply::LanguageSet => view
            .reader
            .as_ref()
            .map(|reader| home(view, reader, &Sentence::LanguageSet)),
        Reply::Menu { enrolled: true } => {
            let reader = view.reader.as_ref()?;
            Some(home(
                view,
                reader,
                &Sentence::StartEnrolled {
                    name: reader.name.clone().into(),
                },
            ))
        }
        _ => view
            .reader
            .as_ref()
            .map(|reader| home(view, reader, &welcome(reader))),
    }
}

fn welcome(reader: &Actor) -> Sentence {
    let name = reader.name.clone().into();
    match reader.level {
        Level::Agent => Sentence::StartWelcomeAgent { name },
        Level::Supervisor => Sentence::StartWelcomeSupervisor { name },
        Level::Admin => Sentence::StartWelcomeAdmin { name },
    }
}

/// A sentence with the permanent menu, the commands of the level, and the board.
fn home(view: &View, reader: &Actor, sentence: &Sentence) -> Screen {
    let menu = Menu {
        commands: commands(reader, view.lang),
        button: board(view),
    };
    Screen {
        menu: Some(menu),
        ..with(
            keyboards::menu(view.lang, reader.may_command(), reader.agent_id.is_some()),
            plain(view.say(sentence)),
        )
    }
}

/// Opens the board inside Telegram, which takes none without https.
fn board(view: &View) -> Option<MenuButton> {
    let url = view.store.rules().public_origin.as_deref()?.parse::<Url>();
    let url = url.ok().filter(|url| url.scheme() == "https")?;
    Some(MenuButton::WebApp {
        text: view.say(&Sentence::StartBoard),
        web_app: WebAppInfo { url },
    })
}

/// Nothing that was offered in a chat stays there when it is tied to nobody any more.
pub fn farewell(view: &View, lang: Option<&str>) -> Rendered {
    if view.reader.is_some() {
        return Rendered::Nothing;
    }
    let words = Sentence::StartUnlinked.to(Lang::from_tag(lang));
    Rendered::from(Screen {
        menu: Some(Menu::of_strangers()),
        ..with(Keyboard::Remove, plain(words))
    })
}

/// What somebody may do has changed; who may nothing any more is offered what strangers are.
pub fn changed(view: &View) -> Screen {
    match &view.reader {
        Some(reader) => home(view, reader, &Sentence::StartChanged),
        None => Screen {
            menu: Some(Menu::of_strangers()),
            ..Screen::default()
        },
    }
}

/// What everybody else is offered: to begin, in his own language.
pub fn for_strangers() -> Vec<Strangers> {
    let list = |lang: Lang, tag: Option<String>| Strangers {
        lang: tag,
        commands: vec![BotCommand::new("start", Sentence::CommandStart.to(lang))],
    };
    let others = list(Lang::default(), None);
    let known = Lang::ALL
        .into_iter()
        .map(|lang| list(lang, Some(lang.as_str().to_owned())));
    std::iter::once(others).chain(known).collect()
}

/// The commands a person is offered.
pub fn commands(reader: &Actor, lang: Lang) -> Vec<BotCommand> {
    Command::of(reader)
        .map(|command| BotCommand::new(command.name(), command.description().to(lang)))
        .collect()
}

fn consent(view: &View, code: &str, name: &str) -> Screen {
    let buttons = Rows::default().row([
        (
            view.say(&Sentence::ButtonAccept),
            Button::Accept { code: code.into() },
        ),
        (view.say(&Sentence::ButtonNo), Button::Refuse),
    ]);
    with(
        buttons,
        plain(view.say(&Sentence::StartConsent { name: name.into() })),
    )
}

fn languages(view: &View) -> Screen {
    let buttons = Lang::ALL
        .into_iter()
        .map(|lang| (lang.own_name().to_owned(), Button::Language(lang)));
    with(
        Rows::default().row(buttons),
        plain(view.say(&Sentence::LanguageAsk)),
    )
}
