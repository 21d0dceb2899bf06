//! Encrypted Redis: taken from whoever proves to be it, refused to all others, and never spoken to in plain text.

use anyhow::Result;
use it::{
    Backend, Redis, TestApp, Wire, Wish,
    tls::{Authority, Identity},
    until,
};
use rstest::rstest;

const HERE: &str = "IP:127.0.0.1";

/// Refused so often, it will not be taken.
const ENOUGH: u32 = 4;

/// How the address is given.
#[derive(Clone, Copy, Debug)]
enum Given {
    Whole,
    Parts,
}

impl Given {
    fn set(self, wish: Wish, port: u16) -> Wish {
        match self {
            Self::Whole => wish.set(
                "REDIS_URL",
                &format!("rediss://default:hush@127.0.0.1:{port}/0"),
            ),
            Self::Parts => wish
                .set("REDIS_HOST", "127.0.0.1")
                .set("REDIS_PORT", &port.to_string())
                .set("REDIS_PASSWORD", "hush")
                .set("REDIS_TLS", "true"),
        }
    }
}

fn vouched(wish: Wish, authority: &Authority) -> Wish {
    wish.set(
        "GAD_REDIS__CA_FILE",
        &authority.certificate().to_string_lossy(),
    )
}

/// One with a password and a certificate.
async fn redis(identity: Identity) -> Result<Option<Redis>> {
    let redis = Redis::encrypted(identity).await?;
    if let Some(redis) = &redis {
        assert_eq!(redis.says("CONFIG SET requirepass hush").await?, "+OK");
    }
    Ok(redis)
}

#[rstest]
#[case::whole(Given::Whole)]
#[case::in_parts(Given::Parts)]
#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_vouched_for_is_taken(#[case] given: Given) -> Result<()> {
    let authority = Authority::new().await?;
    let Some(redis) = redis(authority.vouch(HERE).await?).await? else {
        return Ok(());
    };
    let wish = given.set(TestApp::on(Backend::Sqlite), redis.encrypted_port());
    let Some(app) = vouched(wish, &authority).start().await? else {
        return Ok(());
    };
    let http = app.stranger()?;
    until("Redis to be taken", || async {
        let ready = http.get("/health/ready").await?.expect(200)?;
        Ok((ready["checks"]["redis"] == "ok").then_some(()))
    })
    .await
}

/// What is not as it should be.
#[derive(Clone, Copy, Debug)]
enum Wrong {
    /// Nobody said who may vouch, and no authority of the web does.
    Nobodys,
    /// Another one vouches than was named.
    Anothers,
    /// It is vouched for as somebody else.
    OtherName,
    /// It speaks plain text.
    Plain,
}

#[rstest]
#[case::vouched_for_by_nobody(Wrong::Nobodys)]
#[case::vouched_for_by_another(Wrong::Anothers)]
#[case::vouched_for_as_another(Wrong::OtherName)]
#[case::plain(Wrong::Plain)]
#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_does_not_prove_who_it_is_is_refused(#[case] wrong: Wrong) -> Result<()> {
    let (authority, another) = (Authority::new().await?, Authority::new().await?);
    let name = match wrong {
        Wrong::OtherName => "DNS:example.org",
        _ => HERE,
    };
    let Some(redis) = redis(authority.vouch(name).await?).await? else {
        return Ok(());
    };
    let wire = match wrong {
        Wrong::Plain => Wire::to(redis.port()).await?,
        _ => Wire::to(redis.encrypted_port()).await?,
    };
    let wish = Given::Whole.set(TestApp::on(Backend::Sqlite), wire.port());
    let wish = match wrong {
        Wrong::Nobodys => wish,
        Wrong::Anothers => vouched(wish, &another),
        Wrong::OtherName | Wrong::Plain => vouched(wish, &authority),
    };
    let Some(app) = wish.start().await? else {
        return Ok(());
    };
    let http = app.stranger()?;
    until("it to be refused", || async {
        let ready = http.get("/health/ready").await?.expect(200)?;
        assert_eq!(ready["checks"]["redis"], "degraded");
        Ok((wire.taken() >= ENOUGH).then_some(()))
    })
    .await
}
