use std::io::Write;

use anyhow::{Context, Result};
use proptest::{collection::vec, prelude::*, sample::select};

use super::*;

fn read(variables: &[(&str, &str)]) -> Result<Config, Problems> {
    Config::from_parts(
        None,
        variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    )
}

fn problems(variables: &[(&str, &str)]) -> String {
    read(variables).map_or_else(|problems| problems.to_string(), |_| String::new())
}

#[test]
fn the_defaults_are_usable_and_are_those_of_the_domain() -> Result<()> {
    let config = read(&[])?;
    assert_eq!(
        (config.server.host.as_str(), config.server.port),
        ("127.0.0.1", 8000)
    );
    assert_eq!(
        format!("{:?}", config.rules),
        format!("{:?}", Rules::default())
    );
    assert_eq!(config.telegram.limits, bot::Limits::default());
    assert_eq!(config.environment, Environment::Development);
    Ok(())
}

#[test]
fn a_stop_takes_twenty_seconds_at_most_as_it_is_shipped() -> Result<()> {
    assert_eq!(read(&[])?.server.drain, Duration::from_secs(20));
    Ok(())
}

#[test]
fn the_pool_and_what_it_waits_for_are_those_of_the_settings() -> Result<()> {
    let config = read(&[
        ("GAD_DATABASE__CONNECTIONS", "7"),
        ("GAD_DATABASE__ACQUIRE_SECONDS", "3"),
        ("GAD_DATABASE__STATEMENT_SECONDS", "11"),
        ("GAD_DATABASE__LOCK_SECONDS", "4"),
        ("GAD_DATABASE__IDLE_SECONDS", "9"),
    ])?;
    let connect = config.database.connect();
    assert_eq!(connect.connections, 7);
    let waits = [
        connect.acquire_timeout,
        connect.statement_timeout,
        connect.lock_timeout,
        connect.idle_timeout,
    ];
    assert_eq!(waits, [3, 11, 4, 9].map(Duration::from_secs));
    Ok(())
}

#[test]
fn all_problems_come_at_once_and_name_what_was_given() {
    let text = problems(&[
        ("PORT", "http"),
        ("ENVIRONMENT", "prod"),
        ("TZ_DEFAULT", "Buenos Aires"),
        ("GAD_LIMITS__ENABELD", "false"),
        (
            "TELEGRAM_WEBHOOK_URL",
            "http://gad.example/telegram/webhook",
        ),
    ]);
    for expected in [
        "PORT: \"http\"",
        "ENVIRONMENT:",
        "TZ_DEFAULT:",
        "GAD_LIMITS__ENABLED",
        "TELEGRAM_WEBHOOK_URL:",
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    assert_eq!(text.lines().count(), 6, "{text}");
}

#[test]
fn production_wants_keys_of_its_own() {
    let text = problems(&[
        ("ENVIRONMENT", "production"),
        ("SECRET_KEY", "change-me-change-me-change-me-change-me"),
    ]);
    assert!(
        text.contains("JWT_SECRET_KEY: it is required")
            && text.contains("SECRET_KEY: it is a known example"),
        "{text}"
    );
    assert!(!text.contains("change-me"), "a secret is shown: {text}");
    assert!(problems(&[("JWT_SECRET_KEY", "short")]).contains("shorter than 32 bytes"));
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() -> Result<()> {
    let mut file = tempfile::NamedTempFile::with_suffix(".toml")?;
    file.write_all(
        b"[server]\nport = 9000\nhost = \"0.0.0.0\"\n[ack]\nrings = 2\n[srever]\nport = 1\n",
    )?;
    let port = ("PORT".to_owned(), "9001".to_owned());
    let Err(problems) = Config::from_parts(Some(file.path()), [port.clone()]) else {
        anyhow::bail!("srever passed")
    };
    assert!(
        problems.to_string().contains("the nearest is server.port"),
        "{problems}"
    );

    std::fs::write(
        file.path(),
        "[server]\nport = 9000\nhost = \"0.0.0.0\"\n[ack]\nrings = 2\n",
    )?;
    let config = Config::from_parts(Some(file.path()), [port])?;
    assert_eq!(
        (
            config.server.port,
            config.server.host.as_str(),
            config.rules.ack.rings
        ),
        (9001, "0.0.0.0", 2)
    );
    Ok(())
}

#[test]
fn empty_variables_and_those_of_others_are_not_settings() -> Result<()> {
    let config = read(&[
        ("DATABASE_URL", ""),
        ("GAD_COMMIT", "abc"),
        ("PATH", "/bin"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
    ])?;
    assert!(
        config
            .database
            .file()
            .context("a file")?
            .ends_with("gad.db")
    );
    assert_eq!(config.server.trusted_proxies.len(), 2);
    Ok(())
}

#[test]
fn secrets_are_not_printed() -> Result<()> {
    let config = read(&[
        ("TELEGRAM_BOT_TOKEN", "1234:verysecret"),
        ("REDIS_PASSWORD", "hush"),
        ("REDIS_HOST", "cache"),
    ])?;
    let printed = format!("{config:?}");
    assert!(
        !printed.contains("verysecret") && !printed.contains("hush"),
        "{printed}"
    );
    Ok(())
}

const SETTINGS: [&str; 22] = [
    "ENVIRONMENT",
    "HOST",
    "PORT",
    "LOG_LEVEL",
    "DATABASE_URL",
    "REDIS_URL",
    "REDIS_HOST",
    "REDIS_PORT",
    "REDIS_TLS",
    "REDIS_PASSWORD",
    "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_API_URL",
    "TELEGRAM_WEBHOOK_URL",
    "TELEGRAM_WEBHOOK_SECRET",
    "JWT_SECRET_KEY",
    "PUBLIC_URL",
    "TRUSTED_PROXIES",
    "TZ_DEFAULT",
    "MAP_STYLE_URL",
    "GAD_LIMITS__ENABLED",
    "GAD_ACK__RINGS",
    "GAD_DATABASE__CONNECTIONS",
];

fn setting() -> impl Strategy<Value = String> {
    let url = prop_oneof![
        Just("redis"),
        Just("rediss"),
        Just("postgres"),
        Just("sqlite"),
        Just("https")
    ];
    prop_oneof![
        1 => junk::text(),
        1 => (url, junk::text()).prop_map(|(scheme, rest)| format!("{scheme}://{rest}")),
        1 => any::<i64>().prop_map(|number| number.to_string()),
    ]
}

proptest! {
    #[test]
    fn hostile_settings_are_taken_or_every_problem_is_named(
        given in vec((select(&SETTINGS[..]).prop_map(str::to_owned), setting()), 0..6),
        file in prop_oneof![3 => junk::text(), 1 => "[a-z]{1,8} ?= ?[0-9a-z\"\\[\\]{}.]{0,12}"],
    ) {
        let at = tempfile::NamedTempFile::with_suffix(".toml")?;
        std::fs::write(at.path(), file)?;
        for file in [None, Some(at.path())] {
            if let Err(problems) = Config::from_parts(file, given.clone()) {
                prop_assert!(problems.to_string().lines().count() > 1);
            }
        }
    }
}
