//! Broadcasts in the Common Alerting Protocol: out, in as a draft, and who has answered.

use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    Actor, Error, Refusal, Tx,
    broadcast::{self, TakenBack},
    error::Thing,
};

use crate::{
    addresses::{Addresses, routes},
    app::App,
    auth::Signed,
    cap::{self, Alert, Incoming, NotTaken, Receipt, Wants},
    error::{Problem, Result},
    extract::{Path, content_type, too_large, unread, unsupported},
    routes::write,
};

pub(super) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(alert))
        .routes(routes!(take))
        .routes(routes!(answer))
}

/// A broadcast as an alert of the Common Alerting Protocol 1.2: the first one, what replaces it, or what takes it back.
#[utoipa::path(get, path = "/broadcasts/{id}/cap.xml", tag = "broadcast", operation_id = "broadcasts_cap",
    params(("id" = i64, Path)),
    responses((status = 200, body = String, content_type = "application/cap+xml")))]
async fn alert(State(app): State<App>, signed: Signed, Path(id): Path<i64>) -> Result<Alert> {
    let one = broadcast::find(&app.store, &signed.actor, id).await?;
    if one.counts.all() == 0 {
        // A draft has told nobody anything.
        return Err(Error::from(Refusal::missing(Thing::Broadcast)).into());
    }
    let sender = cap::sender(app.config.public_origin());
    Ok(cap::of_broadcast(&one, sender))
}

/// What one of its people answered, as a CAP message: `Ack` with the answer, `Error` when Telegram does not reach him.
#[utoipa::path(get, path = "/broadcasts/{id}/answers/{user_id}/cap.xml", tag = "broadcast",
    operation_id = "broadcasts_answer_cap", params(("id" = i64, Path), ("user_id" = i64, Path)),
    responses((status = 200, body = String, content_type = "application/cap+xml")))]
async fn answer(
    State(app): State<App>,
    signed: Signed,
    Path((id, user_id)): Path<(i64, i64)>,
) -> Result<Receipt> {
    let one = broadcast::find(&app.store, &signed.actor, id).await?;
    let his = broadcast::recipient(&app.store, &signed.actor, id, user_id).await?;
    let sender = cap::sender(app.config.public_origin());
    let answer = cap::answer_of(&one, &his, sender);
    Ok(answer.ok_or_else(|| Error::from(Refusal::missing(Thing::Broadcast)))?)
}

/// Takes a CAP 1.2 alert as a draft, which leaves only when somebody else confirms it. Needs the permission `broadcast`.
/// `Alert` and `Update` make a draft; `Update` and `Cancel` take back the drafts they refer to that have not left, exercises those of exercises. Answered
/// with a CAP `Ack`; what is not taken with a problem, or for whoever accepts `application/cap+xml` with a CAP `Error`. A `Cancel` of which one has left is
/// such an error (409 `settled`), though the others are called off: the note says what became of each.
#[utoipa::path(post, path = "/broadcasts/cap", tag = "broadcast", operation_id = "broadcasts_take_cap",
    request_body(content = String, content_type = "application/cap+xml"),
    responses((status = 201, body = String, content_type = "application/cap+xml",
        headers(("Location", description = "Where the draft is")))))]
async fn take(
    State(app): State<App>,
    signed: Signed,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response> {
    broadcast::may_send(&signed.actor).map_err(Error::from)?;
    if !KINDS.contains(&content_type(&headers).as_str()) {
        return Err(unsupported("application/cap+xml"));
    }
    let body = body.map_err(|error| unread(&error))?;
    if body.len() > cap::MOST {
        return Err(too_large());
    }
    let incoming = match cap::read(&body, app.store.now()) {
        Ok(incoming) => incoming,
        Err(reason) => return Ok(not_taken(&app, &headers, reason)),
    };
    let reference = incoming.reference.clone();
    let drill = incoming.drill;
    match keep(&app, signed, incoming).await {
        Ok(kept) => Ok(answered(&app, &headers, (reference, drill), kept)),
        Err(Error::Refused(refusal)) if wants_cap(&headers) => {
            let receipt = receipt(&app, reference, drill).noted(false, why(&refusal).into());
            Ok(receipt.answered(StatusCode::CONFLICT, None))
        }
        Err(error) => Err(error.into()),
    }
}

const KINDS: [&str; 3] = ["application/cap+xml", "application/xml", "text/xml"];

/// What became of an alert, with a word about each that it refers to.
enum Kept {
    /// The draft it is, or the last one that it took back.
    Taken {
        id: i64,
        status: StatusCode,
        note: String,
    },
    /// It wanted something that could not be done, though the rest of it was.
    InPart { note: String },
    /// Nothing that it refers to ever came.
    Unknown { note: String },
}

fn answered(
    app: &App,
    headers: &HeaderMap,
    (reference, drill): (String, bool),
    kept: Kept,
) -> Response {
    let receipt = receipt(app, reference, drill);
    let (problem, note) = match kept {
        Kept::Taken { id, status, note } => {
            let place = format!("/api/v1/broadcasts/{id}");
            return receipt.noted(true, note).answered(status, Some(place));
        }
        Kept::InPart { note } => (
            Problem::new(StatusCode::CONFLICT, "settled", "It was not all taken back"),
            note,
        ),
        Kept::Unknown { note } => (Problem::not_found(), note),
    };
    match wants_cap(headers) {
        true => receipt
            .noted(false, note)
            .answered(StatusCode::CONFLICT, None),
        false => problem.plainly(note).into_response(),
    }
}

async fn keep(app: &App, signed: Signed, incoming: Incoming) -> domain::Result<Kept> {
    let actor = signed.actor;
    let (source, drill) = (incoming.reference, incoming.drill);
    write!(app, |tx| match incoming.wants {
        Wants::Draft { new, mut replaces } => {
            // One that names itself does not take itself back.
            replaces.retain(|earlier| *earlier != source);
            let id = broadcast::draft(tx, &actor, *new, &source).await?;
            let mut notes = vec![format!(
                "taken as draft {id}: it leaves when somebody confirms it"
            )];
            let back = taken_back(tx, &actor, &replaces, drill).await?;
            notes.extend(back.iter().map(said));
            Ok(Kept::Taken {
                id,
                status: StatusCode::CREATED,
                note: notes.join("; "),
            })
        }
        Wants::TakeBack(earlier) => {
            let back = taken_back(tx, &actor, &earlier, drill).await?;
            Ok(cancelled(&back))
        }
    })
}

/// What came of each that shall not be sent, by the name it was referred to.
type Back = (String, TakenBack);

/// Each by itself: that one has left is no reason to leave the others in.
async fn taken_back(
    tx: &mut Tx,
    actor: &Actor,
    earlier: &[String],
    drill: bool,
) -> domain::Result<Vec<Back>> {
    let mut back = Vec::new();
    for source in earlier {
        let done = broadcast::take_back(tx, actor, source, drill).await?;
        back.push((source.clone(), done));
    }
    Ok(back)
}

/// It is acknowledged when nothing that it refers to is among people: one that has left makes it an error, whatever became of
/// the others. What never came was never told.
fn cancelled(back: &[Back]) -> Kept {
    let note = back.iter().map(said).collect::<Vec<_>>().join("; ");
    let refused = |one: &TakenBack| matches!(one, TakenBack::Left(_) | TakenBack::Unlike(_));
    if back.iter().any(|(_, one)| refused(one)) {
        return Kept::InPart { note };
    }
    let done = back.iter().rev().find_map(|(_, one)| match one {
        TakenBack::CalledOff(id) | TakenBack::NeverLeft(id) | TakenBack::Ended(id) => Some(*id),
        TakenBack::Left(_) | TakenBack::Unlike(_) | TakenBack::Unknown => None,
    });
    match done {
        Some(id) => Kept::Taken {
            id,
            status: StatusCode::OK,
            note,
        },
        None => Kept::Unknown { note },
    }
}

fn said((source, one): &Back) -> String {
    let what = match one {
        TakenBack::CalledOff(id) => format!("draft {id} is called off"),
        TakenBack::NeverLeft(id) => format!("draft {id} has expired and never left"),
        TakenBack::Ended(id) => format!("broadcast {id} had left and has been called off"),
        TakenBack::Left(id) => {
            format!("broadcast {id} has left already: people have to call it off")
        }
        TakenBack::Unlike(id) => {
            format!(
                "nothing was done to {id}: an exercise and a real alert do not take each other back"
            )
        }
        TakenBack::Unknown => "it never came".into(),
    };
    format!("{source}: {what}")
}

fn why(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Taken { .. } => "the same alert came before: nothing was done again",
        _ => "it cannot be sent as it is",
    }
}

fn not_taken(app: &App, headers: &HeaderMap, why: NotTaken) -> Response {
    match why.reference.filter(|_| wants_cap(headers)) {
        Some(reference) => receipt(app, reference, why.drill)
            .noted(false, why.reason)
            .answered(StatusCode::UNPROCESSABLE_ENTITY, None),
        None => Problem::malformed("alert", why.reason).into_response(),
    }
}

fn wants_cap(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT);
    accepts.is_some_and(|value| {
        value
            .to_str()
            .is_ok_and(|kinds| kinds.contains("application/cap+xml"))
    })
}

fn receipt(app: &App, reference: String, drill: bool) -> Receipt {
    let sent = app.store.now();
    Receipt {
        identifier: format!(
            "gad-receipt-{}-{}",
            sent.timestamp_millis(),
            domain::secret::fresh()
        ),
        sender: cap::sender(app.config.public_origin()),
        sent,
        drill,
        taken: true,
        note: String::new(),
        reference,
    }
}
