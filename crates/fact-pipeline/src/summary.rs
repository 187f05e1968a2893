//! The summary of a run: `summary.json` and its terminal form. Derived from the store, so that an
//! interrupted and resumed run has the same as an undisturbed one.

use crate::config::LlmConfig;
use crate::export::AtomicFile;
use crate::report::Report;
use crate::store::{Account, BridgeCounts, Counts, Reader, Reduction, StoreError};
use crate::terminal::one_line;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Name of the file in the run's folder.
pub const FILE_NAME: &str = "summary.json";

/// Version of the form; 1 had neither `agreement` nor `report`.
const VERSION: u32 = 2;

/// Counts of a run; `docs/formats.md` says what each means.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Version of this form.
    pub version: u32,
    /// Whether everything is in the store ([`Reader::is_complete`]).
    pub complete: bool,
    /// Samples by how far they came.
    pub funnel: Funnel,
    /// Candidate programs.
    pub candidates: Candidates,
    /// Questions: groups of sibling samples.
    pub questions: Questions,
    /// Samples that were not accepted, by `stage:reason`.
    pub failures: BTreeMap<String, u64>,
    /// How often answers are right, and how far confidence can be trusted.
    pub truth: Truth,
    /// What was asked of language models for programs, if any was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language_model: Option<Account>,
    /// How much slicing left out; `None` if there is no rationale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reduction: Option<Reduction>,
    /// What a language model made of the rationales, if one was asked to write them anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bridge: Option<BridgeCounts>,
    /// Whether the data set agrees with its own annotations; `None` if it was not compared.
    pub agreement: Option<Agreement>,
    /// Funnels, losses and cost.
    pub report: Report,
    /// What the results depend on.
    pub settings: BTreeMap<String, String>,
}

/// How often answers are right, and how far confidence can be trusted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Truth {
    /// Samples whose label is known.
    pub labelled: u64,
    /// Of those: the chosen program's answer is right. Their share is NLVR's accuracy.
    pub right: u64,
    /// Questions with a label.
    pub questions: u64,
    /// Of those: right on all samples that have one. Their share is NLVR's consistency.
    pub consistent: u64,
    /// What was accepted is right in general with this probability: the mean confidence.
    pub expected_precision: Option<f64>,
    /// Accepted samples with siblings that were hidden when programs were chosen.
    pub tested: u64,
    /// Of those: the program is right on all samples of its question.
    pub tested_right: u64,
}

/// Samples by how far they came: each number is part of the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Funnel {
    /// Malformed records, which are no samples.
    pub skipped_records: u64,
    /// Samples.
    pub samples: u64,
    /// Their question's program returned an answer.
    pub v0: u64,
    /// The answer is right.
    pub v1: u64,
    /// And the program is right on all sibling samples it was chosen on.
    pub v2: u64,
    /// Right on its image and confident enough for the precision asked for; 0 if none was.
    pub v3: u64,
    /// Accepted by the run's rule.
    pub accepted: u64,
    /// With rationale and certificate.
    pub rationales: u64,
}

/// Candidate programs, each counted once per question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Candidates {
    /// Proposed.
    pub proposed: u64,
    /// Of those: parsed.
    pub parsed: u64,
    /// Of those: returned on some sample.
    pub ran: u64,
    /// Of those: right on some sample.
    pub right: u64,
}

/// Whether a data set's answers are what its functional programs find in its annotations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Agreement {
    /// Samples by status; `docs/store.md` lists them.
    pub samples: BTreeMap<String, u64>,
    /// Errors of the data set by kind; `data_errors.jsonl` lists them.
    pub errors: BTreeMap<String, u64>,
    /// Operations that the data set does not document, and how often each is used.
    pub unknown_operations: BTreeMap<String, u64>,
}

/// Questions: groups of sibling samples.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Questions {
    /// All.
    pub total: u64,
    /// With two scenes or more.
    pub with_siblings: u64,
    /// Some candidate is right on all samples.
    pub oracle: u64,
    /// The chosen program is right on all samples.
    pub chosen_right: u64,
    /// Questions with siblings for which a program was chosen by its first scene alone.
    pub chosen_by_one_scene: u64,
    /// Of those: that program is right on every sample of the other scenes.
    pub chosen_by_one_scene_holds: u64,
}

impl Summary {
    /// From a store.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read(reader: &Reader) -> Result<Self, StoreError> {
        let counts: Counts = reader.counts()?;
        let settings = reader.settings()?;
        let [v0, v1, v2, v3] = counts.levels;
        Ok(Self {
            version: VERSION,
            complete: reader.is_complete()?,
            funnel: Funnel {
                skipped_records: counts.read_errors,
                samples: counts.samples,
                v0,
                v1,
                v2,
                v3,
                accepted: counts.accepted,
                rationales: counts.rationales,
            },
            candidates: Candidates {
                proposed: counts.candidates,
                parsed: counts.candidates_parsed,
                ran: counts.candidates_ran,
                right: counts.candidates_right,
            },
            questions: Questions {
                total: counts.questions,
                with_siblings: counts.questions_with_siblings,
                oracle: counts.oracle,
                chosen_right: counts.chosen_right,
                chosen_by_one_scene: counts.one_chosen,
                chosen_by_one_scene_holds: counts.one_holds,
            },
            failures: counts.failures,
            truth: Truth {
                labelled: counts.labelled,
                right: counts.answered_right,
                questions: counts.labelled_questions,
                consistent: counts.consistent_questions,
                expected_precision: counts.expected_precision,
                tested: counts.accepted_with_hidden,
                tested_right: counts.accepted_hold,
            },
            language_model: reader.account()?,
            reduction: reader.reduction()?,
            bridge: reader.bridge_counts()?,
            agreement: reader.agreement_counts()?.map(|counts| Agreement {
                samples: counts.samples,
                errors: counts.errors,
                unknown_operations: counts.unknown_operations,
            }),
            report: Report::read(reader)?.settled(),
            settings,
        })
    }

    /// With the cost of what language models were asked, if the prices are given.
    #[must_use]
    pub fn priced(mut self, config: &LlmConfig) -> Self {
        let rationales = self.funnel.rationales;
        if let Some(account) = &mut self.language_model {
            let cost = config.priced(account.prompt_tokens, account.completion_tokens);
            account.cost = cost;
            account.cost_per_rationale = cost
                .filter(|_| rationales > 0)
                .map(|cost| cost / rationales as f64);
        }
        self
    }

    /// With the cost that the summary in a run's folder has, as long as the tokens are the same: prices are
    /// known only to who pays them. Without such a summary there is no cost.
    #[must_use]
    pub fn priced_as(mut self, folder: &Path) -> Self {
        let written = std::fs::read(folder.join(FILE_NAME)).ok();
        let written = written.and_then(|text| serde_json::from_slice::<Value>(&text).ok());
        let written = written.as_ref().and_then(|v| v.get("language_model"));
        if let (Some(account), Some(written)) = (&mut self.language_model, written) {
            let same = |key: &str, n: u64| written.get(key).and_then(Value::as_u64) == Some(n);
            if same("prompt_tokens", account.prompt_tokens)
                && same("completion_tokens", account.completion_tokens)
            {
                let told = |key: &str| written.get(key).and_then(Value::as_f64);
                account.cost = told("cost");
                account.cost_per_rationale = told("cost_per_rationale");
            }
        }
        self
    }

    /// Writes `summary.json` into the run's folder, and returns its path.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<PathBuf> {
        let path = folder.join(FILE_NAME);
        let mut file = AtomicFile::create(&path)?;
        serde_json::to_writer_pretty(&mut file, self)?;
        file.write_all(b"\n")?;
        file.commit()?;
        Ok(path)
    }

    /// For a terminal: some 20 lines. `seconds` and `session` (samples done in them) give the speed.
    pub fn text(&self, seconds: f64, session: u64) -> String {
        let mut out = String::new();
        let f = &self.funnel;
        let mut line = |name: &str, n: u64, of: u64, note: &str| {
            let share = if of == 0 {
                "      ".to_owned()
            } else {
                format!("{:5.1}%", 100.0 * n as f64 / of as f64)
            };
            let _ = writeln!(out, "  {name:<24}{n:>9}  {share}  {note}");
        };
        line("samples", f.samples, 0, "");
        if f.skipped_records > 0 {
            line(
                "skipped records",
                f.skipped_records,
                0,
                "malformed; see read_errors in run.db",
            );
        }
        line("V0 ran", f.v0, f.samples, "the program returned an answer");
        line("V1 right", f.v1, f.samples, "the answer is right");
        line(
            "V2 right on siblings",
            f.v2,
            f.samples,
            "and so are all siblings'",
        );
        if f.v3 > 0 {
            line(
                "V3 confident",
                f.v3,
                f.samples,
                "enough for the precision asked for",
            );
        }
        line("accepted", f.accepted, f.samples, "");
        line("rationales", f.rationales, f.samples, "");
        let c = &self.candidates;
        line("candidates", c.proposed, 0, "");
        line("  parsed", c.parsed, c.proposed, "");
        line("  ran", c.ran, c.proposed, "on some sample");
        line("  right", c.right, c.proposed, "on some sample");
        if let Some(r) = self.reduction {
            line(
                "statements kept",
                r.statements_kept,
                r.statements,
                "by the slices",
            );
            line(
                "  events",
                r.events_kept,
                r.events,
                "that answers depend on",
            );
            line(
                "  tool calls",
                r.tool_calls_kept,
                r.tool_calls,
                "of the residuals",
            );
        }
        let q = &self.questions;
        line("questions", q.total, 0, "");
        line(
            "  oracle",
            q.oracle,
            q.total,
            "some candidate is right on all samples",
        );
        line(
            "  chosen",
            q.chosen_right,
            q.total,
            "the chosen program is right on all samples",
        );
        if q.with_siblings > 0 {
            line(
                "  chosen by one scene",
                q.chosen_by_one_scene_holds,
                q.chosen_by_one_scene,
                "and right on all other scenes",
            );
        }
        let t = &self.truth;
        let hidden = self
            .settings
            .get("answers")
            .is_some_and(|a| a.contains("hide"));
        if hidden && t.labelled > 0 {
            line(
                "right answers",
                t.right,
                t.labelled,
                "of samples with a label",
            );
            line(
                "  all of a question",
                t.consistent,
                t.questions,
                "of its questions",
            );
        }
        if let (Some(expected), true) = (t.expected_precision, t.tested > 0) {
            let note = format!(
                "accepted and right on hidden siblings; expected {:.1}%",
                100.0 * expected
            );
            line("precision", t.tested_right, t.tested, &note);
        }
        let mut failures: Vec<(&String, &u64)> = self.failures.iter().collect();
        failures.sort_by_key(|(name, n)| (std::cmp::Reverse(**n), name.as_str()));
        for (name, n) in failures {
            line(&format!("failed {name}"), *n, f.samples, "");
        }
        if let Some(agreement) = &self.agreement {
            for (kind, n) in &agreement.errors {
                line(&format!("data set: {kind}"), *n, f.samples, "");
            }
            for (operation, n) in &agreement.unknown_operations {
                let operation = one_line(operation);
                line(&format!("  {operation}"), *n, 0, "unknown operation");
            }
        }
        if let (Some(expected), 0) = (t.expected_precision, t.tested)
            && f.v3 > 0
        {
            let _ = writeln!(
                out,
                "  precision expected {:.1}%; no labels of hidden siblings to measure it by",
                100.0 * expected
            );
        }
        for funnel in &self.report.proposers {
            let proposer = format!("by {}", one_line(&funnel.proposer));
            let _ = writeln!(out, "  {proposer:<24}{}", funnel.short());
        }
        if let Some(bridge) = &self.bridge {
            out.push_str(&bridge_text(bridge));
        }
        if let Some(account) = &self.language_model {
            out.push_str(&account_text(account));
        }
        if seconds > 0.0 && session > 0 {
            let rationales = f.rationales as f64 * session as f64 / f.samples.max(1) as f64;
            let _ = writeln!(
                out,
                "  {seconds:.1} s for {session} samples: {:.0} samples/s, {:.0} rationales/s",
                session as f64 / seconds,
                rationales / seconds,
            );
        }
        out
    }
}

/// What a model made of the rationales, in a line.
fn bridge_text(bridge: &BridgeCounts) -> String {
    let mut out = format!(
        "  bridge: {} rewritten by {}, {} refused",
        bridge.rewritten,
        one_line(&bridge.model),
        bridge.refused
    );
    if !bridge.differences.is_empty() {
        let kinds = bridge.differences.iter();
        let kinds: Vec<String> = kinds.map(|(kind, n)| format!("{kind} {n}")).collect();
        let _ = write!(out, " ({})", kinds.join(", "));
    }
    let _ = write!(out, ", {} failed", bridge.failed);
    if bridge.open > 0 {
        let _ = write!(out, ", {} open", bridge.open);
    }
    out.push('\n');
    out
}

/// The account of language models, three lines at most.
fn account_text(account: &Account) -> String {
    let a = account;
    let mut parts = vec![format!("{} completions asked for", a.asked)];
    let counts = [
        (a.answered, "answered"),
        (a.reused, "of them taken over"),
        (a.failed, "failed"),
        (a.empty, "empty or refused"),
        (a.cut, "cut off"),
        (a.unanswered, "open"),
    ];
    let told = counts.into_iter().filter(|(count, _)| *count > 0);
    parts.extend(told.map(|(count, what)| format!("{count} {what}")));
    let mut out = format!("  language model: {}\n", parts.join(", "));
    let untold = match a.untold {
        0 => String::new(),
        n => format!(" (and those of {n} completions, which the server does not tell)"),
    };
    let _ = writeln!(
        out,
        "  paid for: {} prompt and {} completion tokens{untold}",
        a.prompt_tokens, a.completion_tokens
    );
    if let Some(cost) = a.cost {
        let each = match a.cost_per_rationale {
            Some(each) => format!(", {each:.4} a rationale"),
            None => String::new(),
        };
        let _ = writeln!(out, "  cost: {cost:.2}{each}");
    }
    out
}
