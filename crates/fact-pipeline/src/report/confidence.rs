//! How far confidence can be trusted: held against samples that were hidden from the choice.

use crate::store::{Reader, StoreError};
use fact_core::verify::calibration::{Bin, reliability};
use serde::Serialize;

/// The confidence of a run's chosen programs, over the samples of questions with hidden siblings
/// and known answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Confidence {
    /// Samples.
    pub samples: u64,
    /// Mean squared difference of confidence and truth (Brier, 1950), in [0, 1]; lower is better. A
    /// program is right if it is on all samples of its question.
    pub brier: f64,
    /// The Brier score of always saying the mean.
    pub brier_of_mean: f64,
    /// The reliability diagram.
    pub reliability: Vec<Bin>,
}

impl Confidence {
    /// From a store; `None` where nothing was hidden that could tell.
    pub(super) fn read(reader: &Reader) -> Result<Option<Self>, StoreError> {
        let mut judged: Vec<(f64, bool)> = Vec::new();
        reader.for_each_judged(|confidence, right| judged.push((confidence, right)))?;
        if judged.is_empty() {
            return Ok(None);
        }
        let n = judged.len() as f64;
        let right = judged.iter().filter(|(_, right)| *right).count() as f64 / n;
        let truth = |right: bool| f64::from(u8::from(right));
        let brier = |p: &dyn Fn(f64) -> f64| {
            let each = judged
                .iter()
                .map(|(c, right)| (p(*c) - truth(*right)).powi(2));
            each.sum::<f64>() / n
        };
        Ok(Some(Self {
            samples: judged.len() as u64,
            brier: brier(&|confidence| confidence),
            brier_of_mean: brier(&|_| right),
            reliability: reliability(&judged),
        }))
    }
}
