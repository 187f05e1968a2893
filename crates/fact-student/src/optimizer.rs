//! AdamW (Loshchilov, Hutter 2019) on the host, with all gradients clipped together and a learning rate that
//! warms up and then falls as a cosine.
//!
//! burn has an optimizer, but it names its state by random numbers and clips each tensor by itself; here
//! state has the parameters' names, so that a checkpoint of the same step is the same file.

use crate::config::TrainConfig;
use crate::objective::Gradients;
use crate::weights::Weights;
use std::collections::BTreeMap;

const BETA_1: f64 = 0.9;
/// Lower than the usual 0.999: runs are short.
const BETA_2: f64 = 0.98;
const EPSILON: f32 = 1e-8;
/// What the learning rate ends at, of its highest.
const LAST: f64 = 0.05;

/// The averages of one parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Moments {
    /// Of gradients.
    pub mean: Vec<f32>,
    /// Of their squares.
    pub square: Vec<f32>,
}

/// The averages of all parameters, by name.
pub type State = BTreeMap<String, Moments>;

/// Before the first step.
pub fn start(weights: &Weights) -> State {
    let zeros = |w: &crate::weights::Weight| Moments {
        mean: vec![0.0; w.values.len()],
        square: vec![0.0; w.values.len()],
    };
    let all = weights.iter().map(|(name, w)| (name.clone(), zeros(w)));
    all.collect()
}

/// The learning rate of a step, the first of which is 0.
pub fn rate(config: &TrainConfig, step: u64) -> f64 {
    if step < config.warmup {
        return config.learning_rate * (step + 1) as f64 / config.warmup as f64;
    }
    let falling = config.steps.saturating_sub(config.warmup).max(1);
    let done = ((step - config.warmup) as f64 / falling as f64).min(1.0);
    let cosine = 0.5 * (1.0 + (std::f64::consts::PI * done).cos());
    config.learning_rate * (LAST + (1.0 - LAST) * cosine)
}

/// Length of all gradients together.
pub fn length(gradients: &Gradients) -> f64 {
    let squares = gradients.values().flatten().map(|&g| f64::from(g).powi(2));
    squares.sum::<f64>().sqrt()
}

/// Changes the weights by the gradients of a step, which had the given [`length`].
pub fn change(
    config: &TrainConfig,
    step: u64,
    weights: &mut Weights,
    state: &mut State,
    gradients: &Gradients,
    length: f64,
) {
    let rate = rate(config, step);
    let clipped = if length > config.clip {
        config.clip / length
    } else {
        1.0
    };
    // Powers of steps far beyond what anyone trains are 0 either way.
    let steps = i32::try_from(step + 1).unwrap_or(i32::MAX);
    let step_size = (rate / (1.0 - BETA_1.powi(steps))) as f32;
    let unbias = ((1.0 - BETA_2.powi(steps)).sqrt().recip()) as f32;
    let (clipped, keep_1, keep_2) = (clipped as f32, BETA_1 as f32, BETA_2 as f32);
    for ((weight, moments), gradient) in weights
        .values_mut()
        .zip(state.values_mut())
        .zip(gradients.values())
    {
        // Norms and biases are one row; pulling them to 0 would help nobody.
        let decays = weight.shape[0] > 1;
        let decay = if decays {
            1.0 - (rate * config.weight_decay) as f32
        } else {
            1.0
        };
        let each = weight.values.iter_mut().zip(gradient);
        let averages = moments.mean.iter_mut().zip(&mut moments.square);
        for ((value, &gradient), (mean, square)) in each.zip(averages) {
            let gradient = gradient * clipped;
            *mean = keep_1 * *mean + (1.0 - keep_1) * gradient;
            *square = keep_2 * *square + (1.0 - keep_2) * gradient * gradient;
            let change = *mean / (square.sqrt() * unbias + EPSILON);
            *value = *value * decay - step_size * change;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::Weight;

    fn config() -> TrainConfig {
        TrainConfig {
            steps: 100,
            warmup: 10,
            learning_rate: 0.1,
            weight_decay: 0.0,
            clip: 1.0,
            ..TrainConfig::default()
        }
    }

    fn one(rows: usize, value: f32) -> Weights {
        let weight = Weight {
            shape: [rows, 1],
            values: vec![value; rows],
        };
        BTreeMap::from([("w".into(), weight)])
    }

    #[test]
    fn the_rate_rises_then_falls() {
        let config = config();
        assert!((rate(&config, 0) - 0.01).abs() < 1e-12);
        assert!((rate(&config, 9) - 0.1).abs() < 1e-12);
        assert!((rate(&config, 10) - 0.1).abs() < 1e-12);
        assert!((rate(&config, 55) - 0.0525).abs() < 1e-12);
        assert!((rate(&config, 100) - 0.005).abs() < 1e-12);
    }

    #[test]
    fn the_first_step_is_the_rate_whatever_the_gradient() {
        for gradient in [0.5f32, -0.001] {
            let mut weights = one(1, 1.0);
            let mut state = start(&weights);
            let gradients = BTreeMap::from([("w".into(), vec![gradient])]);
            change(&config(), 9, &mut weights, &mut state, &gradients, 0.1);
            // Not the first step of the averages, so they are not yet full: m = 0.1 g, v = 0.02 g².
            let m = 0.1 / (1.0 - 0.9f64.powi(10));
            let v = (0.02 / (1.0 - 0.98f64.powi(10))).sqrt();
            let expected = 1.0 - 0.1 * f64::from(gradient.signum()) * m / v;
            let got = f64::from(weights["w"].values[0]);
            assert!((got - expected).abs() < 1e-4, "{got} {expected}");
        }
    }

    #[test]
    fn gradients_are_clipped_together_and_matrices_decay() {
        let gradients = BTreeMap::from([("w".into(), vec![3.0f32, 4.0])]);
        assert!((length(&gradients) - 5.0).abs() < 1e-12);
        let mut weights = one(2, 1.0);
        let mut state = start(&weights);
        change(&config(), 0, &mut weights, &mut state, &gradients, 5.0);
        assert!((state["w"].mean[0] - 0.06).abs() < 1e-6);
        let config = TrainConfig {
            weight_decay: 0.5,
            ..config()
        };
        let none = BTreeMap::from([("w".into(), vec![0.0f32, 0.0])]);
        let mut matrix = one(2, 1.0);
        change(
            &config,
            9,
            &mut matrix,
            &mut start(&one(2, 1.0)),
            &none,
            0.0,
        );
        assert!((matrix["w"].values[0] - 0.95).abs() < 1e-6);
        let mut vector = one(1, 1.0);
        let none = BTreeMap::from([("w".into(), vec![0.0f32])]);
        change(
            &config,
            9,
            &mut vector,
            &mut start(&one(1, 1.0)),
            &none,
            0.0,
        );
        assert_eq!(vector["w"].values[0], 1.0);
    }
}
