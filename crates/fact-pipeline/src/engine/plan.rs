//! What a session will reuse and do again, said before it is done; then what is there is made ready
//! for it.

use super::again::verified;
use super::propose::Proposing;
use super::scope::{BANK, Fate, Numbers, Scope, basis};
use super::{Index, RunError, Setup};
use crate::reporter::Reporter;
use crate::store::{Difference, Held, Kept, Redo, Stock, StockOfCalls, StoreError, Writer};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

/// Binds the store to the run's settings: says what of an earlier session stays, and what is done
/// again. With other settings that is refused unless the setup says to [`redo`](Setup::redo). Returns
/// whether it is done: not so if the run was stopped, and then nothing is changed.
pub(super) fn settle(
    setup: &Setup,
    index: &Index,
    writer: &mut Writer,
    reporter: &dyn Reporter,
    stop: &AtomicBool,
) -> Result<bool, RunError> {
    let settings = setup.settings(index);
    let mut different = writer.compare(&settings)?;
    let stock = writer.stock()?;
    let was = writer.basis()?;
    let now = basis(setup, index);
    different.extend(other_bank(&different, &was, &now));
    if different.is_empty() {
        writer.bind(&settings)?;
        if was != now {
            writer.keep_basis(&now)?;
        }
        if stock != Stock::default() {
            for line in resumed(setup, &stock) {
                reporter.noted(&line);
            }
            if setup.redo {
                reporter.noted("--redo: no setting differs, so nothing is done again");
            }
        }
        return Ok(true);
    }
    let scope = Scope::of(setup, &different, &was, &now);
    let mut groups = Vec::new();
    let mut numbers = Numbers {
        questions: index.group_count() as u64,
        ..Numbers::default()
    };
    writer.for_each_held(|held| {
        let fate = scope.fate(&held, index);
        numbers.add(fate);
        groups.push((held, fate));
    })?;
    let plan = redone(setup, scope, &numbers, &stock);
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
    let done = writer.redo(|redo| -> Result<_, RunError> {
        redo.bind(&settings, &now)?;
        if scope.is_all() {
            redo.drop_all()?;
            return Ok(Some(None));
        }
        redo.drop_rounds_after(scope.last_round())?;
        let mut verified = Verified::default();
        for (held, fate) in &groups {
            if stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            settle_group(setup, redo, held, *fate, &mut verified)?;
        }
        Ok(Some(Some(verified)))
    })?;
    match done {
        None => return Ok(false),
        Some(Some(verified)) if numbers.verified > 0 => reporter.noted(&verified.line()),
        Some(_) => {}
    }
    Ok(true)
}

/// How many groups were verified again on the spot.
#[derive(Default)]
struct Verified {
    /// Those of which every explanation stays.
    stay: u64,
    /// Those with samples that have to be run again.
    due: u64,
    /// These samples.
    samples: u64,
}

impl Verified {
    fn line(&self) -> String {
        format!(
            "verified from what is stored: {} questions keep their explanations, of {} more {} \
             samples are run and explained again",
            self.stay, self.due, self.samples
        )
    }
}

/// Makes a group, or what is kept of one, ready for the new settings.
fn settle_group(
    setup: &Setup,
    redo: &Redo<'_>,
    held: &Held,
    fate: Fate,
    verified_so_far: &mut Verified,
) -> Result<(), RunError> {
    match (fate, held.kept) {
        (Fate::Stays, _) => {}
        (Fate::Dropped, Some(_)) => redo.forget(held.key)?,
        (Fate::Dropped, None) => redo.drop_group(held.key)?,
        (Fate::Kept { programs, runs }, Some(_)) => redo.limit_kept(held.key, programs, runs)?,
        (Fate::Kept { programs, runs }, None) => {
            let group = redo.stored(held)?.group;
            let kept = Kept {
                programs,
                runs,
                group,
            };
            redo.keep(held, &kept)?;
        }
        (Fate::Verified, _) => {
            let stored = redo.stored(held)?;
            match verified(setup, &stored) {
                Some((rows, due)) if due.is_empty() => {
                    verified_so_far.stay += 1;
                    redo.rewrite(&rows)?;
                }
                found => {
                    verified_so_far.due += 1;
                    let all = stored.samples.len();
                    verified_so_far.samples += found.map_or(all, |(_, due)| due.len()) as u64;
                    let kept = Kept {
                        programs: true,
                        runs: true,
                        group: stored.group,
                    };
                    redo.keep(held, &kept)?;
                }
            }
        }
    }
    Ok(())
}

/// Another bank where no proposer tells of it: phrases are learnt from it all the same.
fn other_bank(
    different: &[Difference],
    was: &BTreeMap<String, String>,
    now: &BTreeMap<String, String>,
) -> Option<Difference> {
    let told = different.iter().any(|d| d.key.starts_with("propose"));
    let (was, now) = was.get(BANK).zip(now.get(BANK))?;
    (!told && was != now).then(|| Difference {
        key: BANK.to_owned(),
        was: was.clone(),
        now: now.clone(),
    })
}

/// What a session with the same settings builds on.
fn resumed(setup: &Setup, stock: &Stock) -> Vec<String> {
    let mut lines = vec![format!(
        "in the store: {} questions with {} samples and {} rationales; they are not done again",
        stock.questions, stock.samples, stock.rationales
    )];
    if stock.kept > 0 {
        lines.push(format!(
            "kept from other settings: {} questions, of which only what changes is done again",
            stock.kept
        ));
    }
    lines.extend(answers(setup, stock));
    lines
}

/// What other settings keep and what they do again.
fn redone(setup: &Setup, scope: Scope, numbers: &Numbers, stock: &Stock) -> Vec<String> {
    let mut lines = numbers.lines();
    if scope.other_probes && !scope.is_all() {
        lines.push(
            "the scenes of other questions that programs are tried on are others in this data set: \
             so all stored programs are run again"
                .to_owned(),
        );
    }
    if stock.bridged > 0 {
        lines.push(format!(
            "{} rationales were written anew by a language model: done again where a question is, \
             from stored answers where the rationale stays the same",
            stock.bridged
        ));
    }
    if stock.transfers > 0 {
        lines.push(format!(
            "{} scores of verifiers: taken out where a question is done again; `fact transfer` makes \
             them again, from stored answers where the rationale stays the same",
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
