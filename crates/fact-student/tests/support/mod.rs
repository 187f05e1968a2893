//! Drawn examples for tests: two squares on a plain ground.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test file uses a part; a failed step fails the test"
)]

use fact_student::config::{ImageSize, ModelConfig, Size, TrainConfig};
use fact_student::tokenizer::Tokenizer;
use fact_student::{Example, Picture};
use std::sync::Arc;

pub const IMAGE: ImageSize = ImageSize {
    width: 32,
    height: 16,
    stride: 8,
};

pub const TINY: Size = Size::Free {
    width: 32,
    layers: 2,
};

const COLOURS: [(&str, [u8; 3]); 4] = [
    ("red", [220, 30, 30]),
    ("blue", [30, 30, 220]),
    ("green", [20, 160, 40]),
    ("black", [0, 0, 0]),
];

/// Numbers that look random; tests need no more.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % bound
    }
}

/// Examples about two squares of different colours: which is there, and which is left of which.
pub fn squares(seed: u64, count: usize) -> Vec<Example> {
    let mut dice = Dice::new(seed);
    let mut all = Vec::new();
    for i in 0..count {
        let first = dice.below(4);
        let second = (first + 1 + dice.below(3)) % 4;
        let columns = [dice.below(12), 16 + dice.below(12)];
        let mut pixels = vec![190; 32 * 16 * 3];
        for (colour, left) in [first, second].into_iter().zip(columns) {
            let top = dice.below(12);
            for y in top..top + 4 {
                for x in left..left + 4 {
                    pixels[(y * 32 + x) * 3..][..3].copy_from_slice(&COLOURS[colour].1);
                }
            }
        }
        let picture = Arc::new(Picture::new(32, 16, pixels).unwrap());
        let (left, right) = (COLOURS[first].0, COLOURS[second].0);
        let (question, answer) = match dice.below(3) {
            0 => {
                let (name, _) = COLOURS[dice.below(4)];
                let there = name == left || name == right;
                (format!("is there a {name} square"), yes(there))
            }
            1 => {
                let turned = dice.below(2) == 1;
                let (a, b) = if turned { (right, left) } else { (left, right) };
                (
                    format!("is the {a} square left of the {b} square"),
                    yes(!turned),
                )
            }
            _ => (format!("what is right of the {left} square"), right),
        };
        all.push(Example {
            id: i.to_string(),
            picture: Some(picture),
            question,
            answer: answer.to_owned(),
            rationale: (i % 3 != 0)
                .then(|| format!("the {left} square is left of the {right} square")),
            weight: 1.0,
        });
    }
    all
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

/// Settings of short trainings.
pub fn config(steps: u64) -> TrainConfig {
    TrainConfig {
        steps,
        batch: 8,
        rows: 8,
        learning_rate: 3e-3,
        warmup: 10,
        weight_decay: 0.0,
        validate_every: steps,
        checkpoint_every: steps,
        log_every: 1,
        min_count: 1,
        ..TrainConfig::default()
    }
}

/// A vocabulary of examples and a model that fits them.
pub fn model(examples: &[Example]) -> (Tokenizer, ModelConfig) {
    let texts = examples.iter().flat_map(|e| {
        let rationale = e.rationale.as_deref().unwrap_or("");
        [e.question.as_str(), e.answer.as_str(), rationale]
    });
    let tokenizer = Tokenizer::learn(texts, 1, 200);
    let model = ModelConfig::new(TINY, IMAGE, 48, tokenizer.size());
    (tokenizer, model)
}
