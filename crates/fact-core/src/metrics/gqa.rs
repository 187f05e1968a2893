//! GQA (Hudson and Manning, "GQA: A New Dataset for Real-World Visual Reasoning and Compositional
//! Question Answering", 2019): the measures of the official `eval.py` (from
//! <https://cs.stanford.edu/people/dorarad/gqa/evaluate.html>; its copies in repositories carry no
//! commit of their own).
//!
//! All but the distribution are in percent and over balanced questions only. *Consistency* of a
//! question that is answered right is the share of the questions it entails that are too. A
//! prediction is *valid* or *plausible* if it is among the choices of that name. *Grounding* is
//! the attention on the regions that the question and its answer are about. *Distribution* is the
//! chi-square between true and predicted answers by group, lower being better.
//!
//! Where a measure has no question the script prints 0; here it has no value.

use super::tally::{Better, Cell, Formula, Tally};
use indexmap::IndexMap;

/// A balanced question with what was predicted.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The right answer.
    pub answer: String,
    /// What was predicted: right only if it is the same text.
    pub prediction: String,
    /// `query` for open questions; any other is binary.
    pub structural: String,
    /// Such as `rel`.
    pub semantic: String,
    /// Number of words.
    pub words: usize,
    /// Number of reasoning steps, by [`is_step`].
    pub steps: usize,
    /// Group of questions whose answers are expected to be distributed alike.
    pub group: Option<String>,
    /// Whether each other question that this one entails is answered right; `None` if consistency
    /// is not asked for.
    pub entailed: Option<Vec<bool>>,
    /// Whether the prediction is valid; `None` without choices.
    pub valid: Option<bool>,
    /// Whether it is plausible; `None` without choices.
    pub plausible: Option<bool>,
    /// The attention on what the question is about, by [`grounding`]; `None` without attention.
    pub grounding: Option<f64>,
}

/// Whether an operation of a question's program is a step of reasoning: those that only ask for
/// existence or a name are not.
pub fn is_step(operation: &str, argument: &str) -> bool {
    let text = format!("{operation}: {argument}");
    let asks = ["exist", "query: name", "choose name"];
    !asks.iter().any(|asks| text.contains(asks))
}

/// A box `[x0, y0, x1, y1]` in shares of the image's width and height.
pub type Region = [f64; 4];

/// Cell (`i`, `j`) of a map of `size` by `size`.
pub fn map_cell(i: usize, j: usize, size: usize) -> Region {
    let edge = 1.0 / size as f64;
    let (i, j) = (i as f64, j as f64);
    [edge * i, edge * j, edge * (i + 1.0), edge * (j + 1.0)]
}

/// The attention on `regions`: of every cell, its attention times the share of it that is inside,
/// summed over regions. Cells must not be empty.
pub fn grounding(regions: &[Region], cells: &[(Region, f64)]) -> f64 {
    let mut sum = 0.0;
    for region in regions {
        for (cell, attention) in cells {
            let shared = overlap(cell, region, 0) * overlap(cell, region, 1);
            let size = (cell[2] - cell[0]) * (cell[3] - cell[1]);
            sum += attention * (shared / size);
        }
    }
    sum
}

/// How much of an axis two boxes share.
fn overlap(a: &Region, b: &Region, axis: usize) -> f64 {
    let (from, to) = (a[axis].max(b[axis]), a[axis + 2].min(b[axis + 2]));
    if to > from { to - from } else { 0.0 }
}

/// A sum and a count, told if anything was counted or always.
struct Mean {
    of: Cell,
    by: Cell,
}

impl Mean {
    fn new(tally: &mut Tally) -> Self {
        Self {
            of: tally.cell(),
            by: tally.cell(),
        }
    }

    fn add(&self, tally: &mut Tally, unit: usize, score: f64) {
        tally.add(unit, self.of, score);
        tally.add(unit, self.by, 1.0);
    }

    fn told(&self, tally: &mut Tally, name: &str) {
        let formula = Formula::MeanTimes100 {
            of: self.of,
            by: self.by,
        };
        tally.measure(name, Better::Higher, formula);
    }
}

/// The parts of a group's histogram: cells of true and predicted answers.
type Histogram = IndexMap<String, (Cell, Cell)>;

/// The unit is the question.
pub fn tally(questions: &[Question]) -> Tally {
    let mut tally = Tally::new("question");
    let names = [
        "binary",
        "open",
        "accuracy",
        "consistency",
        "validity",
        "plausibility",
        "grounding",
    ];
    let means = names.map(|_| Mean::new(&mut tally));
    let [
        binary,
        open,
        accuracy,
        consistency,
        validity,
        plausibility,
        grounding,
    ] = &means;
    // In the order of first mention, as the script's dictionaries: it is the order of additions.
    let mut groups: IndexMap<&str, Histogram> = IndexMap::new();
    for question in questions {
        if let Some(group) = &question.group {
            let group = groups.entry(group).or_default();
            if !group.contains_key(&question.answer) {
                let cells = (tally.cell(), tally.cell());
                group.insert(question.answer.clone(), cells);
            }
        }
    }
    let one = |yes: bool| f64::from(u8::from(yes));
    for question in questions {
        let unit = tally.begin();
        let right = question.prediction == question.answer;
        let score = one(right);
        accuracy.add(&mut tally, unit, score);
        let is_open = question.structural == "query";
        let kind = if is_open { open } else { binary };
        kind.add(&mut tally, unit, score);
        let words = question.words.to_string();
        let steps = question.steps.to_string();
        tally.score(unit, "structural type", &question.structural, score);
        tally.score(unit, "semantic type", &question.semantic, score);
        tally.score(unit, "steps", &steps, score);
        tally.score(unit, "words", &words, score);
        if let Some(valid) = question.valid {
            validity.add(&mut tally, unit, one(valid));
        }
        if let Some(plausible) = question.plausible {
            plausibility.add(&mut tally, unit, one(plausible));
        }
        if let Some(score) = question.grounding {
            grounding.add(&mut tally, unit, score);
        }
        let entailed = question.entailed.as_deref().unwrap_or_default();
        if right && !entailed.is_empty() {
            let hits = entailed.iter().filter(|right| **right).count();
            let share = hits as f64 / entailed.len() as f64;
            consistency.add(&mut tally, unit, share);
        }
        let group = question.group.as_deref().and_then(|g| groups.get(g));
        if let Some(group) = group {
            if let Some((gold, _)) = group.get(&question.answer) {
                tally.add(unit, *gold, 1.0);
            }
            // A prediction that is no answer of the group is in no term of the chi-square.
            if let Some((_, predicted)) = group.get(&question.prediction) {
                tally.add(unit, *predicted, 1.0);
            }
        }
    }
    let asked = [
        true,
        true,
        true,
        questions.iter().any(|q| q.entailed.is_some()),
        questions.iter().any(|q| q.valid.is_some()),
        questions.iter().any(|q| q.plausible.is_some()),
        questions.iter().any(|q| q.grounding.is_some()),
    ];
    for ((name, mean), asked) in names.into_iter().zip(&means).zip(asked) {
        if asked {
            mean.told(&mut tally, name);
        }
    }
    let groups = groups.into_values();
    let groups = groups.map(|group| group.into_values().collect()).collect();
    tally.measure("distribution", Better::Lower, Formula::ChiSquare(groups));
    for part in ["structural type", "semantic type", "steps", "words"] {
        tally.breakdown(part, None, |of, by| Formula::MeanTimes100 { of, by });
    }
    tally
}
