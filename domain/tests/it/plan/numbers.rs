//! Overviews, figures, and the lists behind them.

use domain::{
    Actor, Store,
    actor::Level,
    digest,
    figures::{self, Counted, Period, Stretch},
    ledger::{self, Wanted},
    page::Window,
    stats,
    suggestion::{self, SuggestionFilter},
};

use super::next;

/// Overviews and the lists behind them. How few shifts run, SQLite sees only with the values at hand.
pub async fn overviews(store: &Store, actor: &Actor, who: &str, done: &mut impl AsyncFnMut(&str)) {
    for unit_id in [None, Some(7)] {
        let shifts = digest::on_shift(store, actor, unit_id).await;
        shifts.expect("a list");
        done(&format!("who is on shift in {unit_id:?} for {who}")).await;
    }
    // For an admin it counts all agents.
    if actor.level == Level::Supervisor {
        let overview = digest::read(store, actor, None).await;
        overview.expect("an overview");
        done(&format!("the overview for {who}")).await;
    }
}

/// Figures and reports of a month; the sums of the day on which the tasks ended are kept.
pub async fn all(store: &Store, actor: &Actor, who: &str, done: &mut impl AsyncFnMut(&str)) {
    let period = Period::last(store, 30);
    stats::tasks(store, actor).await.expect("counted");
    done(&format!("tasks by status for {who}")).await;
    let work = figures::of_scope(store, actor, period).await;
    work.expect("counted");
    done(&format!("work for {who}")).await;
    let wanted = Wanted {
        period,
        unit_id: None,
    };
    for counted in [Counted::Completed, Counted::Cancelled, Counted::OnTime] {
        let window = Window::first(50);
        let page = figures::tasks(store, actor, counted, wanted, window).await;
        page.expect("a page");
        done(&format!("{counted:?} tasks for {who}")).await;
    }
    let stretch = Stretch::OfferedToAcknowledged;
    let page = figures::answers(store, actor, stretch, wanted, Window::first(50)).await;
    let next = next(page.expect("a page"));
    done(&format!("answers for {who}")).await;
    if let Some(window) = next {
        let page = figures::answers(store, actor, stretch, wanted, window).await;
        page.expect("a page");
        done(&format!("more answers for {who}")).await;
    }
    if !actor.may_command() {
        return;
    }
    suggestions(store, actor, who, done).await;
    if actor.level == Level::Admin {
        let work = figures::of_user(store, actor, 77, period).await;
        work.expect("counted");
        done("work of a person").await;
    }
    let rows = ledger::tasks(store, actor, wanted, None).await;
    rows.expect("a page");
    done(&format!("tasks to report for {who}")).await;
    let rows = ledger::shifts(store, actor, wanted, None).await;
    rows.expect("a page");
    done(&format!("shifts to report for {who}")).await;
}

async fn suggestions(store: &Store, actor: &Actor, who: &str, done: &mut impl AsyncFnMut(&str)) {
    let period = Period::last(store, 30);
    let counted = suggestion::answers(store, actor, period).await;
    counted.expect("counted");
    let filter = SuggestionFilter {
        period,
        status: None,
        kind: None,
        task_id: None,
    };
    let page = suggestion::list(store, actor, filter, Window::first(50)).await;
    page.expect("a page");
    done(&format!("suggestions for {who}")).await;
}
