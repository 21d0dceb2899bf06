//! What is kept about a person, as a file over HTTP.

use axum::http::StatusCode;
use domain::actor::Level;

use crate::support::World;

#[tokio::test]
async fn a_person_and_an_admin_take_away_what_is_kept_about_him() {
    let world = World::new().await;
    let uno = world.user("uno", Level::Agent, "Centro").await;
    world.user("root", Level::Admin, "Sede").await;
    world.user("ana", Level::Supervisor, "Centro").await;
    let path = format!("/api/v1/users/{uno}/data-export");
    for name in ["uno", "root"] {
        let answer = world.get(&path, &world.token(name).await).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        assert_eq!(answer.json["account"]["username"], "uno");
        assert!(answer.json["sessions"].is_array(), "{}", answer.text);
        let told = |name: &str| answer.headers[name].to_str().expect("text").to_owned();
        assert_eq!(told("content-type"), "application/json");
        assert_eq!(told("cache-control"), "private, no-store");
        let file = format!("attachment; filename=\"user-{uno}.json\"");
        assert_eq!(told("content-disposition"), file);
    }
    let seen = world.get(&path, &world.token("uno").await).await;
    assert_eq!(seen.json["looked_at_by"][0][0], "Persona root");
    let refused = world.get(&path, &world.token("ana").await).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
}
