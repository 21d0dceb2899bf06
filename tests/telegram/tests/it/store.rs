//! A second start goes on where the first ended.

use telegram::Config;

use crate::{
    Outcome,
    client::{ANA, Scene, TOKEN, scene_with},
};

#[tokio::test]
async fn chats_files_and_counters_survive() -> Outcome {
    let folder = tempfile::tempdir()?;
    let config = || Config {
        folder: Some(folder.path().to_owned()),
        ..Config::default()
    };
    let Scene { paper, bot, ana } = scene_with(config()).await?;
    let last = bot.says("antes").await?["message_id"]
        .as_i64()
        .ok_or("no id")?;
    ana.sends_document(b"contenido", "a.txt", "")?;
    let update = ana.says("pendiente")?.update_id.ok_or("no update")?;
    paper.stop().await;

    let paper = telegram::Paper::start_with("127.0.0.1:0".parse()?, config()).await?;
    paper.add_bot(TOKEN, "gad_bot");
    let ana = paper.person(ANA, "Ana", "es");
    let texts: Vec<String> = ana
        .messages()
        .into_iter()
        .map(|message| message.text)
        .collect();
    assert_eq!(texts, ["hola", "antes", "", "pendiente"]);
    let file = ana.messages()[2].file_id().and_then(|id| ana.file(id));
    assert_eq!(file.as_deref(), Some("contenido".as_bytes()));
    assert_eq!(paper.pending_updates(), 2);
    let next = ana.says("después")?;
    assert!(next.message_id > Some(last + 2) && next.update_id > Some(update));
    paper.stop().await;
    Ok(())
}

#[tokio::test]
async fn the_memory_is_bounded() -> Outcome {
    let config = Config {
        messages_per_chat: 5,
        log_entries: 7,
        ..Config::default()
    };
    let Scene { paper, bot, ana } = scene_with(config).await?;
    for n in 0..20 {
        bot.says(&n.to_string()).await?;
    }
    let texts: Vec<String> = ana
        .messages()
        .into_iter()
        .map(|message| message.text)
        .collect();
    assert_eq!(texts, ["15", "16", "17", "18", "19"]);
    assert_eq!(paper.calls().len(), 7);
    Ok(())
}
