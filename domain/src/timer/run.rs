//! What is done when a timer of the domain's own has fallen due.

use super::{Claim, Due, fired};
use crate::{
    Result, Store, Tx, assignment, broadcast, check_in, digest, drill, duty, edge, emergency,
    estimate, figures, outbox, position, prune, remind, shift::absence, task::load,
};

/// Does what a timer of the domain's own stands for; fetching files and safety copies are not among them.
pub async fn run(store: &Store, claim: &Claim) -> Result<()> {
    let claim = claim.clone();
    store
        .write(move |tx| {
            Box::pin(async move {
                lock(tx, &claim.due).await?;
                if !fired(tx, claim.id).await? {
                    return Ok(());
                }
                match claim.due {
                    Due::Ack { assignment_id } => assignment::overdue(tx, assignment_id).await,
                    Due::Refresh { task_id } => outbox::refresh_cards(tx, task_id).await,
                    Due::LeaveCards { leave_id } => outbox::refresh_leave(tx, leave_id).await,
                    Due::Edge { agent_id } => edge::passed(tx, agent_id, claim.due_at).await,
                    Due::SosWait { emergency_id } => emergency::wait_over(tx, emergency_id).await,
                    Due::EmergencyRing { emergency_id } => {
                        emergency::ring_over(tx, emergency_id).await
                    }
                    Due::EmergencyBack {
                        emergency_id,
                        since,
                    } => emergency::ring_silent(tx, emergency_id, since).await,
                    Due::EmergencyHelper {
                        emergency_id,
                        agent_id,
                    } => emergency::goes_or_not(tx, emergency_id, agent_id).await,
                    Due::EmergencyCards { emergency_id } => {
                        emergency::refresh_cards(tx, emergency_id).await
                    }
                    Due::Remind {
                        task_id,
                        what,
                        again,
                    } => remind::passed(tx, task_id, what, again).await,
                    Due::Estimate { kind_id } => estimate::refresh(tx, kind_id).await,
                    Due::Morning => digest::good_morning(tx, claim.due_at).await,
                    Due::Changeover { unit_id, .. } => digest::changed(tx, claim.id, unit_id).await,
                    Due::Missing {
                        unit_id,
                        at,
                        unheard,
                        told_at,
                    } => {
                        let unheard = unheard.then_some(told_at);
                        absence::told(tx, claim.id, (unit_id, at), unheard).await
                    }
                    Due::Trim => position::trim(tx).await,
                    Due::BroadcastAsk {
                        broadcast_id,
                        after,
                    } => broadcast::ask_on(tx, broadcast_id, after).await,
                    Due::BroadcastShown {
                        broadcast_id,
                        after,
                    } => broadcast::show_end(tx, broadcast_id, after).await,
                    Due::BroadcastRound { broadcast_id } => {
                        broadcast::round_over(tx, broadcast_id).await
                    }
                    Due::BroadcastHeld { broadcast_id } => {
                        broadcast::held_over(tx, broadcast_id).await
                    }
                    Due::BroadcastEnd { broadcast_id } => {
                        broadcast::expired(tx, broadcast_id).await
                    }
                    Due::BroadcastTold { broadcast_id } => {
                        broadcast::tell_progress(tx, broadcast_id).await
                    }
                    Due::BroadcastBack {
                        broadcast_id,
                        since,
                        after,
                    } => broadcast::ring_page(tx, broadcast_id, since, after).await,
                    Due::BroadcastFiles {
                        broadcast_id,
                        after,
                        first,
                    } => broadcast::files_on(tx, broadcast_id, after, first).await,
                    Due::Drill { drill_id } => drill::hold(tx, drill_id).await,
                    Due::CheckInRound { check_in_id } => {
                        check_in::round_over(tx, check_in_id).await
                    }
                    Due::CheckInSilence { check_in_id } => {
                        check_in::silence_over(tx, check_in_id).await
                    }
                    Due::CheckInReach {
                        check_in_id,
                        away_seconds,
                    } => check_in::review(tx, check_in_id, away_seconds).await,
                    Due::CheckInEnd { check_in_id } => check_in::time_over(tx, check_in_id).await,
                    Due::Figures => figures::keep(tx).await,
                    Due::Prune => prune::prune(tx).await,
                    Due::Fetch { .. }
                    | Due::Export { .. }
                    | Due::ExportGone { .. }
                    | Due::Backup
                    | Due::Sweep => Ok(()),
                }
            })
        })
        .await
}

/// Takes the locks in the order in which people take them: the subject first, then its timer.
async fn lock(tx: &Tx, due: &Due) -> Result<()> {
    match due {
        Due::Ack { assignment_id } => assignment::lock_task_of(tx, *assignment_id).await,
        Due::Edge { agent_id } => duty::locked(tx, *agent_id).await.map(drop),
        Due::SosWait { emergency_id }
        | Due::EmergencyRing { emergency_id }
        | Due::EmergencyBack { emergency_id, .. }
        | Due::EmergencyHelper { emergency_id, .. } => {
            emergency::lock(tx, *emergency_id).await.map(drop)
        }
        Due::Remind { task_id, .. } => load::hold(tx, *task_id).await,
        Due::Changeover { unit_id, .. }
        | Due::Missing {
            unit_id: Some(unit_id),
            ..
        } => digest::lock(tx, *unit_id).await,
        Due::BroadcastRound { broadcast_id }
        | Due::BroadcastHeld { broadcast_id }
        | Due::BroadcastEnd { broadcast_id }
        | Due::BroadcastAsk { broadcast_id, .. }
        | Due::BroadcastFiles { broadcast_id, .. }
        // Also what only shows the end: the sender refreshes the same messages, in the order in which they were taken.
        | Due::BroadcastShown { broadcast_id, .. }
        | Due::BroadcastBack { broadcast_id, .. } => {
            broadcast::lock(tx, *broadcast_id).await.map(drop)
        }
        Due::Drill { drill_id } => drill::lock(tx, *drill_id).await.map(drop),
        Due::CheckInRound { check_in_id }
        | Due::CheckInSilence { check_in_id }
        | Due::CheckInReach { check_in_id, .. }
        | Due::CheckInEnd { check_in_id } => check_in::lock(tx, *check_in_id).await.map(drop),
        Due::Refresh { .. }
        | Due::LeaveCards { .. }
        | Due::Missing { unit_id: None, .. }
        | Due::EmergencyCards { .. }
        | Due::BroadcastTold { .. }
        | Due::Fetch { .. }
        | Due::Estimate { .. }
        | Due::Morning
        | Due::Trim
        | Due::Export { .. }
        | Due::ExportGone { .. }
        | Due::Figures
        | Due::Prune
        | Due::Backup
        | Due::Sweep => Ok(()),
    }
}
