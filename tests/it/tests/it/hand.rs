//! A thumb: waits for a button, taps it, and waits until the bot took notice.

use anyhow::Result;
use it::Somebody;

pub async fn press(person: &Somebody, label: &str) -> Result<()> {
    person.until_button(label).await?;
    let tap = person.taps(label)?;
    person.until_answered(&tap).await?;
    Ok(())
}
