//! Whether pictures, videos and voice that somebody sends in a dialogue may be kept.

use domain::{
    Refusal, Result,
    consent::{self, Purpose},
};

use crate::{ctx::Ctx, reply::Reply};

/// False where he took that back: he reads so above the question, which waits for something else.
pub async fn media(ctx: &Ctx) -> Result<bool> {
    let purpose = Purpose::Media;
    if consent::given(&ctx.store, &ctx.actor, purpose).await? {
        return Ok(true);
    }
    let refused = Reply::Refused {
        refusal: Refusal::NoConsent { purpose },
        task_id: None,
    };
    ctx.explain(refused).await.map(|()| false)
}
