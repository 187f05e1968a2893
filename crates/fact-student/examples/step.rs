//! One training step, timed, beside the same in PyTorch: `benchmarks/student-step.sh`.
//!
//! Writes the weights and one batch as safetensors, then does a step each time it reads a line, and
//! prints the loss before it and the seconds it took.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use fact_student::checkpoint::{About, write_student};
use fact_student::config::{ImageSize, ModelConfig, Size, TrainConfig};
use fact_student::layout::{Block, Row};
use fact_student::model::Place;
use fact_student::objective::{Computing, gradients};
use fact_student::tokenizer::Tokenizer;
use fact_student::{Example, Picture, optimizer, weights};
use safetensors::{Dtype, tensor::TensorView};
use std::io::BufRead;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap());
    let image = ImageSize {
        width: 48,
        height: 48,
        stride: 8,
    };
    let examples: Vec<Example> = (0..32u32)
        .map(|i| {
            let pixels = (0..48 * 48 * 3).map(|p| ((p * 7 + i * 13) % 251) as u8);
            Example {
                id: i.to_string(),
                picture: Some(Arc::new(Picture::new(48, 48, pixels.collect()).unwrap())),
                question: format!("is there a red square left of the {i} blue circles"),
                answer: if i % 2 == 0 { "yes" } else { "no" }.into(),
                rationale: Some("one of the two red squares is left of the blue circle ".repeat(3)),
                weight: 1.0,
            }
        })
        .collect();
    let texts = examples.iter().flat_map(|e| {
        let rationale = e.rationale.as_deref().unwrap();
        [e.question.as_str(), e.answer.as_str(), rationale]
    });
    let tokenizer = Tokenizer::learn(texts, 1, 1000);
    let model = ModelConfig::new(Size::M, image, 96, 600);
    let config = TrainConfig {
        warmup: 0,
        clip: 1.0,
        ..TrainConfig::default()
    };
    let mut weights = weights::draw(&model, 0);
    let mut state = optimizer::start(&weights);
    let rows: Vec<Row> = examples
        .iter()
        .map(|e| Row::of(e, &tokenizer, 96).unwrap())
        .collect();
    let rows: Vec<&Row> = rows.iter().collect();
    let about = About::new(model, tokenizer, true, config.clone());
    write_student(&folder.join("weights.safetensors"), &about, &weights).unwrap();
    // Sorted as the objective sorts them: one block of all.
    let block = Block::new(&rows, &model, 1.0 / 32.0, 1.0 / 32.0);
    let floats = |v: &[f32]| v.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    let integers = |v: &[i32]| v.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    let length = block.patches + block.text;
    let (b, t) = (block.rows, block.text);
    let all = [
        (
            "pixels",
            Dtype::F32,
            vec![b * block.patches, image.patch_length()],
            floats(&block.pixels),
        ),
        ("tokens", Dtype::I32, vec![b, t], integers(&block.tokens)),
        (
            "positions",
            Dtype::I32,
            vec![b, t],
            integers(&block.positions),
        ),
        (
            "mask",
            Dtype::F32,
            vec![b, 1, length, length],
            floats(&block.mask),
        ),
        (
            "readers",
            Dtype::I32,
            vec![block.readers.len()],
            integers(&block.readers),
        ),
        (
            "said",
            Dtype::I32,
            vec![block.said.len()],
            integers(&block.said),
        ),
        (
            "counts",
            Dtype::F32,
            vec![block.counts.len()],
            floats(&block.counts),
        ),
        (
            "shape",
            Dtype::I32,
            vec![3],
            integers(&[model.layers as i32, model.heads as i32, 6]),
        ),
    ];
    let views = all
        .iter()
        .map(|(n, d, s, bytes)| (*n, TensorView::new(*d, s.clone(), bytes).unwrap()));
    let bytes = safetensors::serialize(views, None).unwrap();
    std::fs::write(folder.join("batch.safetensors"), bytes).unwrap();
    println!("ready {} parameters", model.parameters());
    let computing = Computing {
        lambda: 1.0,
        rows: 32,
        threads: 1,
        place: Place::Cpu,
    };
    for (step, line) in std::io::stdin().lock().lines().enumerate() {
        line.unwrap();
        let began = Instant::now();
        let (losses, g) = gradients(&model, &weights, &rows, computing).unwrap();
        let length = optimizer::length(&g);
        optimizer::change(&config, step as u64, &mut weights, &mut state, &g, length);
        println!("{} {}", losses.total, began.elapsed().as_secs_f64());
    }
}
