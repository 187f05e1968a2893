//! Sums over units, and the measures made of them.

use serde::Serialize;
use std::collections::BTreeMap;

/// Which values of a measure are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// Greater ones.
    Higher,
    /// Smaller ones.
    Lower,
    /// Neither: the measure describes.
    Neither,
}

/// One of the sums of a tally, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell(usize);

/// How a value is made of sums. The scripts differ in the order of operations, and so in the last
/// digit.
#[derive(Debug, Clone, PartialEq)]
pub enum Formula {
    /// A sum as it is.
    Sum(Cell),
    /// `of / by`.
    Share {
        /// What is divided.
        of: Cell,
        /// What it is divided by.
        by: Cell,
    },
    /// `(100 * of) / by`.
    Percent {
        /// What is divided.
        of: Cell,
        /// What it is divided by.
        by: Cell,
    },
    /// `(of / by) * 100`.
    MeanTimes100 {
        /// What is divided.
        of: Cell,
        /// What it is divided by.
        by: Cell,
    },
    /// The square root of `of / by`.
    Root {
        /// What is divided.
        of: Cell,
        /// What it is divided by.
        by: Cell,
    },
    /// The harmonic mean of `hits / said` and `hits / there`.
    Harmonic {
        /// True positives.
        hits: Cell,
        /// All that was predicted positive.
        said: Cell,
        /// All that is positive.
        there: Cell,
    },
    /// The mean of `(100 * of) / by` over the pairs (of, by); none if one of them has none.
    MeanPercent(Vec<(Cell, Cell)>),
    /// Chi-square of pairs (expected, observed), a list a group, averaged over the groups by what
    /// is expected in them, and divided by 100.
    ChiSquare(Vec<Vec<(Cell, Cell)>>),
}

/// A value that a metric has.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// What is broken down, such as `answer type`; `None` for the values over everything.
    pub part: Option<&'static str>,
    /// Its name, or that of the part.
    pub name: String,
    /// Which values are good.
    pub better: Better,
    /// How it is made.
    pub formula: Formula,
    /// Decimals that the official script rounds the value itself to.
    pub rounded: Option<usize>,
}

/// What was predicted, as sums over units.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    unit: &'static str,
    units: Vec<Vec<(Cell, f64)>>,
    cells: usize,
    measures: Vec<Measure>,
    parts: BTreeMap<(&'static str, String), (Cell, Cell)>,
}

impl Tally {
    /// Without units. `unit` names one: what is drawn in a bootstrap.
    pub fn new(unit: &'static str) -> Self {
        Self {
            unit,
            units: Vec::new(),
            cells: 0,
            measures: Vec::new(),
            parts: BTreeMap::new(),
        }
    }

    /// What a unit is, in the singular.
    pub fn unit(&self) -> &'static str {
        self.unit
    }

    /// Number of units.
    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// Whether there are no units.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// The measures, in the order in which they are told.
    pub fn list(&self) -> &[Measure] {
        &self.measures
    }

    /// A new sum.
    pub(super) fn cell(&mut self) -> Cell {
        self.cells += 1;
        Cell(self.cells - 1)
    }

    /// A new unit; its place.
    pub(super) fn begin(&mut self) -> usize {
        self.units.push(Vec::new());
        self.units.len() - 1
    }

    /// Adds to a sum what `unit` has.
    pub(super) fn add(&mut self, unit: usize, cell: Cell, value: f64) {
        if value != 0.0 {
            self.units[unit].push((cell, value));
        }
    }

    /// Tells of a value over everything.
    pub(super) fn measure(&mut self, name: &str, better: Better, formula: Formula) {
        self.measures.push(Measure {
            part: None,
            name: name.to_owned(),
            better,
            formula,
            rounded: None,
        });
    }

    /// Adds a score of `unit` to the part `name` of a breakdown: to its sum and its count.
    pub(super) fn score(&mut self, unit: usize, part: &'static str, name: &str, score: f64) {
        let key = (part, name.to_owned());
        let (of, by) = match self.parts.get(&key) {
            Some(cells) => *cells,
            None => {
                let cells = (self.cell(), self.cell());
                self.parts.insert(key, cells);
                cells
            }
        };
        self.add(unit, of, score);
        self.add(unit, by, 1.0);
    }

    /// Tells of all parts of a breakdown, by name; numbers by value.
    pub(super) fn breakdown(
        &mut self,
        part: &'static str,
        rounded: Option<usize>,
        formula: impl Fn(Cell, Cell) -> Formula,
    ) {
        let of_part = self.parts.iter().filter(|((p, _), _)| *p == part);
        let mut named: Vec<(String, Cell, Cell)> = of_part
            .map(|((_, name), (of, by))| (name.clone(), *of, *by))
            .collect();
        named.sort_by_cached_key(|(name, ..)| (name.parse::<u64>().ok(), name.clone()));
        let measures = named.into_iter().map(|(name, of, by)| Measure {
            part: Some(part),
            name,
            better: Better::Higher,
            formula: formula(of, by),
            rounded,
        });
        self.measures.extend(measures);
    }

    /// Rounds the last measure as the script does.
    pub(super) fn round_last(&mut self, decimals: usize) {
        if let Some(last) = self.measures.last_mut() {
            last.rounded = Some(decimals);
        }
    }

    /// The sums over all units, in order.
    pub(super) fn sums(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.cells];
        for (cell, value) in self.units.iter().flatten() {
            sums[cell.0] += value;
        }
        sums
    }

    /// The sums with each unit taken as often as `times` says; into `sums`.
    pub(super) fn weighted_sums(&self, times: &[u32], sums: &mut Vec<f64>) {
        sums.clear();
        sums.resize(self.cells, 0.0);
        for (unit, times) in self.units.iter().zip(times) {
            if *times > 0 {
                for (cell, value) in unit {
                    sums[cell.0] += f64::from(*times) * value;
                }
            }
        }
    }

    /// The values, one a measure; `None` where the formula divides by nothing.
    pub fn values(&self) -> Vec<Option<f64>> {
        let sums = self.sums();
        let values = self.measures.iter().map(|m| {
            let value = m.formula.of(&sums)?;
            Some(m.rounded.map_or(value, |n| rounded(value, n)))
        });
        values.collect()
    }

    /// How many questions (or captions, objects) each measure is about, where it is a mean.
    pub(super) fn counts(&self) -> Vec<Option<u64>> {
        let sums = self.sums();
        let counts = self.measures.iter().map(|m| match &m.formula {
            Formula::Share { by, .. }
            | Formula::Percent { by, .. }
            | Formula::MeanTimes100 { by, .. }
            | Formula::Root { by, .. } => Some(sums[by.0] as u64),
            Formula::MeanPercent(parts) => {
                Some(parts.iter().map(|(_, by)| sums[by.0] as u64).sum())
            }
            Formula::Sum(_) | Formula::Harmonic { .. } | Formula::ChiSquare(_) => None,
        });
        counts.collect()
    }
}

impl Formula {
    /// The value made of these sums.
    pub(super) fn of(&self, sums: &[f64]) -> Option<f64> {
        let divide = |of: &Cell, by: &Cell| {
            let by = sums[by.0];
            (by != 0.0).then(|| sums[of.0] / by)
        };
        match self {
            Self::Sum(cell) => Some(sums[cell.0]),
            Self::Share { of, by } => divide(of, by),
            Self::Percent { of, by } => {
                let by = sums[by.0];
                (by != 0.0).then(|| 100.0 * sums[of.0] / by)
            }
            Self::MeanTimes100 { of, by } => Some(divide(of, by)? * 100.0),
            Self::Root { of, by } => Some(divide(of, by)?.sqrt()),
            Self::Harmonic { hits, said, there } => {
                let (precision, recall) = (divide(hits, said)?, divide(hits, there)?);
                let sum = precision + recall;
                (sum != 0.0).then(|| 2.0 * precision * recall / sum)
            }
            Self::MeanPercent(parts) => {
                let shares: Option<Vec<f64>> =
                    parts.iter().map(|(of, by)| divide(of, by)).collect();
                let shares = shares?;
                let sum: f64 = shares.iter().map(|share| 100.0 * share).sum();
                (!shares.is_empty()).then(|| sum / shares.len() as f64)
            }
            Self::ChiSquare(groups) => chi_square(groups, sums),
        }
    }
}

fn chi_square(groups: &[Vec<(Cell, Cell)>], sums: &[f64]) -> Option<f64> {
    let (mut total, mut weight) = (0.0, 0.0);
    for group in groups {
        let (mut score, mut size) = (0.0, 0.0);
        for (expected, observed) in group {
            let (expected, observed) = (sums[expected.0], sums[observed.0]);
            // In a resample an answer may be expected nowhere.
            if expected > 0.0 {
                let off = observed - expected;
                score += off * off / expected;
                size += expected;
            }
        }
        total += score * size;
        weight += size;
    }
    (weight != 0.0).then(|| total / weight / 100.0)
}

/// `value` rounded to so many decimals: the nearest decimal number, and the even one of two as
/// near, as Python's `round` has it.
fn rounded(value: f64, decimals: usize) -> f64 {
    // Digits always parse.
    format!("{value:.decimals$}").parse().unwrap_or(value)
}
