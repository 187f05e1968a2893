//! Shapes: recognised by how wide each row, and how tall each column, of a region is.

/// What a flat region looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Shape {
    /// Axis-parallel, equal sides (within a pixel, or 4 %).
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

/// A shape found under blurred edges, with its box relative to the profile's, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SoftFit {
    pub(super) shape: Shape,
    error: f32,
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) right: u32,
    pub(super) bottom: u32,
}

/// The best shape for a profile, with its mean error in fractions of the box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fit {
    pub(super) shape: Shape,
    pub(super) error: f32,
}

/// Largest mean difference between a profile and a shape's, in fractions of the box, at which it
/// counts as that shape: 4 %, and what 0.4 pixels are of the box. The nearest pair, square and
/// circle, differs by 21 %.
fn mean_limit(longer: usize) -> f32 {
    0.04 + 0.4 / longer as f32
}
/// The same for rectangles, whose rows and columns are all full: two rectangles that overlap
/// must not pass for one. (In noisy images [`mean_limit`] holds.)
const MEAN_RECTANGLE: f32 = 0.004;

/// Largest difference of a blurred region's profile from a shape's, as a share of its area: 5 %,
/// and what 0.4 pixels of blur are of its longer side.
fn soft_limit(longer: usize) -> f32 {
    0.05 + 0.4 / longer as f32
}

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
    /// The shape of a region with blurred edges (scaled drawings): position and size come, to
    /// fractions of a pixel, from the first two moments of its rows and columns, and the profile
    /// that such a shape has is compared with the one measured.
    pub(super) fn fit_soft(&self) -> Option<SoftFit> {
        let (x, y) = (Moments::of(&self.columns), Moments::of(&self.rows));
        let area = x.sum;
        let limit = soft_limit(self.rows.len().max(self.columns.len()));
        let mut best: Option<SoftFit> = None;
        for &(shape, across, down) in &SHAPES {
            let (left, right) = x.extent(down);
            let (top, bottom) = y.extent(across);
            let (width, height) = (right - left, bottom - top);
            let error = (misfit(&self.rows, top, bottom, width, across)
                + misfit(&self.columns, left, right, height, down))
                / (2.0 * area);
            if error > limit || best.as_ref().is_some_and(|best| best.error <= error) {
                continue;
            }
            let equal = (width - height).abs() <= 0.5;
            let shape = match shape {
                Shape::Rectangle if equal => Shape::Square,
                Shape::Ellipse if (width - height).abs() <= 1.0 => Shape::Circle,
                shape => shape,
            };
            let near = |at: f32, most: usize| at.round().clamp(0.0, most as f32) as u32;
            best = Some(SoftFit {
                shape,
                error,
                left: near(left, self.columns.len()),
                top: near(top, self.rows.len()),
                right: near(right, self.columns.len()),
                bottom: near(bottom, self.rows.len()),
            });
        }
        best
    }

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
                    _ => mean_limit(width.max(height)),
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

/// Sum, mean and variance of a profile.
struct Moments {
    sum: f32,
    mean: f32,
    variance: f32,
}

impl Moments {
    fn of(lines: &[f32]) -> Self {
        let sum = lines.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        let places = || {
            lines
                .iter()
                .enumerate()
                .map(|(at, line)| (at as f32 + 0.5, line))
        };
        let mean = places().map(|(at, line)| at * line).sum::<f32>() / sum;
        let variance = places()
            .map(|(at, line)| (at - mean).powi(2) * line)
            .sum::<f32>()
            / sum;
        Self {
            sum,
            mean,
            variance,
        }
    }

    /// Where a profile of this curve with these moments starts and ends.
    fn extent(&self, curve: Curve) -> (f32, f32) {
        const STEPS: usize = 64;
        let unit: Vec<f32> = (0..STEPS)
            .map(|step| curve((step as f32 + 0.5) / STEPS as f32))
            .collect();
        let unit = Moments::of(&unit);
        let scale = STEPS as f32;
        let length = (self.variance / (unit.variance / (scale * scale))).sqrt();
        let start = self.mean - unit.mean / scale * length;
        (start, start + length)
    }
}

/// Sum of differences of a profile from a curve stretched from `start` to `end`, in pixels.
fn misfit(lines: &[f32], start: f32, end: f32, full: f32, curve: Curve) -> f32 {
    const STEPS: usize = 4;
    let length = (end - start).max(f32::MIN_POSITIVE);
    let expected = |line: usize| {
        let steps = (0..STEPS).map(|step| {
            let at = line as f32 + (step as f32 + 0.5) / STEPS as f32;
            let t = (at - start) / length;
            if (0.0..=1.0).contains(&t) {
                curve(t)
            } else {
                0.0
            }
        });
        steps.sum::<f32>() / STEPS as f32 * full
    };
    lines
        .iter()
        .enumerate()
        .map(|(at, line)| (line - expected(at)).abs())
        .sum()
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
