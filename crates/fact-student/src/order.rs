//! Which examples a step learns from: all once, shuffled, then all again in another order; those of some steps
//! sorted by length, so that little is computed on what only fills rows up.

use crate::random::Stream;

const ORDER: u64 = 2;
const BUCKET: u64 = 4;
/// Steps whose examples are sorted together. More would make batches yet more alike in length, and so in kind
/// of question, for little: at 16 rows a block, 5 % of what is computed fills up (27 % without).
const STEPS: u64 = 8;

/// The examples of each step, a pure function of the seed and the step.
pub(crate) struct Order {
    seed: u64,
    size: u64,
    /// Of each example.
    lengths: Vec<usize>,
    epoch: u64,
    order: Vec<usize>,
    window: Option<u64>,
    batches: Vec<Vec<usize>>,
}

impl Order {
    /// Of batches of `size` of the examples with these lengths, of which there are some.
    pub(crate) fn new(seed: u64, size: usize, lengths: Vec<usize>) -> Self {
        Self {
            seed,
            size: size as u64,
            epoch: 0,
            order: Stream::new(seed, ORDER, 0).order(lengths.len()),
            lengths,
            window: None,
            batches: Vec::new(),
        }
    }

    /// The examples of a step.
    pub(crate) fn batch(&mut self, step: u64) -> Vec<usize> {
        let window = step / STEPS;
        if self.window != Some(window) {
            self.batches = self.sorted(window);
            self.window = Some(window);
        }
        let batch = self.batches.get((step % STEPS) as usize);
        batch.cloned().unwrap_or_default()
    }

    /// The batches of a window: its examples by length, cut, the batches in a random order.
    fn sorted(&mut self, window: u64) -> Vec<Vec<usize>> {
        let (n, all) = (self.lengths.len() as u64, STEPS * self.size);
        let mut examples: Vec<usize> = (window * all..(window + 1) * all)
            .map(|place| {
                if place / n != self.epoch {
                    self.epoch = place / n;
                    self.order = Stream::new(self.seed, ORDER, self.epoch).order(n as usize);
                }
                self.order[(place % n) as usize]
            })
            .collect();
        // Stable: of equal length in the random order.
        examples.sort_by_key(|&example| self.lengths[example]);
        let batches: Vec<&[usize]> = examples.chunks(self.size as usize).collect();
        let shuffled = Stream::new(self.seed, BUCKET, window).order(batches.len());
        shuffled
            .into_iter()
            .map(|at| batches[at].to_vec())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_seen_once_an_epoch_whatever_their_length() {
        let lengths: Vec<usize> = (0..64).map(|i| i * 7 % 13).collect();
        let mut order = Order::new(3, 4, lengths);
        for _ in 0..2 {
            let mut seen: Vec<usize> = (0..16).flat_map(|step| order.batch(step)).collect();
            seen.sort_unstable();
            assert_eq!(seen, (0..64).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_step_does_not_depend_on_the_steps_before() {
        let lengths: Vec<usize> = (0..50).map(|i| i * 7 % 13).collect();
        let mut whole = Order::new(3, 4, lengths.clone());
        let batches: Vec<_> = (0..60).map(|step| whole.batch(step)).collect();
        for step in [0, 7, 8, 31, 59] {
            let mut resumed = Order::new(3, 4, lengths.clone());
            assert_eq!(resumed.batch(step), batches[step as usize]);
        }
    }

    #[test]
    fn batches_are_of_like_length_in_a_random_order() {
        let lengths: Vec<usize> = (0..64).map(|i| i * 7 % 64).collect();
        let mut order = Order::new(0, 8, lengths.clone());
        let batches: Vec<Vec<usize>> = (0..8).map(|step| order.batch(step)).collect();
        let spread = |batch: &[usize]| {
            let of = || batch.iter().map(|&i| lengths[i]);
            of().max().unwrap_or(0) - of().min().unwrap_or(0)
        };
        assert!(batches.iter().all(|batch| spread(batch) == 7));
        let firsts: Vec<usize> = batches.iter().map(|batch| lengths[batch[0]]).collect();
        assert!(!firsts.is_sorted());
    }
}
