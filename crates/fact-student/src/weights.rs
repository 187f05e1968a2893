//! Parameters by name, on the host: what checkpoints hold and the optimizer changes.

use crate::config::ModelConfig;
use crate::random::Stream;
use std::collections::BTreeMap;

const PURPOSE: u64 = 1;

/// One parameter: a matrix, row by row. A vector has one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Weight {
    /// Rows and columns.
    pub shape: [usize; 2],
    /// Row by row.
    pub values: Vec<f32>,
}

/// All parameters of a model, in the order of their names.
pub type Weights = BTreeMap<String, Weight>;

/// How a parameter starts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Start {
    /// All the same.
    Constant(f32),
    /// Normal with this standard deviation.
    Normal(f64),
}

/// Name, shape and start of each parameter. The network is said in [`crate::model`].
pub fn shapes(config: &ModelConfig) -> Vec<(String, [usize; 2], Start)> {
    let d = config.width;
    let (columns, rows) = config.image.grid();
    let patch = config.image.patch_length();
    let by = |fan_in: usize| Start::Normal((1.0 / fan_in as f64).sqrt());
    // What each layer adds to the residual stream twice, so that the sum keeps its scale.
    let added =
        |fan_in: usize| Start::Normal((1.0 / (fan_in as f64 * 2.0 * config.layers as f64)).sqrt());
    let table = Start::Normal(0.1);
    let place = Start::Normal(0.1);
    let mut all = vec![
        ("image.patch.weight".into(), [patch, 2 * d], by(patch)),
        ("image.patch.bias".into(), [1, 2 * d], Start::Constant(0.0)),
        ("image.mix.weight".into(), [2 * d, d], by(2 * d)),
        ("image.mix.bias".into(), [1, d], Start::Constant(0.0)),
        // Small things on a plain ground light few pixels: unless what they light is brought to scale, a
        // student learns long from text alone before it looks.
        ("image.norm".into(), [1, 2 * d], Start::Constant(1.0)),
        ("image.row".into(), [rows, d], place),
        ("image.column".into(), [columns, d], place),
        ("text.token".into(), [config.vocabulary, d], table),
        ("text.position".into(), [config.max_text, d], table),
        ("norm".into(), [1, d], Start::Constant(1.0)),
        // Small: the first guess is that all tokens are equally likely.
        ("head".into(), [d, config.vocabulary], Start::Normal(0.02)),
    ];
    for layer in 0..config.layers {
        let inner = config.inner();
        let mut add = |name: &str, shape, start| {
            all.push((format!("layer.{layer:02}.{name}"), shape, start));
        };
        add("attention.norm", [1, d], Start::Constant(1.0));
        add("attention.in", [d, 3 * d], by(d));
        add("attention.out", [d, d], added(d));
        add("perceptron.norm", [1, d], Start::Constant(1.0));
        add("perceptron.in", [d, inner], by(d));
        add("perceptron.out", [inner, d], added(inner));
    }
    all
}

/// The parameters at the beginning. Each is drawn from a stream of its own, so that a change of one leaves
/// the others as they are.
pub fn draw(config: &ModelConfig, seed: u64) -> Weights {
    let all = shapes(config).into_iter().map(|(name, shape, start)| {
        let count = shape[0] * shape[1];
        let values = match start {
            Start::Constant(value) => vec![value; count],
            Start::Normal(deviation) => {
                let key = name.bytes().fold(0u64, |key, byte| {
                    key.wrapping_mul(0x0000_0100_0000_01b3) ^ u64::from(byte)
                });
                let mut stream = Stream::new(seed, PURPOSE, key);
                (0..count)
                    .map(|_| (stream.normal() * deviation) as f32)
                    .collect()
            }
        };
        (name, Weight { shape, values })
    });
    all.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ImageSize, Size};

    #[test]
    fn what_is_drawn_depends_on_the_seed() {
        let image = ImageSize {
            width: 16,
            height: 8,
            stride: 4,
        };
        let config = ModelConfig::new(
            Size::Free {
                width: 32,
                layers: 2,
            },
            image,
            16,
            262,
        );
        assert_eq!(draw(&config, 1), draw(&config, 1));
        assert_ne!(draw(&config, 1)["head"], draw(&config, 2)["head"]);
        let weights = draw(&config, 1);
        assert_ne!(
            weights["layer.00.attention.out"].values,
            weights["layer.01.attention.out"].values
        );
        let total: usize = weights.values().map(|w| w.values.len()).sum();
        assert_eq!(total, config.parameters());
    }
}
