//! Defaults, then a file, then the environment: every key once, with the name under which its value was given.

use std::{collections::BTreeMap, path::Path};

use config::{ConfigError, File, FileFormat, Source, Value, ValueKind};

const DEFAULTS: &str = include_str!("../../config.default.toml");

/// The variables that have a name of their own.
const NAMED: [(&str, &str); 22] = [
    ("ENVIRONMENT", "server.environment"),
    ("HOST", "server.host"),
    ("PORT", "server.port"),
    ("PUBLIC_URL", "server.public_url"),
    ("TRUSTED_PROXIES", "server.trusted_proxies"),
    ("LOG_LEVEL", "server.log_level"),
    ("DATABASE_URL", "database.url"),
    ("REDIS_URL", "redis.url"),
    ("REDIS_HOST", "redis.host"),
    ("REDIS_PORT", "redis.port"),
    ("REDIS_DB", "redis.db"),
    ("REDIS_PASSWORD", "redis.password"),
    ("REDIS_TLS", "redis.tls"),
    ("TELEGRAM_BOT_TOKEN", "telegram.bot_token"),
    ("TELEGRAM_BOT_USERNAME", "telegram.bot_username"),
    ("TELEGRAM_API_URL", "telegram.api_url"),
    ("TELEGRAM_WEBHOOK_URL", "telegram.webhook_url"),
    ("TELEGRAM_WEBHOOK_SECRET", "telegram.webhook_secret"),
    ("JWT_SECRET_KEY", "secrets.jwt_key"),
    ("SECRET_KEY", "secrets.key"),
    ("TZ_DEFAULT", "time.zone"),
    ("MAP_STYLE_URL", "map.style_url"),
];

/// Said while compiling, and so no setting of a running program.
const NOT_A_SETTING: &str = "GAD_COMMIT";

/// One setting.
pub struct Entry {
    pub value: String,
    pub default: String,
    /// What to correct when the value is bad: a variable, or a key of the file.
    pub given_as: String,
}

/// All settings by `section.key`.
pub struct Layers(BTreeMap<String, Entry>);

impl Layers {
    /// Puts the layers on each other; what is no setting goes to `problems`.
    pub fn collect(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        problems: &mut Vec<String>,
    ) -> Self {
        let mut layers = Self::defaults();
        if let Some(path) = file {
            layers.add_file(path, problems);
        }
        for (name, value) in environment {
            layers.add_variable(&name, &value, problems);
        }
        layers
    }

    fn defaults() -> Self {
        let table = File::from_str(DEFAULTS, FileFormat::Toml).collect();
        let keys = flatten(table.expect("the embedded defaults are TOML"));
        let entry = |(key, value): (String, String)| {
            let given_as = variable_of(&key);
            (
                key,
                Entry {
                    default: value.clone(),
                    value,
                    given_as,
                },
            )
        };
        Self(keys.into_iter().map(entry).collect())
    }

    fn add_file(&mut self, path: &Path, problems: &mut Vec<String>) {
        let shown = path.display();
        match read(path) {
            Ok(keys) => {
                for (key, value) in keys {
                    let unknown = self.set(&key, &value, format!("{key} in {shown}"));
                    problems.extend(unknown.map(|near| {
                        format!("{key} in {shown} is no setting; the nearest is {near}")
                    }));
                }
            }
            Err(error) => problems.push(format!("{shown} cannot be read: {error}")),
        }
    }

    fn add_variable(&mut self, name: &str, value: &str, problems: &mut Vec<String>) {
        let named = NAMED.iter().find(|(variable, _)| *variable == name);
        let key = match (named, name.strip_prefix("GAD_")) {
            (Some((_, key)), _) => (*key).to_owned(),
            (None, Some(rest)) if name != NOT_A_SETTING => {
                rest.replacen("__", ".", 1).to_lowercase()
            }
            _ => return,
        };
        let unknown = self.set(&key, value, name.to_owned());
        problems.extend(unknown.map(|near| {
            format!(
                "{name} is no setting; the nearest is {}",
                variable_of(&near)
            )
        }));
    }

    /// Returns the nearest key when there is no such one. Empty values leave what is there.
    fn set(&mut self, key: &str, value: &str, given_as: String) -> Option<String> {
        match self.0.get_mut(key) {
            Some(_) if value.trim().is_empty() => {}
            Some(entry) => {
                entry.value = value.trim().to_owned();
                entry.given_as = given_as;
            }
            None => return self.nearest(key),
        }
        None
    }

    fn nearest(&self, key: &str) -> Option<String> {
        self.0
            .keys()
            .min_by_key(|known| strsim::levenshtein(known, key))
            .cloned()
    }

    /// A setting that `config.default.toml` has.
    pub fn get(&self, key: &str) -> &Entry {
        self.0
            .get(key)
            .unwrap_or_else(|| panic!("{key} is missing in config.default.toml"))
    }
}

fn read(path: &Path) -> Result<Vec<(String, String)>, ConfigError> {
    let text =
        std::fs::read_to_string(path).map_err(|error| ConfigError::Message(error.to_string()))?;
    Ok(flatten(File::from_str(&text, FileFormat::Toml).collect()?))
}

fn flatten(table: config::Map<String, Value>) -> Vec<(String, String)> {
    let mut flat = Vec::new();
    for (section, value) in table {
        match value.kind {
            ValueKind::Table(keys) => {
                flat.extend(
                    keys.into_iter()
                        .map(|(key, value)| (format!("{section}.{key}"), text(&value))),
                );
            }
            _ => flat.push((section, text(&value))),
        }
    }
    flat
}

/// Lists, as TOML has them, are written with commas in the environment.
fn text(value: &Value) -> String {
    match &value.kind {
        ValueKind::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        _ => value.clone().into_string().unwrap_or_default(),
    }
}

fn variable_of(key: &str) -> String {
    let named = NAMED.iter().find(|(_, named)| *named == key);
    named.map_or_else(
        || format!("GAD_{}", key.to_uppercase().replacen('.', "__", 1)),
        |(name, _)| (*name).to_owned(),
    )
}
