//! Logistic regression with a ridge penalty, fitted by Newton's method (iteratively reweighted least
//! squares; Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning", 4.4.1). A dozen
//! features and a few thousand rows need no library.

/// A row to fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its features.
    pub features: Vec<f64>,
    /// What is to be told.
    pub label: bool,
    /// How much it counts, at least 0.
    pub weight: f64,
}

/// Most steps; Newton's method on this problem takes about ten.
const STEPS: usize = 50;
/// A step smaller than this ends.
const SMALL: f64 = 1e-9;

/// The weights that maximise the likelihood of `rows` less `ridge`/2 times the sum of the squares of
/// all weights but the last, which is the intercept. `None` if there is nothing to fit, or it has no
/// finite solution.
pub fn logistic(rows: &[Row], ridge: f64) -> Option<Vec<f64>> {
    let n = rows.first()?.features.len() + 1;
    let mut weights = vec![0.0; n];
    for _ in 0..STEPS {
        let mut gradient = vec![0.0; n];
        let mut hessian = vec![vec![0.0; n]; n];
        for row in rows {
            let x = |i: usize| row.features.get(i).copied().unwrap_or(1.0);
            let z: f64 = (0..n).map(|i| weights[i] * x(i)).sum();
            let p = sigmoid(z);
            let error = row.weight * (f64::from(u8::from(row.label)) - p);
            let curvature = row.weight * (p * (1.0 - p)).max(1e-12);
            for i in 0..n {
                gradient[i] += error * x(i);
                for (j, cell) in hessian[i].iter_mut().enumerate() {
                    *cell += curvature * x(i) * x(j);
                }
            }
        }
        for i in 0..n - 1 {
            gradient[i] -= ridge * weights[i];
            hessian[i][i] += ridge;
        }
        let step = solve(hessian, gradient)?;
        let size = step.iter().map(|s| s.abs()).fold(0.0, f64::max);
        for (weight, step) in weights.iter_mut().zip(step) {
            *weight += step;
        }
        if size < SMALL {
            break;
        }
    }
    weights.iter().all(|w| w.is_finite()).then_some(weights)
}

/// 1 / (1 + e⁻ᶻ).
pub fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// Gaussian elimination with partial pivoting; `None` if the matrix is singular.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Option<Vec<f64>> {
    let n = b.len();
    for column in 0..n {
        let pivot =
            (column..n).max_by(|&i, &j| a[i][column].abs().total_cmp(&a[j][column].abs()))?;
        if a[pivot][column].abs() < 1e-12 {
            return None;
        }
        a.swap(column, pivot);
        b.swap(column, pivot);
        let (above, below) = a.split_at_mut(column + 1);
        let pivot = &above[column];
        for (i, row) in below.iter_mut().enumerate() {
            let factor = row[column] / pivot[column];
            for (cell, of_pivot) in row.iter_mut().zip(pivot).skip(column) {
                *cell -= factor * of_pivot;
            }
            b[column + 1 + i] -= factor * b[column];
        }
    }
    for column in (0..n).rev() {
        let known: f64 = (column + 1..n).map(|k| a[column][k] * b[k]).sum();
        b[column] = (b[column] - known) / a[column][column];
    }
    Some(b)
}
