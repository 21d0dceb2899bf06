//! Groups: the bot comes and goes, small ones grow, topics are closed; with Telegram's own refusals.

use serde_json::json;

use crate::{
    Outcome,
    client::{Scene, scene},
};

const GROUP: i64 = -1_001;

#[tokio::test]
async fn whoever_throws_the_bot_out_is_told_of_and_the_bot_is_refused() -> Outcome {
    let Scene { paper, bot, ana } = scene().await?;
    paper.group(GROUP, "Unidad 1", false, &[&ana]);
    ana.in_group(GROUP).adds_bot()?;
    ana.in_group(GROUP).removes_bot()?;
    let got = bot.updates(0).await?;
    let of = |number: usize| got[number]["my_chat_member"]["new_chat_member"]["status"].clone();
    assert_eq!((of(0), of(1)), (json!("member"), json!("kicked")));
    assert_eq!(got[1]["my_chat_member"]["chat"]["title"], "Unidad 1");
    let text = json!({"chat_id": GROUP, "text": "x"});
    let refused = bot.refused("sendMessage", text).await?;
    assert_eq!(
        refused.1,
        "Forbidden: bot was kicked from the supergroup chat"
    );
    Ok(())
}

#[tokio::test]
async fn a_small_group_that_grew_names_its_new_number() -> Outcome {
    let Scene { paper, bot, ana } = scene().await?;
    paper.small_group(-55, "Guardia", &[&ana]);
    ana.in_group(-55).upgrades_group(GROUP)?;
    let got = bot.updates(0).await?;
    assert_eq!(got[0]["message"]["chat"]["type"], "group");
    assert_eq!(got[0]["message"]["migrate_to_chat_id"], GROUP);
    assert_eq!(got[1]["message"]["chat"]["type"], "supergroup");
    assert_eq!(got[1]["message"]["migrate_from_chat_id"], -55);
    let old = json!({"chat_id": -55, "text": "x"});
    let refused = bot.refused("sendMessage", old).await?;
    assert_eq!(
        refused.1,
        "Bad Request: group chat was upgraded to a supergroup chat"
    );
    let new = json!({"chat_id": GROUP, "text": "x"});
    bot.ok("sendMessage", new).await?;
    assert!(ana.in_group(-55).upgrades_group(-1_002).is_err());
    Ok(())
}

#[tokio::test]
async fn what_is_written_in_a_topic_says_so_and_a_closed_one_takes_nothing() -> Outcome {
    let Scene { paper, bot, ana } = scene().await?;
    paper.group(GROUP, "Unidad 1", true, &[&ana]);
    let there = ana.in_group(GROUP);
    let topic = there.opens_topic("Norte")?.message_id.ok_or("no topic")?;
    there.in_topic(topic).says("/estado")?;
    let got = bot.updates(0).await?;
    assert_eq!(got[0]["message"]["forum_topic_created"]["name"], "Norte");
    let said = &got[1]["message"];
    assert_eq!(said["message_thread_id"], topic);
    assert_eq!(said["is_topic_message"], true);
    assert_eq!(said["reply_to_message"]["message_id"], topic);
    there.closes_topic(topic)?;
    let text = json!({"chat_id": GROUP, "text": "x", "message_thread_id": topic});
    let refused = bot.refused("sendMessage", text).await?;
    assert_eq!(refused.1, "Bad Request: TOPIC_CLOSED");
    let named = json!({"chat_id": GROUP, "message_thread_id": topic});
    bot.ok("reopenForumTopic", named.clone()).await?;
    let again = bot.refused("reopenForumTopic", named).await?;
    assert_eq!(again.1, "Bad Request: TOPIC_NOT_MODIFIED");
    let text = json!({"chat_id": GROUP, "text": "x", "message_thread_id": topic});
    bot.ok("sendMessage", text).await?;
    Ok(())
}
