//! The report as Markdown.

use super::super::StudentError;
use super::config::{Arm, Experiment, Learns};
use super::data::Reads;
use super::outcome::{Outcome, Part, Value};
use super::stats::Measure;
use crate::synth::scenes::Split;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Under which an experiment was done; said above the tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// What was typed.
    pub command: String,
    /// Version of the program.
    pub version: String,
    /// Processor and cores.
    pub hardware: String,
    /// Day on which the tables were written.
    pub date: String,
}

/// What each table says of a split.
const NOTE: &str = "\
Percent; in brackets the 95 % interval over samples (bootstrap over questions, of presence and captions over
pictures), after ± half of the 95 % interval over seeds (t). Of each training the step that was best in
validation counts. *most frequent* and *wording* guess without the image: the most frequent answer of
training, of all or of the question's wording.
";

/// All tables. `complete` tells whether all trainings are done.
pub(super) fn markdown(
    outcome: &Outcome<'_>,
    reads: &BTreeMap<&str, Reads>,
    circumstances: &Circumstances,
    complete: bool,
) -> Result<String, StudentError> {
    let experiment = outcome.experiment;
    let mut text = format!("# {}\n\n", line(&experiment.title));
    let seeds: Vec<String> = experiment.seeds.iter().map(u64::to_string).collect();
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(
        text,
        "`{}` · {} · {} · fact {}\n",
        line(&circumstances.command),
        circumstances.date,
        line(&circumstances.hardware),
        circumstances.version
    );
    let _ = writeln!(
        text,
        "{} training questions, scenes of seed {}, seeds of students {}; vocabulary of {} tokens.\n",
        outcome.data.about.len(),
        experiment.scenes.seed,
        seeds.join(", "),
        outcome.data.vocabulary.pieces.size(),
    );
    if !complete {
        text.push_str("**Not all trainings are done; the same command goes on.**\n\n");
    }
    text.push_str(NOTE);
    starts(&mut text, outcome);
    filtered(&mut text, outcome);
    for size in &experiment.sizes {
        let size = size.to_string();
        let _ = writeln!(text, "\n## Size {size}");
        cost(&mut text, outcome, reads, &size)?;
        let splits: Vec<Split> = outcome.data.tests.iter().map(|test| test.split).collect();
        let whole = |split: &Split| Part {
            split: *split,
            family: None,
        };
        let accuracy = [Split::Iid, Split::Pairs, Split::Forms, Split::Length];
        let asked: Vec<Split> = splits
            .iter()
            .copied()
            .filter(|s| accuracy.contains(s))
            .collect();
        let columns: Vec<Column> = asked
            .iter()
            .map(|s| Column::new(s.name(), whole(s), Measure::Accuracy))
            .collect();
        table(&mut text, outcome, &size, "Right answers", &columns);
        leads(&mut text, outcome, &size, &columns);
        let presence = [
            Split::PresenceRandom,
            Split::PresencePopular,
            Split::PresenceAdversarial,
        ];
        let mut columns = Vec::new();
        for split in splits.iter().filter(|s| presence.contains(s)) {
            let kind = split.name().trim_start_matches("presence-");
            columns.push(Column::new(kind, whole(split), Measure::Balanced));
            let name = format!("{kind}, false yes");
            columns.push(Column::new(&name, whole(split), Measure::FalseYes));
        }
        let title = "Presence: balanced accuracy, and yes where the answer is no";
        table(&mut text, outcome, &size, title, &columns);
        let leading: Vec<Column> = columns
            .into_iter()
            .filter(|c| c.measure == Measure::Balanced)
            .collect();
        leads(&mut text, outcome, &size, &leading);
        let columns: Vec<Column> = splits
            .iter()
            .filter(|split| **split == Split::Captions)
            .flat_map(|split| {
                [Measure::Objects, Measure::Captions, Measure::Named]
                    .map(|measure| Column::new(measure.name(), whole(split), measure))
            })
            .collect();
        let title = "Captions: objects that are not there";
        table(&mut text, outcome, &size, title, &columns);
        let families: Vec<Column> = outcome
            .families(Split::Iid)
            .into_iter()
            .map(|family| {
                let part = Part {
                    split: Split::Iid,
                    family: Some(family.clone()),
                };
                Column::new(&family, part, Measure::Accuracy)
            })
            .collect();
        table(
            &mut text,
            outcome,
            &size,
            "Families, in distribution",
            &families,
        );
        curves(&mut text, outcome, &size)?;
    }
    Ok(text)
}

/// The students that all arms begin with.
fn starts(text: &mut String, outcome: &Outcome<'_>) {
    let Some(start) = &outcome.experiment.start else {
        return;
    };
    let _ = writeln!(
        text,
        "\nAll arms of a size and seed begin with the same student: it learned to describe {} other training\n\
         pictures, {} steps at rate {}, of which the best in validation counts.",
        start.samples, start.steps, start.rate
    );
    head(
        text,
        "Students to begin with",
        "size",
        &[
            "seed",
            "step",
            "surprise of a described token, nats",
            "tokens, million",
            "minutes",
        ],
    );
    let Experiment { sizes, seeds, .. } = outcome.experiment;
    let each = sizes
        .iter()
        .flat_map(|&size| seeds.iter().map(move |&seed| (size, seed)));
    for begun in each.filter_map(|of| outcome.starts.get(&of)) {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {:.3} | {:.2} | {:.1} |",
            begun.size,
            begun.seed,
            begun.step,
            begun.surprise,
            begun.tokens as f64 / 1e6,
            begun.seconds / 60.0
        );
    }
}

/// What verifiers said of the rationales, and how many of them each arm with rules learns.
fn filtered(text: &mut String, outcome: &Outcome<'_>) {
    let filter = outcome.filter;
    if filter.counts.is_empty() {
        return;
    }
    head(
        text,
        "Rationales by what verifiers answered",
        "arm",
        &["rules", "kept", "rejected", "not scored", "learned"],
    );
    for (name, counts) in &filter.counts {
        let arm = outcome.experiment.arms.iter().find(|arm| arm.name == *name);
        let rules = arm.map(|arm| arm.keep.join(", ")).unwrap_or_default();
        let _ = writeln!(
            text,
            "| {name} | {} | {} | {} | {} | {} |",
            rules.replace('>', "\\>"),
            counts.kept,
            counts.rejected,
            counts.unscored,
            counts.learned
        );
    }
    for effect in &filter.effects {
        let _ = writeln!(text, "\n```\n{}```", effect.text());
    }
}

/// A column of a table.
struct Column {
    name: String,
    part: Part,
    measure: Measure,
}

impl Column {
    fn new(name: &str, part: Part, measure: Measure) -> Self {
        Self {
            name: name.to_owned(),
            part,
            measure,
        }
    }
}

/// What arms cost.
fn cost(
    text: &mut String,
    outcome: &Outcome<'_>,
    reads: &BTreeMap<&str, Reads>,
    size: &str,
) -> Result<(), StudentError> {
    head(
        text,
        "Trainings",
        "arm",
        &[
            "with a text, %",
            "tokens of it",
            "parameters",
            "rates tried (best validation, %)",
            "steps",
            "tokens, million",
            "minutes",
            "plateau left at step",
        ],
    );
    for arm in &outcome.experiment.arms {
        let done = outcome.of(&arm.name, size);
        let (Some(first), Some(reads)) = (done.first(), reads.get(arm.name.as_str())) else {
            continue;
        };
        let n = done.len() as f64;
        let seconds: f64 = done.iter().map(|d| d.record.seconds).sum();
        let tried: Vec<String> = outcome
            .done
            .iter()
            .filter(|d| d.cell.arm.name == arm.name && d.cell.size.to_string() == size)
            .filter(|d| d.cell.seed == first.cell.seed)
            .map(|d| format!("{} ({:.1})", d.cell.rate, d.record.best_right * 100.0))
            .collect();
        let mut left = Vec::new();
        for done in &done {
            left.push(plateau(outcome, &done.curve()?));
        }
        let _ = writeln!(
            text,
            "| {} | {:.0} | {:.1} | {} | {} | {} | {:.2} | {:.1} | {} |",
            arm.name,
            reads.texts * 100.0,
            reads.length,
            first.record.parameters,
            tried.join(", "),
            first.cell.steps,
            first.record.tokens as f64 / 1e6,
            seconds / n / 60.0,
            left.join(", "),
        );
    }
    Ok(())
}

/// The first validation that is five points above guessing by the wording: there the student sees.
fn plateau(outcome: &Outcome<'_>, curve: &[super::cell::Point]) -> String {
    let part = Part {
        split: Split::Iid,
        family: None,
    };
    let Some(blind) = outcome.guessed(true, &part, Measure::Accuracy) else {
        return "?".into();
    };
    let left = curve
        .iter()
        .find(|point| point.right * 100.0 > blind.value + 5.0);
    left.map_or("never".into(), |point| point.step.to_string())
}

/// The title of a table, and its head: what its rows are of, and its columns.
fn head(text: &mut String, title: &str, rows: &str, columns: &[&str]) {
    let _ = writeln!(
        text,
        "\n### {title}\n\n| {rows} | {} |",
        columns.join(" | ")
    );
    let _ = writeln!(text, "|---{}|", "|---".repeat(columns.len()));
}

/// A line an arm.
fn table(text: &mut String, outcome: &Outcome<'_>, size: &str, title: &str, columns: &[Column]) {
    if columns.is_empty() {
        return;
    }
    let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
    head(text, title, "arm", &names);
    let mut row = |name: &str, values: Vec<Option<Value>>| {
        if values.iter().any(Option::is_some) {
            let cells: Vec<String> = values.into_iter().map(shown).collect();
            let _ = writeln!(text, "| {name} | {} |", cells.join(" | "));
        }
    };
    for (name, by_wording) in [("*most frequent*", false), ("*wording*", true)] {
        let values = columns
            .iter()
            .map(|c| outcome.guessed(by_wording, &c.part, c.measure));
        row(name, values.collect());
    }
    for arm in &outcome.experiment.arms {
        let values = columns
            .iter()
            .map(|c| outcome.value(&arm.name, size, &c.part, c.measure));
        row(&arm.name, values.collect());
    }
}

/// How far arms that learn rationales lead each other arm.
fn leads(text: &mut String, outcome: &Outcome<'_>, size: &str, columns: &[Column]) {
    let arms = &outcome.experiment.arms;
    let of_fact = |arm: &&Arm| matches!(arm.learns, Learns::Fact | Learns::Grounded);
    let facts = arms.iter().filter(of_fact);
    let mut rows = String::new();
    for fact in facts {
        for other in arms.iter().filter(|other| other.name != fact.name) {
            let values: Vec<Option<Value>> = columns
                .iter()
                .map(|c| outcome.lead(&fact.name, &other.name, size, &c.part, c.measure))
                .collect();
            if values.iter().any(Option::is_some) {
                let cells: Vec<String> = values.into_iter().map(shown).collect();
                let _ = writeln!(
                    rows,
                    "| {} − {} | {} |",
                    fact.name,
                    other.name,
                    cells.join(" | ")
                );
            }
        }
    }
    if !rows.is_empty() {
        let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
        head(text, "Lead, in points, paired", "arm", &names);
        text.push_str(&rows);
    }
}

/// Validation at equal steps, and at equal tokens.
fn curves(text: &mut String, outcome: &Outcome<'_>, size: &str) -> Result<(), StudentError> {
    let mut all = Vec::new();
    for arm in &outcome.experiment.arms {
        let mut seeds = Vec::new();
        for done in outcome.of(&arm.name, size) {
            seeds.push(done.curve()?);
        }
        if !seeds.is_empty() {
            all.push((arm.name.as_str(), seeds));
        }
    }
    let ends = || {
        all.iter()
            .flat_map(|(_, seeds)| seeds.iter().filter_map(|curve| curve.last()))
    };
    let (Some(steps), Some(tokens)) = (
        ends().map(|point| point.step).min(),
        ends().map(|point| point.tokens).min(),
    ) else {
        return Ok(());
    };
    let title = "Validation on the way, right answers, %";
    let at_tokens = format!("after {:.2} million tokens", tokens as f64 / 1e6);
    head(
        text,
        title,
        "arm",
        &[
            &format!("after {steps} steps"),
            &at_tokens,
            "best",
            "at the end",
        ],
    );
    for (name, seeds) in &all {
        let mean = |value: &dyn Fn(&[super::cell::Point]) -> Option<f64>| {
            let values: Option<Vec<f64>> = seeds.iter().map(|curve| value(curve)).collect();
            values.map_or("none yet".to_owned(), |values| {
                let sum: f64 = values.iter().sum();
                format!("{:.1}", 100.0 * sum / values.len() as f64)
            })
        };
        let last = |keep: &dyn Fn(&super::cell::Point) -> bool, curve: &[super::cell::Point]| {
            curve
                .iter()
                .rev()
                .find(|point| keep(point))
                .map(|point| point.right)
        };
        let _ = writeln!(
            text,
            "| {name} | {} | {} | {} | {} |",
            mean(&|curve| last(&|point| point.step <= steps, curve)),
            mean(&|curve| last(&|point| point.tokens <= tokens, curve)),
            mean(&|curve| curve.iter().map(|point| point.right).max_by(f64::total_cmp)),
            mean(&|curve| curve.last().map(|point| point.right)),
        );
    }
    let _ = writeln!(
        text,
        "\nOn the way the learning rate is still high: what a training of that length would reach is more. \
         Curves: `curves-{size}-steps.svg`, `curves-{size}-tokens.svg`."
    );
    Ok(())
}

fn shown(value: Option<Value>) -> String {
    let Some(value) = value else {
        return String::new();
    };
    let mut text = format!("{:.1}", value.value);
    if let Some((low, high)) = value.interval {
        let _ = write!(text, " [{low:.1}, {high:.1}]");
    }
    if let Some(half) = value.seeds {
        let _ = write!(text, " ±{half:.1}");
    }
    text
}

/// On one line, without what Markdown would read as more.
fn line(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain
        .filter(|c| !matches!(c, '`' | '|' | '<' | '>'))
        .collect()
}
