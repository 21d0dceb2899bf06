//! gad user: accounts, beside a running server.

use std::{
    io::{self, BufRead, IsTerminal},
    path::Path,
};

use anyhow::{Context, Result, anyhow};
use clap::{Args, Subcommand};
use domain::{
    Actor, Store,
    actor::{Channel, Level, Permission},
    enrolment, unit, user,
};
use papers::invites::Invitation;
use serde_json::json;

use super::say;
use crate::{config::Config, open, telegram_api::TelegramApi};

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  gad user add r.sosa --name \"Raúl Sosa\" --level 1 --unit Norte --badge 1042\n  gad user invite r.sosa"
)]
pub struct User {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Makes an account and prints its id; level 1 makes the agent too
    #[command(
        after_help = "Example:\n  echo \"$PASSWORD\" | gad user add ana --name \"Ana Díaz\" --level 3 --permission audit --password-stdin"
    )]
    Add(Add),
    /// Makes a link that ties the account to a Telegram account; it works once
    #[command(after_help = "Example:\n  gad user invite r.sosa --json")]
    Invite {
        username: String,
        /// Prints {"url","code","expires_at"}
        #[arg(long)]
        json: bool,
    },
    /// Makes accounts from a CSV file: what it would make, then with --confirm all of them or none
    #[command(
        after_help = "Columns: name, and as one likes username, level, badge, units (a|b), email, phone.\n\nExample:\n  gad user import people.csv\n  gad user import people.csv --confirm --sheet invites.pdf"
    )]
    Import {
        file: std::path::PathBuf,
        /// Stores them
        #[arg(long)]
        confirm: bool,
        /// Writes their invitations to this PDF, ten to a page
        #[arg(long, requires = "confirm")]
        sheet: Option<std::path::PathBuf>,
    },
    /// Switches an account off: its sessions end and its next tap is refused
    #[command(after_help = "Example:\n  gad user disable r.sosa")]
    Disable { username: String },
}

#[derive(Debug, Args)]
struct Add {
    username: String,
    /// First and last name
    #[arg(long)]
    name: String,
    /// 1 agent, 2 supervisor, 3 admin
    #[arg(long, value_parser = clap::value_parser!(i16).range(1..=3))]
    level: i16,
    /// Unit of the person, founded when it is new; may be repeated
    #[arg(long)]
    unit: Vec<String>,
    /// Badge number of an agent
    #[arg(long)]
    badge: Option<String>,
    /// broadcast, audit or system; may be repeated
    #[arg(long)]
    permission: Vec<Permission>,
    #[arg(long)]
    email: Option<String>,
    /// Reads a password of 12 to 128 characters from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

impl User {
    pub async fn run(self, config: &Config) -> Result<()> {
        let store = open::on_time(config).await?;
        match self.action {
            Action::Add(add) => add.run(&store).await,
            Action::Invite { username, json } => invite(config, &store, &username, json).await,
            Action::Import {
                file,
                confirm,
                sheet,
            } => import(config, &store, (&file, confirm), sheet.as_deref()).await,
            Action::Disable { username } => {
                let id = find(&store, &username).await?.id;
                user::disable(&store, &Actor::system(Channel::Cli), id)
                    .await
                    .map_err(say::refusal)?;
                say::line(format_args!("{username} is switched off"))
            }
        }
    }
}

impl Add {
    async fn run(self, store: &Store) -> Result<()> {
        let password = if self.password_stdin {
            Some(password()?)
        } else {
            None
        };
        let level = Level::try_from(self.level).map_err(say::Usage)?;
        let mut new = user::NewUser {
            units: self.unit.into_iter().map(unit::Key::Name).collect(),
            badge: self.badge,
            permissions: self.permission,
            email: self.email,
            password,
            ..user::NewUser::named(self.username, self.name, level)
        };
        if new.leave_out_badge() {
            say::warning(format_args!("--badge {NO_BADGE}"));
        }
        let user = user::create(store, &Actor::system(Channel::Cli), new)
            .await
            .map_err(say::refusal)?;
        say::line(user.id)
    }
}

const NO_BADGE: &str = "is for agents alone, at level 1: it is not kept";

fn password() -> Result<String> {
    let mut line = String::new();
    io::stdin()
        .lock()
        .read_line(&mut line)
        .context("no password on standard input")?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(say::Usage("--password-stdin: standard input is empty".into()).into());
    }
    Ok(password.to_owned())
}

async fn find(store: &Store, username: &str) -> Result<user::User> {
    let user = user::by_username(store, username).await?;
    user.ok_or_else(|| anyhow!("there is no user {username}; gad user add makes one"))
}

async fn invite(config: &Config, store: &Store, username: &str, as_json: bool) -> Result<()> {
    let user_id = find(store, username).await?.id;
    // Asked first: a link that nobody sees would still replace the one before.
    let bot = bot_username(config).await?;
    let actor = Actor::system(Channel::Cli);
    let invited = store
        .write(move |tx| Box::pin(async move { enrolment::invite(tx, &actor, user_id).await }))
        .await;
    let invitation = invited.map_err(say::refusal)?;
    let url = format!("https://t.me/{bot}?start={}", invitation.code);
    if as_json {
        let expires_at = invitation.expires_at.to_rfc3339();
        return say::line(json!({ "url": url, "code": invitation.code, "expires_at": expires_at }));
    }
    if io::stdout().is_terminal() {
        say::line(qr(&url)?)?;
    }
    say::line(&url)?;
    say::line(format_args!(
        "works once, until {}",
        invitation.expires_at.to_rfc3339()
    ))
}

async fn import(
    config: &Config,
    store: &Store,
    (file, confirm): (&Path, bool),
    sheet: Option<&Path>,
) -> Result<()> {
    let bytes = std::fs::read(file).with_context(|| format!("the file {}", file.display()))?;
    let actor = Actor::system(Channel::Cli);
    let import = user::preview_import(store, &actor, &bytes)
        .await
        .map_err(say::refusal)?;
    for error in &import.errors {
        say::line(format_args!(
            "line {}: {} {}",
            error.line,
            error.field,
            say::words(error.problem)
        ))?;
    }
    for line in &import.badges_left_out {
        say::warning(format_args!("line {line}: badge {NO_BADGE}"));
    }
    if !import.new_units.is_empty() {
        say::line(format_args!(
            "units that would be NEW: {}",
            import.new_units.join(", ")
        ))?;
    }
    if !confirm {
        for (line, new) in &import.people {
            say::line(format_args!("line {line}: {} ({})", new.name, new.username))?;
        }
        return say::line(format_args!(
            "{} of {} lines are good; nothing was stored: --confirm does",
            import.people.len(),
            import.rows
        ));
    }
    // Asked first: accounts whose links nobody can print would have to be invited again.
    let bot = match sheet {
        Some(_) => Some(bot_username(config).await?),
        None => None,
    };
    let made = store
        .write(move |tx| Box::pin(async move { user::import(tx, &actor, &bytes).await }))
        .await
        .map_err(say::refusal)?;
    say::line(format_args!("{} accounts were made", made.people.len()))?;
    match (sheet, bot) {
        (Some(sheet), Some(bot)) => print_invitations(store, &made.people, (&bot, sheet)).await,
        _ => Ok(()),
    }
}

async fn print_invitations(
    store: &Store,
    people: &[user::User],
    (bot, sheet): (&str, &Path),
) -> Result<()> {
    let ids: Vec<i64> = people.iter().map(|one| one.id).collect();
    let actor = Actor::system(Channel::Cli);
    let links = store.write(move |tx| {
        Box::pin(async move {
            let mut links = Vec::new();
            for id in ids {
                links.push(enrolment::invite(tx, &actor, id).await?);
            }
            Ok(links)
        })
    });
    let links = links.await.map_err(say::refusal)?;
    let zone = store.rules().zone;
    let invitations: Vec<Invitation> = people
        .iter()
        .zip(links)
        .map(|(one, link)| Invitation {
            name: one.name.clone(),
            who: one.username.clone(),
            url: format!("https://t.me/{bot}?start={}", link.code),
            until: link
                .expires_at
                .with_timezone(&zone)
                .format("%d/%m/%Y %H:%M")
                .to_string(),
        })
        .collect();
    let lang = locales::Lang::default();
    let bytes = papers::invites::sheet(&invitations, lang).context("the sheet")?;
    std::fs::write(sheet, bytes).with_context(|| format!("the file {}", sheet.display()))?;
    say::line(format_args!(
        "{} invitations are in {}",
        invitations.len(),
        sheet.display()
    ))
}

async fn bot_username(config: &Config) -> Result<String> {
    match &config.telegram.username {
        Some(name) => Ok(name.clone()),
        None => {
            let api = TelegramApi::new(&config.telegram)
                .context("the link needs the name of the bot: set TELEGRAM_BOT_USERNAME")?;
            api.username().await
        }
    }
}

fn qr(text: &str) -> Result<String> {
    let code = qrcode::QrCode::new(text)?;
    // Dark on light and light on dark terminals alike are read by phones only with their own background.
    let mut drawn = code.render::<qrcode::render::unicode::Dense1x2>();
    Ok(drawn
        .dark_color(qrcode::render::unicode::Dense1x2::Light)
        .light_color(qrcode::render::unicode::Dense1x2::Dark)
        .build())
}
