//! What must be true of the texts that agents wrote: each became a report once, in the order in which it was written.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use anyhow::Result;

use crate::{cluster::Cluster, load::Member, report::Findings};

/// The texts each agent has written, in order.
#[derive(Default)]
pub struct Texts(Mutex<BTreeMap<i64, Vec<String>>>);

impl Texts {
    /// Lets an agent write the next text.
    pub fn write(&self, member: &Member) -> Result<()> {
        self.write_about(member, "Sin novedad")
    }

    /// Lets an agent write the next text with these words in it.
    pub fn write_about(&self, member: &Member, what: &str) -> Result<()> {
        let mut all = self.all();
        let written = all.entry(member.user_id).or_default();
        let text = format!("{what} {} de {}", written.len(), member.name);
        member.phone.says(&text)?;
        written.push(text);
        Ok(())
    }

    /// Takes the texts with these words out of what must become reports.
    pub fn forget_about(&self, what: &str) {
        for written in self.all().values_mut() {
            written.retain(|text| !text.contains(what));
        }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<i64, Vec<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many were written.
    pub fn count(&self) -> usize {
        self.all().values().map(Vec::len).sum()
    }

    /// Compares with what GAD has made of them.
    pub async fn check(&self, cluster: &Cluster, findings: &mut Findings) -> Result<()> {
        let mut kept: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        let reports = "SELECT user_id, text FROM reports WHERE text IS NOT NULL ORDER BY id";
        for row in cluster.rows(reports).await? {
            let (user, text) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            kept.entry(user).or_default().push(text);
        }
        let verdict = Verdict::of(&self.all(), &kept);
        let Verdict {
            lost,
            doubled,
            strange,
            disordered,
        } = &verdict;
        findings.must(
            lost.is_empty(),
            format!("{} texts lost, such as {:?}", lost.len(), lost.first()),
        );
        findings.must(
            doubled.is_empty(),
            format!(
                "{} texts doubled, such as {:?}",
                doubled.len(),
                doubled.first()
            ),
        );
        findings.must(
            strange.is_empty(),
            format!(
                "{} texts nobody wrote: {:?}",
                strange.len(),
                strange.first()
            ),
        );
        findings.must(
            disordered.is_empty(),
            format!("the texts of {disordered:?} are in another order"),
        );
        Ok(())
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Verdict {
    lost: Vec<String>,
    doubled: Vec<String>,
    strange: Vec<String>,
    /// By user.
    disordered: Vec<i64>,
}

impl Verdict {
    fn of(written: &BTreeMap<i64, Vec<String>>, kept: &BTreeMap<i64, Vec<String>>) -> Self {
        let mut verdict = Self::default();
        let nothing = Vec::new();
        let everybody: std::collections::BTreeSet<&i64> =
            written.keys().chain(kept.keys()).collect();
        for user in everybody {
            let written = written.get(user).unwrap_or(&nothing);
            verdict.judge(*user, written, kept.get(user).unwrap_or(&nothing));
        }
        verdict
    }

    fn judge(&mut self, user: i64, written: &[String], kept: &[String]) {
        let times = |text: &String| kept.iter().filter(|one| *one == text).count();
        self.lost
            .extend(written.iter().filter(|text| times(text) == 0).cloned());
        self.doubled
            .extend(written.iter().filter(|text| times(text) > 1).cloned());
        self.strange
            .extend(kept.iter().filter(|text| !written.contains(text)).cloned());
        let arrived = written.iter().filter(|text| times(text) == 1);
        let once = kept
            .iter()
            .filter(|text| written.contains(text) && times(text) == 1);
        if !arrived.eq(once) {
            self.disordered.push(user);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(user: i64, texts: &[&str]) -> BTreeMap<i64, Vec<String>> {
        [(user, texts.iter().map(ToString::to_string).collect())].into()
    }

    #[test]
    fn every_kind_of_harm_is_told_apart() {
        let written = of(1, &["a", "b", "c"]);
        assert_eq!(Verdict::of(&written, &written), Verdict::default());
        let lost = Verdict::of(&written, &of(1, &["a", "c"]));
        assert_eq!((lost.lost.len(), lost.disordered.len()), (1, 0));
        let doubled = Verdict::of(&written, &of(1, &["a", "b", "b", "c"]));
        assert_eq!((doubled.doubled.len(), doubled.disordered.len()), (1, 0));
        assert_eq!(
            Verdict::of(&written, &of(1, &["b", "a", "c"])).disordered,
            [1]
        );
        assert_eq!(Verdict::of(&written, &of(2, &["a"])).strange, ["a"]);
    }
}
