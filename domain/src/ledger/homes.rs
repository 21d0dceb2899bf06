//! Whose a shift is in a report: of the unit for which it was planned, wherever its agent belongs by now; one that was planned for
//! none, of the units of its agent.

use super::{Key, Scope};
use crate::asked::Asked;

/// The key of its rows.
pub(super) const KEY: (&str, &str) = ("s.starts_at", "s.id");

/// Adds the shifts of a page, each part with this at its end. Says whether there are parts: everywhere is one.
pub(super) fn add(
    asked: &mut Asked,
    scope: &Scope,
    select: &str,
    after: Option<Key>,
    end: &str,
) -> bool {
    if scope.units.is_none() {
        scope.page(asked, select, KEY, after);
        return false;
    }
    asked.add("SELECT * FROM (");
    scope.page(asked, select, KEY, after);
    scope.of_units(asked, "s.unit_id");
    asked.add(&format!("{end}) AS planned UNION ALL SELECT * FROM ("));
    scope.page(asked, select, KEY, after);
    asked.add(" AND s.unit_id IS NULL");
    scope.of_members(asked, "s.agent_id");
    asked.add(&format!("{end}) AS others"));
    true
}
