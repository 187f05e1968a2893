//! What other settings leave of a run: which stages they matter to, and what so becomes of each
//! group that the store holds.

use super::{Index, Setup};
use crate::back_end::BackEnd;
use crate::store::{Difference, Held};
use std::collections::BTreeMap;

/// The stages that a setting can matter to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Nothing that was made with another value is of use.
    All,
    /// Which records there are.
    Read,
    Propose,
    Execute,
    Verify,
    /// How many rounds of learning there are.
    Rounds,
}

impl Stage {
    /// The first stage that a setting matters to, repairs left out.
    fn of(setting: &str) -> Self {
        let (first, rest) = setting.split_once('.').unwrap_or((setting, ""));
        match (first, rest) {
            ("limit", _) | ("data", "samples" | "sha256") => Self::Read,
            ("propose" | "candidates", _) => Self::Propose,
            ("perception" | "limits" | "seed", _) => Self::Execute,
            ("visible" | "accept" | "siblings" | "answers" | "calibration", _) => Self::Verify,
            ("rounds", _) => Self::Rounds,
            // Data set, pack and program version matter to everything.
            _ => Self::All,
        }
    }

    /// Whether a failed program that a proposer is shown again depends on it.
    fn matters_to_repairs(setting: &str) -> bool {
        let (first, _) = setting.split_once('.').unwrap_or((setting, ""));
        matches!(
            first,
            "perception" | "limits" | "visible" | "siblings" | "answers"
        )
    }
}

/// What results depend on besides the settings that a store is bound to, by name.
pub(super) fn basis(setup: &Setup, index: &Index) -> BTreeMap<String, String> {
    let bank = setup.bank.as_ref().map_or("none", |bank| bank.sha256());
    let probes = match setup.perception {
        BackEnd::Local { .. } => index.probes_sha256.as_str(),
        // Looking at other scenes would cost something: worlds stand in for them.
        BackEnd::Remote(_) => "none",
    };
    [(BANK, bank), (PROBES, probes)]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
}

/// The exemplars that phrases are learnt from, whoever proposes.
pub(super) const BANK: &str = "bank.sha256";
/// The scenes that candidates are tried on besides their own.
const PROBES: &str = "probes.sha256";

/// Which stages the new settings matter to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Scope {
    /// To everything.
    all: bool,
    /// There are other records.
    read: bool,
    propose: bool,
    execute: bool,
    verify: bool,
    /// To what the rounds of learning after the first found.
    rounds: bool,
    /// Groups of later rounds than this are done again.
    last_round: u32,
    /// Other scenes are what candidates are tried on.
    pub(super) other_probes: bool,
}

/// What becomes of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It stays as it is.
    Stays,
    /// It is verified again, from what is stored.
    Verified,
    /// It is done again, with what holds of it: the programs, or what they did.
    Kept {
        /// Whether the programs hold.
        programs: bool,
        /// Whether what they did holds.
        runs: bool,
    },
    /// It is done again as a whole.
    Dropped,
}

impl Scope {
    /// Of the differences `different` in the settings, where the results so far depend on
    /// `was` besides.
    pub(super) fn of(
        setup: &Setup,
        different: &[Difference],
        was: &BTreeMap<String, String>,
        now: &BTreeMap<String, String>,
    ) -> Self {
        let mut scope = Self {
            last_round: u32::try_from(setup.config.rounds).unwrap_or(u32::MAX),
            ..Self::default()
        };
        let repairs = setup.proposers.iter().any(|proposer| proposer.repairs());
        for Difference { key, was, now } in different {
            scope.propose |= repairs && Stage::matters_to_repairs(key);
            match Stage::of(key) {
                Stage::All if key == BANK => scope.execute = true,
                Stage::All => scope.all = true,
                Stage::Read => scope.read = true,
                Stage::Propose => scope.propose = true,
                Stage::Execute => scope.execute = true,
                Stage::Verify => scope.verify = true,
                Stage::Rounds => {}
            }
            // Whether data set and annotations agree is told where the data set's programs are taken.
            let gold = |proposers: &str| proposers.contains("\"gold\"");
            scope.execute |= key == "propose" && gold(was) != gold(now);
        }
        // Where a version before wrote the store, it does not tell: what may differ does.
        let differs = |key: &str, may: bool| match was.get(key) {
            Some(was) => Some(was) != now.get(key),
            None => may,
        };
        let other_probes = differs(PROBES, scope.read);
        scope.other_probes = other_probes && scope.read;
        scope.execute |= other_probes || differs(BANK, scope.propose);
        scope.rounds = scope.all || scope.read || scope.propose || scope.execute || scope.verify;
        scope
    }

    /// Whether nothing of what is there is of use.
    pub(super) fn is_all(self) -> bool {
        self.all || (self.propose && self.execute)
    }

    /// The last round of learning whose results stay.
    pub(super) fn last_round(self) -> u32 {
        if self.rounds { 1 } else { self.last_round }
    }

    /// What becomes of a group, or of what is kept of one.
    pub(super) fn fate(self, held: &Held, index: &Index) -> Fate {
        let same_records = || {
            let place = index.group(&held.name);
            place.map(|(first, samples)| (first, u64::from(samples)))
                == Some((held.key, held.samples))
                && held.records.is_some()
                && held.records == index.records(&held.name)
        };
        if self.is_all()
            || held.unreached
            || held.round > self.last_round()
            || (self.read && !same_records())
        {
            return Fate::Dropped;
        }
        let (programs, runs) = held.kept.unwrap_or((true, true));
        let (programs, runs) = (programs && !self.propose, runs && !self.execute);
        match (programs, runs) {
            (false, false) => Fate::Dropped,
            (true, true) if held.kept.is_none() && !self.verify => Fate::Stays,
            (true, true) if held.kept.is_none() => Fate::Verified,
            (programs, runs) => Fate::Kept { programs, runs },
        }
    }
}

/// What becomes of all groups, in numbers of questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Numbers {
    /// All questions of the data set.
    pub(super) questions: u64,
    /// Those that stay as they are.
    pub(super) stay: u64,
    /// Those that are verified again from what is stored.
    pub(super) verified: u64,
    /// Those whose programs and what they did are kept from a session that was interrupted.
    pub(super) taken_up: u64,
    /// Those whose programs are run again.
    pub(super) executed: u64,
    /// Those for which programs are proposed again.
    pub(super) proposed: u64,
    /// Those of which nothing is of use.
    pub(super) dropped: u64,
}

impl Numbers {
    /// Counts one more.
    pub(super) fn add(&mut self, fate: Fate) {
        match fate {
            Fate::Stays => self.stay += 1,
            Fate::Verified => self.verified += 1,
            Fate::Kept {
                programs: true,
                runs: true,
            } => self.taken_up += 1,
            Fate::Kept { programs: true, .. } => self.executed += 1,
            Fate::Kept { .. } => self.proposed += 1,
            Fate::Dropped => self.dropped += 1,
        }
    }

    /// A line for each stage: how many questions stay, and how many are done again.
    pub(super) fn lines(&self) -> Vec<String> {
        let held = self
            .questions
            .min(self.stay + self.verified + self.taken_up + self.executed + self.proposed);
        // What is of no use, and what was never there.
        let whole = self.questions - held;
        let line = |stage: &str, stay: u64, again: u64, how: &str| {
            let how = if again > 0 { how } else { "" };
            format!("{stage}: {stay} questions stay, {again} are done{how}")
        };
        let compared = ", where the programs are new";
        vec![
            line("proposing", held - self.proposed, whole + self.proposed, ""),
            match self.proposed {
                0 => line("executing", held - self.executed, whole + self.executed, ""),
                _ => line(
                    "executing",
                    held - self.executed - self.proposed,
                    whole + self.executed + self.proposed,
                    compared,
                ),
            },
            line("verifying", self.stay, self.questions - self.stay, ""),
            line(
                "explaining",
                self.stay,
                self.questions - self.stay,
                ", where choice, answer or acceptance are new",
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_has_the_stage_that_it_matters_to_first() {
        for (setting, stage) in [
            ("data", Stage::All),
            ("data.sha256", Stage::Read),
            ("fact.version", Stage::All),
            ("pack.sha256", Stage::All),
            ("limit", Stage::Read),
            ("propose.llm.fingerprint+", Stage::Propose),
            ("candidates", Stage::Propose),
            ("perception.fingerprint", Stage::Execute),
            ("limits", Stage::Execute),
            ("accept", Stage::Verify),
            ("calibration.sha256", Stage::Verify),
            ("rounds", Stage::Rounds),
            ("something.new", Stage::All),
        ] {
            assert_eq!(Stage::of(setting), stage, "{setting}");
        }
        assert!(Stage::matters_to_repairs("perception.fingerprint"));
        assert!(!Stage::matters_to_repairs("accept"));
    }
}
