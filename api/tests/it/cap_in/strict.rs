//! What breaks a rule of CAP, or only wants to do harm, is refused with the reason.

use proptest::{
    prelude::*,
    sample::select,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};

use super::*;

#[tokio::test]
async fn what_breaks_a_rule_is_refused_with_the_reason() {
    let scene = Scene::new().await;
    let alert = |from: &str, to: &str| {
        assert!(ALERT.contains(from), "{from}");
        ALERT.replace(from, to)
    };
    let bomb = ALERT.replace(
        "<alert ",
        "<!DOCTYPE a [<!ENTITY x \"ha\"><!ENTITY y \"&x;&x;&x;&x;\">]><alert ",
    );
    let cases = [
        (
            alert("<identifier>SMN-77</identifier>", ""),
            "identifier is missing",
        ),
        (alert("SMN-77", "SMN 77"), "identifier cannot be"),
        (alert("alertas@smn.example", "a,b"), "sender cannot be"),
        (alert("11:55:00-03:00", "14:55:00Z"), "sent cannot be"),
        (alert("11:55:00-03:00", "11:55:00"), "sent cannot be"),
        (
            alert("11:55:00-03:00", "11:55:00.5-03:00"),
            "sent cannot be",
        ),
        (
            alert("2026-11-22T11:55", "2026-13-22T11:55"),
            "sent cannot be",
        ),
        (alert(">Actual<", ">actual<"), "status cannot be"),
        (alert(">Actual<", ">Test<"), "status Actual or Exercise"),
        (alert(">Alert<", ">Alarm<"), "msgType cannot be"),
        (alert(">Alert<", ">Update<"), "references is missing"),
        (
            alert(">Public<", ">Restricted<"),
            "restriction stands exactly",
        ),
        (alert(">Public<", ">Private<"), "addresses is missing"),
        (alert("<category>Met</category>", ""), "category is missing"),
        (alert(">Likely<", ">Very Likely<"), "certainty cannot be"),
        (
            alert("<event>Storm</event>", "<event></event>"),
            "event is empty",
        ),
        (alert("<status>", "<status/><status>"), "status is empty"),
        (
            alert("</scope>", "</scope><scope>Public</scope>"),
            "scope stands more than once",
        ),
        (
            alert("</alert>", "<foo>1</foo></alert>"),
            "foo is not known",
        ),
        (
            alert("-34.5,-58.5</polygon>", "-34.5,-58.4</polygon>"),
            "polygon cannot be",
        ),
        (alert("-34.5,-58.5 ", "-94.5,-58.5 "), "polygon cannot be"),
        (alert("T18:00:00", "T11:00:00"), "expired"),
        (alert("cap:1.2", "cap:1.1"), "namespace"),
        (alert("<info>", "<info lang=\"x\">"), "no attribute"),
        (alert("granizo", "&granizo;"), "entity"),
        (alert("granizo", "&#0;"), "character"),
        (
            alert("encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\""),
            "UTF-8",
        ),
        (alert("</alert>", ""), "well-formed"),
        (alert("</sender>", "</sent>"), "well-formed"),
        (bomb, "DTD"),
        (String::new(), "no alert"),
        ("{}".into(), "text outside"),
    ];
    for (alert, wanted) in cases {
        let said = reason(&scene.takes(&alert).await);
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    let deep = "<a>".repeat(3_000);
    reason(&scene.takes(&deep).await);
    let many = "<code>x</code>".repeat(2_500);
    let many = alert("</scope>", &format!("</scope>{many}"));
    assert!(reason(&scene.takes(&many).await).contains("more than 2000 elements"));
    let huge = alert("granizo", &"g".repeat(70_000));
    let refused = scene.takes(&huge).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (413, "too_large")
    );
    assert_eq!(scene.drafts().await, 0, "nothing of all that was kept");
}

/// Pieces of alerts and of what is done to parsers.
const PIECES: [&str; 24] = [
    "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">",
    "</alert>",
    "<identifier>",
    "</identifier>",
    "<info>",
    "</info>",
    "<area>",
    "<polygon>0,0 0,1 1,1 0,0</polygon>",
    "<circle>0,0 1e308</circle>",
    "<![CDATA[<alert>]]>",
    "<!-- -->",
    "<!DOCTYPE x SYSTEM \"file:///etc/passwd\">",
    "<?xml version=\"1.1\"?>",
    "&amp;",
    "&#x10FFFF;",
    "&#xFFFFFFFF;",
    "&x;",
    "<x:alert xmlns:x=\"urn:oasis:names:tc:emergency:cap:1.2\">",
    "<sent>9999-12-31T23:59:59-14:00</sent>",
    "<expires>0000-00-00T00:00:00+00:00</expires>",
    "\u{feff}",
    "]]>",
    "<a b=\"c\" b=\"c\">",
    " ",
];

#[tokio::test]
async fn hostile_alerts_are_refused_with_a_reason_or_are_drafts() {
    let scene = Scene::new().await;
    let piece = prop_oneof![3 => select(&PIECES[..]).prop_map(str::to_owned), 1 => junk::text()];
    let mut runner = TestRunner::new(Config::default());
    // A piece somewhere in a good alert, or nothing but pieces.
    let cut = (
        0..ALERT.len(),
        0..40_usize,
        prop::collection::vec(piece, 0..12),
        any::<bool>(),
    );
    for _ in 0..runner.config().cases {
        let (at, gone, pieces, alone) = cut.new_tree(&mut runner).expect("a value").current();
        let alert = match alone {
            true => pieces.concat(),
            false => {
                let floor = |at: usize| {
                    (0..=at.min(ALERT.len()))
                        .rev()
                        .find(|at| ALERT.is_char_boundary(*at))
                };
                let (from, to) = (floor(at).unwrap_or(0), floor(at + gone).unwrap_or(0));
                format!("{}{}{}", &ALERT[..from], pieces.concat(), &ALERT[to..])
            }
        };
        let answer = scene.takes(&alert).await;
        let said = format!("{alert}: {} {}", answer.status, answer.text);
        match answer.status.as_u16() {
            201 => assert!(answer.text.contains("<msgType>Ack</msgType>"), "{said}"),
            409 | 404 => assert!(!answer.code().is_empty(), "{said}"),
            413 => assert!(alert.len() > 65_536, "{said}"),
            422 => assert!(!answer.json["errors"][0]["message"].is_null(), "{said}"),
            _ => panic!("{said}"),
        }
    }
}
