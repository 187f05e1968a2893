//! The loss of a batch and its gradients: `L = mean over examples of (L_label + λ · L_rationale)`.
//!
//! `L_label` is the mean negative log-probability of the answer's tokens, `L_rationale` that of the
//! rationale's and of the answer after it; it is 0 where an example has no rationale. Examples count by
//! their weight. The batch is sorted by length and cut into blocks, so that little is computed on what only
//! fills rows up; since the loss is a sum over examples, neither changes it.

use crate::config::ModelConfig;
use crate::layout::{Block, Row};
use crate::model::{ModelError, Network, Place, numbers};
use crate::weights::Weights;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Gradients by the parameter's name.
pub type Gradients = BTreeMap<String, Vec<f32>>;

/// What a batch came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Losses {
    /// `L_label + λ · L_rationale`.
    pub total: f64,
    /// `L_label`, over all examples.
    pub label: f64,
    /// `L_rationale`, over all examples: those without one count as 0.
    pub rationale: f64,
    /// Share of the examples, by weight, whose answer at once is right in all tokens when each is asked for
    /// after the right ones before it; that is, the share that greedy decoding answers right.
    pub right: f64,
    /// Tokens of text that went through the network.
    pub tokens: u64,
}

/// How to compute.
#[derive(Debug, Clone, Copy)]
pub struct Computing {
    /// λ.
    pub lambda: f64,
    /// Rows of a block.
    pub rows: usize,
    /// Blocks at once. Changes nothing in the results.
    pub threads: usize,
    /// Where.
    pub place: Place,
}

/// One block's part of a batch.
struct Part {
    losses: Losses,
    gradients: Option<Gradients>,
}

/// The losses of a batch, without gradients.
///
/// # Errors
/// If the weights do not fit the model, or the device fails.
pub fn losses(
    config: &ModelConfig,
    weights: &Weights,
    rows: &[&Row],
    computing: Computing,
) -> Result<Losses, ModelError> {
    let mut losses = Losses::default();
    for part in parts(config, weights, rows, computing, false)? {
        losses.add(&part.losses);
    }
    Ok(losses)
}

/// The losses of a batch and its gradients.
///
/// # Errors
/// If the weights do not fit the model, or the device fails.
pub fn gradients(
    config: &ModelConfig,
    weights: &Weights,
    rows: &[&Row],
    computing: Computing,
) -> Result<(Losses, Gradients), ModelError> {
    let mut losses = Losses::default();
    let mut sum: Option<Gradients> = None;
    // In the order of the blocks, whoever computed them: sums of floating-point numbers depend on it.
    for part in parts(config, weights, rows, computing, true)? {
        losses.add(&part.losses);
        let Some(gradients) = part.gradients else {
            continue;
        };
        match &mut sum {
            None => sum = Some(gradients),
            Some(sum) => {
                for (total, more) in sum.values_mut().zip(gradients.values()) {
                    for (total, more) in total.iter_mut().zip(more) {
                        *total += more;
                    }
                }
            }
        }
    }
    Ok((losses, sum.unwrap_or_default()))
}

impl Losses {
    fn add(&mut self, other: &Self) {
        self.total += other.total;
        self.label += other.label;
        self.rationale += other.rationale;
        self.right += other.right;
        self.tokens += other.tokens;
    }
}

fn parts(
    config: &ModelConfig,
    weights: &Weights,
    rows: &[&Row],
    computing: Computing,
    learns: bool,
) -> Result<Vec<Part>, ModelError> {
    let mut sorted: Vec<&Row> = rows.to_vec();
    sorted.sort_by_key(|row| row.tokens.len());
    let weight: f64 = rows.iter().map(|row| f64::from(row.weight)).sum();
    // All weights 0: nothing counts, and nothing is divided by 0.
    let each = if weight > 0.0 { 1.0 / weight } else { 0.0 };
    let blocks: Vec<&[&Row]> = sorted.chunks(computing.rows.max(1)).collect();
    let work = |network: &Network, rows: &[&Row]| {
        part(config, network, rows, each, computing.lambda, learns)
    };
    // A network of its own for each thread: graphs that share a parameter are one graph to burn, and
    // going back through one of them ends the others.
    let network = || Network::new(*config, weights, computing.place, learns);
    if computing.threads <= 1 || blocks.len() <= 1 {
        let network = network()?;
        return blocks
            .into_iter()
            .map(|rows| work(&network, rows))
            .collect();
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..computing.threads.min(blocks.len()) {
            scope.spawn(|| {
                let network = network();
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(rows) = blocks.get(index) else {
                        return;
                    };
                    let part = match &network {
                        Ok(network) => work(network, rows),
                        Err(error) => Err(error.clone()),
                    };
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.insert(index, part);
                }
            });
        }
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.into_values().collect()
}

fn part(
    config: &ModelConfig,
    network: &Network,
    rows: &[&Row],
    each: f64,
    lambda: f64,
    learns: bool,
) -> Result<Part, ModelError> {
    let block = Block::new(rows, config, each as f32, (each * lambda) as f32);
    let (surprise, gradients, right) = if learns {
        let (loss, surprise) = network.loss(&block)?;
        let surprise = numbers(surprise)?;
        let mut all = loss.backward();
        let mut gradients = Gradients::new();
        for (name, parameter) in network.parameters() {
            // No gradient means that nothing in this block depends on it, as on unused positions.
            let gradient = match parameter.grad_remove(&mut all) {
                Some(gradient) => numbers(gradient)?,
                None => vec![0.0; parameter.shape().num_elements()],
            };
            gradients.insert(name.clone(), gradient);
        }
        (surprise, Some(gradients), 0.0)
    } else {
        let likely = network.log_probabilities(&block)?;
        let vocabulary = config.vocabulary;
        let likely = numbers(likely)?;
        let mut surprise = Vec::with_capacity(block.said.len());
        let mut first = Vec::with_capacity(block.said.len());
        for (row, &said) in likely.chunks_exact(vocabulary).zip(&block.said) {
            let at = row.get(said as usize).copied().unwrap_or(f32::NAN);
            surprise.push(-at);
            // NaN is the largest of nothing.
            first.push(row.iter().all(|&other| other <= at));
        }
        let mut right = 0.0;
        let mut first = first.into_iter();
        for row in rows {
            let mut all = true;
            for target in &row.targets {
                let first = first.next().unwrap_or(false);
                all &= first || !target.label;
            }
            if all {
                right += f64::from(row.weight) * each;
            }
        }
        (surprise, None, right)
    };
    let mut losses = Losses {
        right,
        tokens: rows.iter().map(|row| row.tokens.len() as u64).sum(),
        ..Losses::default()
    };
    let mut surprise = surprise.into_iter();
    for row in rows {
        for target in &row.targets {
            let surprise = f64::from(surprise.next().unwrap_or(f32::NAN));
            let loss = surprise * f64::from(target.share) * f64::from(row.weight) * each;
            if target.label {
                losses.label += loss;
            } else {
                losses.rationale += loss;
            }
        }
    }
    losses.total = losses.label + lambda * losses.rationale;
    Ok(Part { losses, gradients })
}
