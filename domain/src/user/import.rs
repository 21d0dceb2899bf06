//! People from a file of comma or semicolon separated values.
//!
//! The first line names the columns, in any order: `name`, and as one likes `username` (made of the name when it is
//! missing), `level` (1 when it is missing), `badge`, `units` (several with `|` between), `email` and `phone`.
//! Nothing in a cell is ever evaluated: what begins like a formula is refused, but for the phone's `+`.

use std::collections::{BTreeMap, HashSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::Deserialize;

use ::entity::{agent, user};

use super::{
    NewUser, User,
    create::{insert, prepare},
};
use crate::{
    Actor, Error, Refusal, Result, Store, Tx,
    actor::Level,
    error::{Invalid, Problem},
    shift::{
        RowError,
        import::{Cell, cell, lines},
    },
    task::create::plain,
    unit,
};

/// The most people of a file.
pub const PEOPLE_MOST: u32 = 500;

/// The most units of a person.
const UNITS_MOST: usize = 20;

/// What a file would make.
#[derive(Clone, Debug, Default)]
pub struct PeopleImport {
    /// Lines that were read.
    pub rows: usize,
    pub errors: Vec<RowError>,
    /// The lines that are good, with their numbers.
    pub people: Vec<(u64, NewUser)>,
    /// Units that nobody has founded yet and these lines would found: a misspelt one is seen here.
    pub new_units: Vec<String>,
    /// The lines of people who are no agents and whose badge is kept nowhere.
    pub badges_left_out: Vec<u64>,
}

/// What a file has made.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    pub people: Vec<User>,
    /// The units that were founded for them.
    pub units: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Line {
    #[serde(default)]
    name: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    level: String,
    #[serde(default)]
    badge: String,
    #[serde(default)]
    units: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    phone: String,
}

/// What a file would make, line by line. Nothing is stored.
///
/// # Errors
/// Level 3; refused when the file is too large or has no such columns.
pub async fn preview_import(store: &Store, actor: &Actor, file: &[u8]) -> Result<PeopleImport> {
    read(store.reader(), actor, file).await
}

/// Makes the accounts of a file: all of them, or none when a line is wrong.
///
/// # Errors
/// Those of [`preview_import`], and what is wrong with the lines.
pub async fn import(tx: &mut Tx, actor: &Actor, file: &[u8]) -> Result<Imported> {
    let import = read(tx.db(), actor, file).await?;
    if !import.errors.is_empty() {
        let errors = import.errors.iter().map(|error| Invalid {
            field: format!("line {}: {}", error.line, error.field),
            problem: error.problem,
        });
        return Err(Refusal::Invalid {
            errors: errors.collect(),
        }
        .into());
    }
    let mut people = Vec::new();
    for (_, new) in import.people {
        let prepared = prepare(actor, new).await?;
        people.push(insert(tx, actor, prepared).await?);
    }
    Ok(Imported {
        people,
        units: import.new_units,
    })
}

async fn read(db: &impl ConnectionTrait, actor: &Actor, file: &[u8]) -> Result<PeopleImport> {
    if actor.level != Level::Admin {
        return Err(Refusal::NotAllowed.into());
    }
    let lines = lines::<Line>(file, &["name"], PEOPLE_MOST)?;
    let mut import = PeopleImport {
        rows: lines.len(),
        ..PeopleImport::default()
    };
    for (number, line) in lines {
        match line.and_then(|line| person(&line)) {
            Ok(mut new) => {
                if new.leave_out_badge() {
                    import.badges_left_out.push(number);
                }
                import.people.push((number, new));
            }
            Err((field, problem)) => import.errors.push(wrong(number, field, problem)),
        }
    }
    check(&mut import, actor).await?;
    refuse_taken(db, &mut import).await?;
    import.new_units = unit::unknown(db, units_of(&import)).await?;
    import.errors.sort_by_key(|error| error.line);
    Ok(import)
}

fn units_of(import: &PeopleImport) -> impl Iterator<Item = String> {
    let named = import.people.iter().flat_map(|(_, new)| &new.units);
    named.filter_map(|unit| match unit {
        unit::Key::Name(name) => Some(name.clone()),
        unit::Key::Id(_) | unit::Key::Known(_) => None,
    })
}

fn wrong(line: u64, field: impl Into<String>, problem: Problem) -> RowError {
    RowError {
        line,
        field: field.into(),
        problem,
    }
}

fn person(line: &Line) -> Cell<NewUser> {
    let name = cell("name", &line.name)?;
    let username = match line.username.as_str() {
        "" => login_of(name),
        given => cell("username", given)?.to_lowercase(),
    };
    let level = match line.level.as_str() {
        "" | "1" => Level::Agent,
        "2" => Level::Supervisor,
        "3" => Level::Admin,
        _ => return Err(("level", Problem::Malformed)),
    };
    let units = units(&line.units)?;
    Ok(NewUser {
        badge: optional("badge", &line.badge)?,
        email: optional("email", &line.email)?,
        phone: Some(line.phone.clone()).filter(|phone| !phone.is_empty()),
        units: units.into_iter().map(unit::Key::Name).collect(),
        ..NewUser::named(username, name, level)
    })
}

fn units(text: &str) -> Cell<Vec<String>> {
    let named = text
        .split('|')
        .map(str::trim)
        .filter(|unit| !unit.is_empty());
    let units: Vec<String> = named
        .map(|unit| unit::fits(cell("units", unit)?).map_err(|problem| ("units", problem)))
        .collect::<Result<_, _>>()?;
    match units.len() {
        ..=UNITS_MOST => Ok(units),
        _ => Err(("units", Problem::TooLong)),
    }
}

fn optional(field: &'static str, text: &str) -> Cell<Option<String>> {
    match text {
        "" => Ok(None),
        text => cell(field, text).map(|text| Some(text.to_owned())),
    }
}

/// A name to sign in with: the words of the name with dots between, without accents.
fn login_of(name: &str) -> String {
    let plain = plain(name);
    let words = plain.split_whitespace().map(|word| {
        let fits = word
            .chars()
            .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        fits.collect::<String>()
    });
    let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    words.join(".").chars().take(64).collect()
}

/// The rules that hold for every account.
async fn check(import: &mut PeopleImport, actor: &Actor) -> Result<()> {
    let mut good = Vec::new();
    for (line, new) in std::mem::take(&mut import.people) {
        match prepare(actor, new.clone()).await {
            Ok(_) => good.push((line, new)),
            Err(Error::Refused(refusal)) => match *refusal {
                Refusal::Invalid { errors } => {
                    let errors = errors.into_iter();
                    import
                        .errors
                        .extend(errors.map(|one| wrong(line, one.field, one.problem)));
                }
                refusal => return Err(refusal.into()),
            },
            Err(error) => return Err(error),
        }
    }
    import.people = good;
    Ok(())
}

/// Names and badges are given once: in the file, and in the database.
async fn refuse_taken(db: &impl ConnectionTrait, import: &mut PeopleImport) -> Result<()> {
    let names: Vec<String> = import
        .people
        .iter()
        .map(|(_, new)| new.username.clone())
        .collect();
    let badges: Vec<String> = import
        .people
        .iter()
        .filter_map(|(_, new)| new.badge.clone())
        .collect();
    let mut names: HashSet<String> = user::Entity::find()
        .select_only()
        .column(user::Column::Username)
        .filter(user::Column::Username.is_in(names))
        .into_tuple::<String>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let mut badges: HashSet<String> = agent::Entity::find()
        .select_only()
        .column(agent::Column::Badge)
        .filter(agent::Column::Badge.is_in(badges))
        .into_tuple::<String>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let mut taken: BTreeMap<u64, &'static str> = BTreeMap::new();
    for (line, new) in &import.people {
        if !names.insert(new.username.clone()) {
            taken.insert(*line, "username");
        } else if new.badge.clone().is_some_and(|badge| !badges.insert(badge)) {
            taken.insert(*line, "badge");
        }
    }
    import.people.retain(|(line, _)| !taken.contains_key(line));
    let errors = taken
        .into_iter()
        .map(|(line, field)| wrong(line, field, Problem::Taken));
    import.errors.extend(errors);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_that_cannot_be_are_faults_of_their_line() {
        assert_eq!(
            units(" Norte | |Sur  Oeste").expect("two"),
            ["Norte", "Sur Oeste"]
        );
        assert_eq!(
            units(&format!("Norte|{}", "x".repeat(101))),
            Err(("units", Problem::TooLong))
        );
        assert_eq!(units("Norte|=1+1"), Err(("units", Problem::Malformed)));
        let many: Vec<String> = (0..=UNITS_MOST).map(|n| n.to_string()).collect();
        assert_eq!(units(&many.join("|")), Err(("units", Problem::TooLong)));
    }

    #[test]
    fn a_login_is_made_of_the_name() {
        assert_eq!(login_of("  José  Ñúñez "), "jose.nunez");
        assert_eq!(login_of("O'Higgins, María"), "ohiggins.maria");
    }
}
