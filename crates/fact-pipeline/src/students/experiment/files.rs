//! What came out, as CSV and as curves.

use super::super::StudentError;
use super::super::teach::write;
use super::outcome::{Outcome, Part, Value, measures};
use super::stats::Measure;
use fact_student::plot::{Chart, Series};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Writes all files but the tables in words. Names of arms are plain, so that nothing needs quotes.
pub(super) fn write_files(outcome: &Outcome<'_>, folder: &Path) -> Result<(), StudentError> {
    write(&folder.join("results.csv"), results(outcome).as_bytes())?;
    write(&folder.join("cells.csv"), cells(outcome).as_bytes())?;
    curves(outcome, folder)
}

/// A line a measure of a part.
fn results(outcome: &Outcome<'_>) -> String {
    let mut text =
        "size,arm,split,family,measure,value,low,high,seeds,half_over_seeds\n".to_owned();
    let mut line =
        |size: &str, arm: &str, part: &Part, measure: Measure, n: usize, value: Value| {
            let family = part.family.as_deref().unwrap_or("all");
            let (low, high) = match value.interval {
                Some((low, high)) => (format!("{low:.2}"), format!("{high:.2}")),
                None => Default::default(),
            };
            let half = value
                .seeds
                .map_or(String::new(), |half| format!("{half:.2}"));
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{size},{arm},{},{family},{},{:.2},{low},{high},{n},{half}",
                part.split.name(),
                measure.name(),
                value.value,
            );
        };
    for test in &outcome.data.tests {
        let mut parts = vec![None];
        if measures(test.split) == [Measure::Accuracy] {
            parts.extend(outcome.families(test.split).into_iter().map(Some));
        }
        for family in parts {
            let part = Part {
                split: test.split,
                family,
            };
            for &measure in measures(test.split) {
                for (name, by_wording) in [("(most frequent)", false), ("(wording)", true)] {
                    if let Some(value) = outcome.guessed(by_wording, &part, measure) {
                        line("", name, &part, measure, 0, value);
                    }
                }
                for size in &outcome.experiment.sizes {
                    for arm in outcome.experiment.arms_of(*size) {
                        let size = size.to_string();
                        let seeds = outcome.of(&arm.name, &size).len();
                        if let Some(value) = outcome.value(&arm.name, &size, &part, measure) {
                            line(&size, &arm.name, &part, measure, seeds, value);
                        }
                    }
                }
            }
        }
    }
    text
}

/// A line a training, those at rates that were not chosen too.
fn cells(outcome: &Outcome<'_>) -> String {
    let mut text =
        "size,arm,seed,rate,steps,parameters,best_step,validation,tokens,seconds\n".to_owned();
    for done in outcome.done {
        let (cell, record) = (&done.cell, &done.record);
        let _ = writeln!(
            text,
            "{},{},{},{},{},{},{},{:.2},{},{:.0}",
            cell.size,
            cell.arm.name,
            cell.seed,
            cell.rate,
            cell.steps,
            record.parameters,
            record.best_step,
            record.best_right * 100.0,
            record.tokens,
            record.seconds,
        );
    }
    text
}

/// Validations over steps and over tokens: a line each, and charts of the chosen rates, the mean over seeds.
fn curves(outcome: &Outcome<'_>, folder: &Path) -> Result<(), StudentError> {
    let mut text = "size,arm,seed,rate,step,tokens,seconds,validation\n".to_owned();
    for done in outcome.done {
        let cell = &done.cell;
        for point in done.curve()? {
            let _ = writeln!(
                text,
                "{},{},{},{},{},{},{:.0},{:.2}",
                cell.size,
                cell.arm.name,
                cell.seed,
                cell.rate,
                point.step,
                point.tokens,
                point.seconds,
                point.right * 100.0,
            );
        }
    }
    write(&folder.join("curves.csv"), text.as_bytes())?;
    for size in &outcome.experiment.sizes {
        let size = size.to_string();
        let (mut by_step, mut by_token) = (Vec::new(), Vec::new());
        for arm in &outcome.experiment.arms {
            let all = outcome.of(&arm.name, &size);
            if all.is_empty() {
                continue;
            }
            let mut points: BTreeMap<u64, Vec<(f64, f64)>> = BTreeMap::new();
            for done in &all {
                for point in done.curve()? {
                    let seen = (point.tokens as f64, point.right * 100.0);
                    points.entry(point.step).or_default().push(seen);
                }
            }
            points.retain(|_, of_seeds| of_seeds.len() == all.len());
            let mean = |values: &[(f64, f64)]| {
                let n = values.len() as f64;
                let sum = values
                    .iter()
                    .fold((0.0, 0.0), |s, v| (s.0 + v.0, s.1 + v.1));
                (sum.0 / n, sum.1 / n)
            };
            let means: Vec<(u64, (f64, f64))> =
                points.iter().map(|(step, v)| (*step, mean(v))).collect();
            by_step.push(Series {
                name: arm.name.clone(),
                points: means
                    .iter()
                    .map(|&(step, (_, right))| (step as f64, right))
                    .collect(),
            });
            by_token.push(Series {
                name: arm.name.clone(),
                points: means.iter().map(|&(_, point)| point).collect(),
            });
        }
        for (name, x, series) in [
            ("steps", "step", by_step),
            ("tokens", "tokens of text", by_token),
        ] {
            let chart = Chart {
                title: format!("Validation, size {size}"),
                x: x.into(),
                y: "right at once, %".into(),
                log_x: false,
                series,
            };
            let path = folder.join(format!("curves-{size}-{name}.svg"));
            write(&path, chart.svg().as_bytes())?;
        }
    }
    Ok(())
}
