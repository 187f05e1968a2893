//! Shapes: recognised by how wide each row, and how tall each column, of a region is.

/// What a flat region looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Shape {
    /// Axis-parallel, equal sides (within [`near_equal`]).
    Square,
    /// Axis-parallel, unequal sides.
    Rectangle,
    /// Disc.
    Circle,
    /// Axis-parallel ellipse of unequal diameters.
    Ellipse,
    /// Isosceles or right-angled triangle with an axis-parallel side.
    Triangle,
    /// None of these.
    Other,
}

impl Shape {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Shape::Square => "square",
            Shape::Rectangle => "rectangle",
            Shape::Circle => "circle",
            Shape::Ellipse => "ellipse",
            Shape::Triangle => "triangle",
            Shape::Other => "other",
        }
    }

    /// Whether a noun for `kind` names it too: a square is a rectangle, a circle an ellipse.
    pub fn is_a(self, kind: Shape) -> bool {
        self == kind
            || matches!(
                (self, kind),
                (Shape::Square, Shape::Rectangle) | (Shape::Circle, Shape::Ellipse)
            )
    }
}

/// Whether two side lengths in pixels count as equal: they differ by at most 1 pixel, or 4 %.
pub(super) fn near_equal(a: usize, b: usize) -> bool {
    let difference = a.abs_diff(b);
    difference <= usize::from(a.max(b) > 12) || difference * 25 <= a.max(b)
}

/// How a region fills its box.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    /// Covered pixels of each row, in pixels (partial cover counts in part).
    pub(super) rows: Vec<f32>,
    /// Covered pixels of each column.
    pub(super) columns: Vec<f32>,
}

/// The best shape for a profile, with its mean error in fractions of the box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fit {
    pub(super) shape: Shape,
    pub(super) error: f32,
}

/// Largest mean difference between a profile and a shape's, in fractions of the box, at which it
/// counts as that shape. The nearest pair, square and circle, differs by 0.21.
const MEAN: f32 = 0.06;
/// The same for rectangles, whose rows and columns are all full: two rectangles that overlap
/// must not pass for one. (In noisy images [`MEAN`] holds.)
const MEAN_RECTANGLE: f32 = 0.004;

type Curve = fn(f32) -> f32;

fn full(_: f32) -> f32 {
    1.0
}
fn rising(t: f32) -> f32 {
    t
}
fn falling(t: f32) -> f32 {
    1.0 - t
}
fn tent(t: f32) -> f32 {
    1.0 - (2.0 * t - 1.0).abs()
}
fn round(t: f32) -> f32 {
    let u = 2.0 * t - 1.0;
    (1.0 - u * u).max(0.0).sqrt()
}

/// (shape, share of each row as a function of its height, the same of columns).
const SHAPES: [(Shape, Curve, Curve); 10] = [
    (Shape::Rectangle, full, full),
    (Shape::Ellipse, round, round),
    (Shape::Triangle, rising, tent),
    (Shape::Triangle, falling, tent),
    (Shape::Triangle, tent, rising),
    (Shape::Triangle, tent, falling),
    (Shape::Triangle, rising, rising),
    (Shape::Triangle, rising, falling),
    (Shape::Triangle, falling, rising),
    (Shape::Triangle, falling, falling),
];

impl Profile {
    /// The shape that fits, or `None`. `noisy` allows ragged rectangles (lossy images).
    pub(super) fn fit(&self, noisy: bool) -> Option<Fit> {
        let (width, height) = (self.columns.len(), self.rows.len());
        let best = SHAPES
            .iter()
            .filter_map(|&(shape, across, down)| {
                let rows = difference(&self.rows, width, across)?;
                let columns = difference(&self.columns, height, down)?;
                let error = (rows + columns) / 2.0;
                let limit = match shape {
                    Shape::Rectangle if !noisy => MEAN_RECTANGLE,
                    _ => MEAN,
                };
                (error <= limit).then_some(Fit { shape, error })
            })
            .min_by(|a, b| a.error.total_cmp(&b.error))?;
        let shape = match best.shape {
            Shape::Rectangle if near_equal(width, height) && (noisy || width == height) => {
                Shape::Square
            }
            Shape::Ellipse if near_equal(width, height) => Shape::Circle,
            shape => shape,
        };
        Some(Fit { shape, ..best })
    }
}

/// Mean difference of a measured profile from a curve, in fractions; `None` as soon as one line
/// is further off than drawing conventions explain (2 pixels, or 12 %).
fn difference(measured: &[f32], full: usize, curve: Curve) -> Option<f32> {
    let (length, full) = (measured.len() as f32, full as f32);
    let most = (2.0 / full).max(0.12);
    let mut sum = 0.0;
    for (at, covered) in measured.iter().enumerate() {
        let expected = curve((at as f32 + 0.5) / length);
        let off = (covered / full - expected).abs();
        if off > most {
            return None;
        }
        sum += off;
    }
    Some(sum / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(width: usize, height: usize, inside: impl Fn(f32, f32) -> bool) -> Profile {
        let mut profile = Profile {
            rows: vec![0.0; height],
            columns: vec![0.0; width],
        };
        for y in 0..height {
            for x in 0..width {
                let (u, v) = (
                    (x as f32 + 0.5) / width as f32,
                    (y as f32 + 0.5) / height as f32,
                );
                if inside(u, v) {
                    profile.rows[y] += 1.0;
                    profile.columns[x] += 1.0;
                }
            }
        }
        profile
    }

    fn shape(profile: &Profile) -> Option<Shape> {
        profile.fit(false).map(|fit| fit.shape)
    }

    #[test]
    fn shapes_are_told_apart_from_eight_pixels_up() {
        for side in 8..60 {
            let circle = |u: f32, v: f32| (u - 0.5).powi(2) + (v - 0.5).powi(2) <= 0.25;
            let up = |u: f32, v: f32| (u - 0.5).abs() <= v / 2.0;
            assert_eq!(shape(&drawn(side, side, |_, _| true)), Some(Shape::Square));
            assert_eq!(
                shape(&drawn(side, side, circle)),
                Some(Shape::Circle),
                "{side}"
            );
            assert_eq!(
                shape(&drawn(side, side, up)),
                Some(Shape::Triangle),
                "{side}"
            );
            assert_eq!(shape(&drawn(side, 2 * side, circle)), Some(Shape::Ellipse));
            assert_eq!(
                shape(&drawn(side, 2 * side, |_, _| true)),
                Some(Shape::Rectangle)
            );
        }
    }

    #[test]
    fn what_is_none_of_them_is_not_guessed() {
        let ell = |u: f32, v: f32| u < 0.5 || v < 0.5;
        let diamond = |u: f32, v: f32| (u - 0.5).abs() + (v - 0.5).abs() <= 0.5;
        let ring = |u: f32, v: f32| {
            let r = (u - 0.5).hypot(v - 0.5);
            (0.3..0.5).contains(&r)
        };
        for figure in [
            drawn(20, 20, ell),
            drawn(20, 20, diamond),
            drawn(20, 20, ring),
        ] {
            assert_eq!(shape(&figure), None);
        }
    }
}
