//! The objective, numerically: what reaches the parameters, what counts, and what changes nothing.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a failed step fails the test"
)]

mod support;

use fact_student::layout::Row;
use fact_student::model::Place;
use fact_student::objective::{Computing, gradients, losses};
use fact_student::{Example, weights};
use support::{model, squares};

const COMPUTING: Computing = Computing {
    lambda: 1.0,
    rows: 64,
    threads: 1,
    place: Place::Cpu,
};

fn rows(examples: &[Example]) -> Vec<Row> {
    let (tokenizer, _) = model(&squares(1, 24));
    let row = |e: &Example| Row::of(e, &tokenizer, 48).unwrap();
    examples.iter().map(row).collect()
}

fn borrowed(rows: &[Row]) -> Vec<&Row> {
    rows.iter().collect()
}

#[test]
fn a_gradient_reaches_every_parameter() {
    let examples = squares(1, 24);
    let (_, config) = model(&examples);
    let weights = weights::draw(&config, 0);
    let rows = rows(&examples);
    let (_, gradients) = gradients(&config, &weights, &borrowed(&rows), COMPUTING).unwrap();
    assert_eq!(gradients.len(), weights.len());
    for (name, gradient) in &gradients {
        assert_eq!(gradient.len(), weights[name].values.len(), "{name}");
        let moved = gradient.iter().filter(|g| **g != 0.0).count();
        // Tables have rows that this batch does not use.
        let least = match name.as_str() {
            "text.token" => gradient.len() / 40,
            "text.position" => gradient.len() / 4,
            // Relu: a few units may be silent in all of the batch.
            _ => gradient.len() * 3 / 4,
        };
        assert!(moved >= least, "{name}: {moved} of {}", gradient.len());
    }
}

#[test]
fn gradients_are_those_of_finite_differences() {
    let examples = squares(1, 6);
    let (_, config) = model(&squares(1, 24));
    let mut weights = weights::draw(&config, 0);
    let rows = rows(&examples);
    let rows = borrowed(&rows);
    let (_, gradients) = gradients(&config, &weights, &rows, COMPUTING).unwrap();
    for name in [
        "image.patch.weight",
        "image.column",
        "layer.00.attention.in",
        "layer.01.perceptron.norm",
        "layer.00.attention.norm",
        "head",
    ] {
        let gradient = &gradients[name];
        // The steepest one: the others drown in the rounding of f32.
        let steep = |a: &usize, b: &usize| gradient[*a].abs().total_cmp(&gradient[*b].abs());
        let at = (0..gradient.len()).max_by(steep).unwrap();
        let mut total = |by: f32| {
            let value = weights[name].values[at];
            weights.get_mut(name).unwrap().values[at] = value + by;
            let total = losses(&config, &weights, &rows, COMPUTING).unwrap().total;
            weights.get_mut(name).unwrap().values[at] = value;
            total
        };
        let step = 2e-3;
        let slope = (total(step) - total(-step)) / (2.0 * f64::from(step));
        let expected = f64::from(gradient[at]);
        assert!(
            (slope - expected).abs() <= 0.03 * expected.abs() + 1e-4,
            "{name}: {slope} against {expected}"
        );
    }
}

#[test]
fn a_sample_without_rationale_counts_0_for_it() {
    let (_, config) = model(&squares(1, 24));
    let weights = weights::draw(&config, 0);
    let of = |examples: &[Example]| {
        let rows = rows(examples);
        losses(&config, &weights, &borrowed(&rows), COMPUTING).unwrap()
    };
    let examples = squares(1, 24);
    let (with, without): (Vec<Example>, Vec<Example>) =
        examples.into_iter().partition(|e| e.rationale.is_some());
    assert_eq!(of(&without).rationale, 0.0);
    assert_eq!(of(&without).total, of(&without).label);
    // One with, one without: half of the one's.
    let both = of(&[with[0].clone(), without[0].clone()]);
    let one = of(&with[..1]);
    assert!((both.rationale - one.rationale / 2.0).abs() < 1e-5);
    assert!((both.label - (one.label + of(&without[..1]).label) / 2.0).abs() < 1e-5);
    assert!((both.total - both.label - both.rationale).abs() < 1e-9);
    // A rationale changes nothing about the answer at once.
    let stripped = Example {
        rationale: None,
        ..with[0].clone()
    };
    assert!((of(&[stripped]).label - one.label).abs() < 1e-5);
}

#[test]
fn lambda_and_weights_scale_the_gradient_as_they_scale_the_loss() {
    let examples = squares(1, 3);
    let (_, config) = model(&squares(1, 24));
    let weights = weights::draw(&config, 0);
    let rows = rows(&examples);
    let rows = borrowed(&rows);
    let head = |lambda: f64| {
        let computing = Computing {
            lambda,
            ..COMPUTING
        };
        let (_, g) = gradients(&config, &weights, &rows, computing).unwrap();
        g["head"].clone()
    };
    let (none, one, three) = (head(0.0), head(1.0), head(3.0));
    for i in 0..none.len() {
        let expected = none[i] + 3.0 * (one[i] - none[i]);
        assert!(
            (three[i] - expected).abs() < 1e-5,
            "{} {expected}",
            three[i]
        );
    }
    // An example of weight 0 is as if it were not there.
    let mut silenced = examples.clone();
    silenced[2].weight = 0.0;
    let silenced: Vec<Row> = self::rows(&silenced);
    let all = losses(&config, &weights, &borrowed(&silenced), COMPUTING).unwrap();
    let two = losses(&config, &weights, &rows[..2], COMPUTING).unwrap();
    assert!((all.total - two.total).abs() < 1e-5);
}

#[test]
fn blocks_change_neither_loss_nor_gradient() {
    let examples = squares(1, 24);
    let (_, config) = model(&examples);
    let weights = weights::draw(&config, 0);
    let rows = rows(&examples);
    let rows = borrowed(&rows);
    let (whole, whole_gradients) = gradients(&config, &weights, &rows, COMPUTING).unwrap();
    for size in [1, 5] {
        let computing = Computing {
            rows: size,
            ..COMPUTING
        };
        let (cut, cut_gradients) = gradients(&config, &weights, &rows, computing).unwrap();
        assert!((whole.total - cut.total).abs() < 1e-5);
        for (name, gradient) in &whole_gradients {
            for (a, b) in gradient.iter().zip(&cut_gradients[name]) {
                assert!((a - b).abs() < 1e-4, "{name}: {a} {b}");
            }
        }
    }
}

#[test]
fn any_number_of_threads_computes_the_same_bits() {
    let examples = squares(1, 24);
    let (_, config) = model(&examples);
    let weights = weights::draw(&config, 0);
    let rows = rows(&examples);
    let rows = borrowed(&rows);
    let of = |threads| {
        let computing = Computing {
            rows: 4,
            threads,
            ..COMPUTING
        };
        gradients(&config, &weights, &rows, computing).unwrap()
    };
    let one = of(1);
    assert_eq!(one, of(2));
    assert_eq!(one, of(5));
}
