//! What a session will reuse and do again, said before it is done.

use super::propose::Proposing;
use super::{RunError, Setup};
use crate::reporter::Reporter;
use crate::store::{Difference, Stock, StockOfCalls, StoreError, Writer};
use std::collections::{BTreeMap, BTreeSet};

/// The stages that a setting can be the first to matter to, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Read,
    Propose,
    Execute,
    Verify,
}

impl Stage {
    fn of(setting: &str) -> Self {
        let (first, _) = setting.split_once('.').unwrap_or((setting, ""));
        match first {
            "propose" | "candidates" | "rounds" => Self::Propose,
            "perception" | "limits" | "seed" => Self::Execute,
            "visible" | "accept" | "siblings" | "answers" | "calibration" => Self::Verify,
            // Data set, pack and program version matter to everything.
            _ => Self::Read,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Read => "reading the data set",
            Self::Propose => "proposing",
            Self::Execute => "executing",
            Self::Verify => "verifying",
        }
    }
}

/// Binds the store to the run's settings: says what of an earlier session stays, and what is done
/// again. With other settings that is refused unless the setup says to [`redo`](Setup::redo).
pub(super) fn settle(
    setup: &Setup,
    settings: &BTreeMap<String, String>,
    writer: &mut Writer,
    reporter: &dyn Reporter,
) -> Result<(), RunError> {
    let different = writer.compare(settings)?;
    let stock = writer.stock()?;
    if different.is_empty() {
        writer.bind(settings)?;
        if stock != Stock::default() {
            for line in resumed(setup, &stock) {
                reporter.noted(&line);
            }
        }
        return Ok(());
    }
    let plan = redone(setup, &different, &stock);
    if !setup.redo {
        return Err(RunError::Store(StoreError::OtherSettings {
            path: setup.config.out.clone(),
            different,
            plan,
        }));
    }
    let differences: Vec<String> = different.iter().map(ToString::to_string).collect();
    reporter.noted(&format!("other settings: {}", differences.join("; ")));
    for line in &plan {
        reporter.noted(line);
    }
    writer.begin_again(settings)?;
    Ok(())
}

/// What a session with the same settings builds on.
fn resumed(setup: &Setup, stock: &Stock) -> Vec<String> {
    let mut lines = vec![format!(
        "in the store: {} questions with {} samples and {} rationales; they are not done again",
        stock.questions, stock.samples, stock.rationales
    )];
    lines.extend(answers(setup, stock));
    lines
}

/// What other settings keep and what they do again.
fn redone(setup: &Setup, different: &[Difference], stock: &Stock) -> Vec<String> {
    let first = different.iter().map(|d| Stage::of(&d.key)).min();
    let first = first.unwrap_or(Stage::Read).name();
    let mut lines = vec![format!(
        "done again, from {first} on: {} questions with {} samples and {} rationales",
        stock.questions, stock.samples, stock.rationales
    )];
    if stock.bridged > 0 {
        lines.push(format!(
            "done again: {} rationales written anew by a language model, from stored answers where \
             the rationale stays the same",
            stock.bridged
        ));
    }
    if stock.transfers > 0 {
        lines.push(format!(
            "taken out: {} scores of verifiers; `fact transfer` makes them again, from stored answers \
             where the rationale stays the same",
            stock.transfers
        ));
    }
    lines.extend(answers(setup, stock));
    lines
}

/// What becomes of the answers in the store.
fn answers(setup: &Setup, stock: &Stock) -> Vec<String> {
    let mut asked: BTreeSet<String> = Proposing::fingerprints(&setup.proposers).collect();
    asked.insert(setup.perception.fingerprint().to_owned());
    if let Some(bridge) = &setup.bridge {
        asked.insert(bridge.remote().fingerprint().to_owned());
    }
    let line = |calls: &StockOfCalls| {
        let StockOfCalls {
            fingerprint,
            answered,
            unknown,
        } = calls;
        let what = match asked.contains(fingerprint) {
            true => "used wherever the same is asked",
            false => "kept, but this run does not ask this back end",
        };
        let unknown = match unknown {
            0 => String::new(),
            n => format!("; {n} were sent without an answer coming, and are asked again if needed"),
        };
        format!("stored answers of {fingerprint}: {answered}, {what}{unknown}")
    };
    stock.calls.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_has_the_stage_that_it_matters_to_first() {
        for (setting, stage) in [
            ("data.sha256", Stage::Read),
            ("fact.version", Stage::Read),
            ("pack.sha256", Stage::Read),
            ("limit", Stage::Read),
            ("propose.llm.fingerprint+", Stage::Propose),
            ("candidates", Stage::Propose),
            ("perception.fingerprint", Stage::Execute),
            ("limits", Stage::Execute),
            ("accept", Stage::Verify),
            ("calibration.sha256", Stage::Verify),
        ] {
            assert_eq!(Stage::of(setting), stage, "{setting}");
        }
    }
}
