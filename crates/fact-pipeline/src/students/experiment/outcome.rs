//! Measures of what students answered, and of guessing without the image.

use super::Chosen;
use super::cell::Done;
use super::config::Experiment;
use super::data::{About, Data, Test};
use super::filter::Filter;
use super::start::Starts;
use super::stats::{Measure, Sums, difference, interval, over_seeds, total};
use crate::synth::scenes::Split;
use fact_core::metrics::chair::Vocabulary;
use std::collections::BTreeMap;

/// A value with its intervals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Value {
    /// In percent, over all seeds.
    pub(super) value: f64,
    /// 95 % over samples.
    pub(super) interval: Option<(f64, f64)>,
    /// Half of the 95 % over seeds.
    pub(super) seeds: Option<f64>,
}

/// A part of the tested samples.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Part {
    pub(super) split: Split,
    /// A family of questions, or all.
    pub(super) family: Option<String>,
}

/// All that came out.
pub(super) struct Outcome<'a> {
    pub(super) experiment: &'a Experiment,
    pub(super) data: &'a Data,
    /// What arms with rules keep.
    pub(super) filter: &'a Filter,
    pub(super) starts: &'a Starts,
    /// All trainings, those at rates that were not chosen too.
    pub(super) done: &'a [Done<'a>],
    pub(super) chosen: &'a Chosen,
}

impl<'a> Outcome<'a> {
    pub(super) fn new(
        experiment: &'a Experiment,
        data: &'a Data,
        filter: &'a Filter,
        starts: &'a Starts,
        done: &'a [Done<'a>],
        chosen: &'a Chosen,
    ) -> Self {
        Self {
            experiment,
            data,
            filter,
            starts,
            done,
            chosen,
        }
    }

    /// The trainings of an arm and size at the chosen rate, one a seed.
    pub(super) fn of(&self, arm: &str, size: &str) -> Vec<&'a Done<'a>> {
        let key = (arm.to_owned(), size.to_owned());
        let Some(rate) = self.chosen.get(&key) else {
            return Vec::new();
        };
        let all = self.done.iter().filter(|done| {
            done.cell.arm.name == arm
                && done.cell.size.to_string() == size
                && done.cell.rate.total_cmp(rate).is_eq()
        });
        all.collect()
    }

    /// A measure of an arm and size; none if nothing of it is done, or nothing is there to be measured.
    pub(super) fn value(
        &self,
        arm: &str,
        size: &str,
        part: &Part,
        measure: Measure,
    ) -> Option<Value> {
        let test = self.test(part.split)?;
        let seeds: Vec<Vec<Sums>> = self
            .of(arm, size)
            .iter()
            .map(|done| groups(test, done.answers.get(&part.split)?, part, measure))
            .collect::<Option<_>>()?;
        let all = added(&seeds)?;
        let each: Vec<f64> = seeds.iter().filter_map(|s| measure.of(&total(s))).collect();
        Some(Value {
            value: measure.of(&total(&all))?,
            interval: interval(&all, measure),
            seeds: over_seeds(&each),
        })
    }

    /// How much better an arm is than another of the same size; the seeds' interval is of the differences
    /// seed by seed.
    pub(super) fn lead(
        &self,
        arm: &str,
        other: &str,
        size: &str,
        part: &Part,
        measure: Measure,
    ) -> Option<Value> {
        let test = self.test(part.split)?;
        let of = |name: &str| -> Option<BTreeMap<u64, Vec<Sums>>> {
            let all = self.of(name, size).into_iter().map(|done| {
                let groups = groups(test, done.answers.get(&part.split)?, part, measure)?;
                Some((done.cell.seed, groups))
            });
            all.collect()
        };
        let (mut a, mut b) = (of(arm)?, of(other)?);
        // Seeds that both have.
        a.retain(|seed, _| b.contains_key(seed));
        b.retain(|seed, _| a.contains_key(seed));
        let each: Vec<f64> = a
            .iter()
            .filter_map(|(seed, own)| {
                Some(measure.of(&total(own))? - measure.of(&total(b.get(seed)?))?)
            })
            .collect();
        let [a, b] = [a, b].map(|all| added(&all.into_values().collect::<Vec<_>>()));
        let (a, b) = (a?, b?);
        Some(Value {
            value: measure.of(&total(&a))? - measure.of(&total(&b))?,
            interval: difference(&a, &b, measure),
            seeds: over_seeds(&each),
        })
    }

    /// What one gets without the image: the most frequent answer of training, of all questions or of each
    /// wording.
    pub(super) fn guessed(&self, by_wording: bool, part: &Part, measure: Measure) -> Option<Value> {
        let test = self.test(part.split)?;
        if part.split == Split::Captions {
            return None;
        }
        let mut counts: BTreeMap<Key<'_>, BTreeMap<&str, usize>> = BTreeMap::new();
        for row in &self.data.about {
            for key in keys(row, by_wording) {
                *counts
                    .entry(key)
                    .or_default()
                    .entry(&row.answer)
                    .or_default() += 1;
            }
        }
        let most = |answers: &BTreeMap<&str, usize>| {
            // The first of equally frequent ones.
            let best = answers
                .iter()
                .max_by_key(|(answer, n)| (**n, std::cmp::Reverse(**answer)));
            best.map(|(answer, _)| (*answer).to_owned())
        };
        let answers: Vec<String> = test
            .rows
            .iter()
            .map(|row| {
                // The wording, or if training has none such the family, or all.
                let known = keys(row, by_wording)
                    .into_iter()
                    .find_map(|key| counts.get(&key));
                known.and_then(most).unwrap_or_default()
            })
            .collect();
        let groups = groups(test, &answers, part, measure)?;
        Some(Value {
            value: measure.of(&total(&groups))?,
            interval: interval(&groups, measure),
            seeds: None,
        })
    }

    /// The families of a split, in the order of their names.
    pub(super) fn families(&self, split: Split) -> Vec<String> {
        let rows = self
            .test(split)
            .map_or(&[][..], |test| test.rows.as_slice());
        let all: std::collections::BTreeSet<&str> =
            rows.iter().map(|r| r.family.as_str()).collect();
        all.into_iter().map(str::to_owned).collect()
    }

    pub(super) fn test(&self, split: Split) -> Option<&Test> {
        self.data.tests.iter().find(|test| test.split == split)
    }
}

/// What guesses go by: family, form, wording, each said or not.
type Key<'a> = [Option<&'a str>; 3];

/// From the closest to the widest.
fn keys(row: &About, by_wording: bool) -> Vec<Key<'_>> {
    let (family, form) = (Some(row.family.as_str()), Some(row.form.as_str()));
    match by_wording {
        true => vec![
            [family, form, Some(row.wording.as_str())],
            [family, None, None],
            [None; 3],
        ],
        false => vec![[None; 3]],
    }
}

/// The measures that a split is told by.
pub(super) fn measures(split: Split) -> &'static [Measure] {
    match split {
        Split::PresenceRandom | Split::PresencePopular | Split::PresenceAdversarial => {
            &[Measure::Balanced, Measure::FalseYes]
        }
        Split::Captions => &[Measure::Objects, Measure::Captions, Measure::Named],
        _ => &[Measure::Accuracy],
    }
}

/// Sums of the groups of a part; none if it is empty.
fn groups(test: &Test, answers: &[String], part: &Part, measure: Measure) -> Option<Vec<Sums>> {
    let worlds = matches!(
        measure,
        Measure::Objects | Measure::Captions | Measure::Named
    )
    .then(Vocabulary::worlds);
    let mut groups: BTreeMap<String, Sums> = BTreeMap::new();
    for (at, (row, answer)) in test.rows.iter().zip(answers).enumerate() {
        if part
            .family
            .as_ref()
            .is_some_and(|family| *family != row.family)
        {
            continue;
        }
        let right = answer.trim().eq_ignore_ascii_case(row.answer.trim());
        let is = |is: bool| f64::from(u8::from(is));
        let sums = match measure {
            Measure::Accuracy => [is(right), 1.0, 0.0, 0.0],
            Measure::Balanced | Measure::FalseYes => {
                let yes = row.answer == "yes";
                // All but yes counts as no, as POPE's script has it.
                let says = answer.trim().eq_ignore_ascii_case("yes");
                [is(yes && says), is(yes), is(!yes && !says), is(!yes)]
            }
            Measure::Objects | Measure::Captions | Measure::Named => {
                let there = test.objects.get(at)?;
                let named = worlds.as_ref()?.mentioned(answer);
                let wrong = named.iter().filter(|name| !there.contains(**name)).count();
                [wrong as f64, named.len() as f64, is(wrong > 0), 1.0]
            }
        };
        let group = groups.entry(test.group(row)).or_default();
        for (total, more) in group.iter_mut().zip(sums) {
            *total += more;
        }
    }
    (!groups.is_empty()).then(|| groups.into_values().collect())
}

/// Group by group over seeds.
fn added(seeds: &[Vec<Sums>]) -> Option<Vec<Sums>> {
    let mut all = seeds.first()?.clone();
    for seed in &seeds[1..] {
        for (total, more) in all.iter_mut().zip(seed) {
            for (total, more) in total.iter_mut().zip(more) {
                *total += more;
            }
        }
    }
    Some(all)
}
