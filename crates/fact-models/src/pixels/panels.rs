//! Boxes: equal rectangles of one ground colour, set in a grid on a separator colour.
//!
//! An image has boxes if, for one colour S, the full columns and rows of S cut it into at least
//! two cells that (1) are equally large (± 1 pixel) and at least 16 pixels a side, (2) have one
//! majority colour P ≠ S each, the same for all, on at least 30 % of the cell, (3) show no S along
//! their edges, and (4) lie either all the way to the image's border, with no margin of S, or
//! inside a margin of S on all four sides; then P must be a grey, for otherwise two equal squares
//! on a plain ground would be boxes. NLVR is the first kind: three cells of 100×100 pixels of
//! grey 211, separators of 50 pixels of grey 128.

use super::palette::{Labels, MIXED};
use std::ops::Range;

/// Rectangle of whole pixels: right and bottom exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rect {
    /// Left edge.
    pub left: u32,
    /// Top edge.
    pub top: u32,
    /// Right edge, exclusive.
    pub right: u32,
    /// Bottom edge, exclusive.
    pub bottom: u32,
}

impl Rect {
    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.right - self.left
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.bottom - self.top
    }
}

/// Cells and the label of their ground, or `None` if the image has no boxes. From left to right,
/// row by row.
pub(super) fn find(labels: &Labels) -> Option<(Vec<Rect>, u8)> {
    let columns = uniform_columns(labels);
    let rows = uniform_rows(labels);
    let mut separators: Vec<u8> = columns
        .iter()
        .chain(&rows)
        .copied()
        .filter(|&l| l != MIXED)
        .collect();
    separators.sort_unstable();
    separators.dedup();
    separators
        .into_iter()
        .filter_map(|s| cells(labels, &columns, &rows, s))
        .max_by_key(|(cells, _)| cells.len())
}

/// The label of each column that has only one, else [`MIXED`].
fn uniform_columns(labels: &Labels) -> Vec<u8> {
    let Some(first) = (labels.height > 0).then(|| labels.row(0)) else {
        return Vec::new();
    };
    let mut column = first.to_vec();
    for y in 1..labels.height {
        for ((label, &here), &top) in column.iter_mut().zip(labels.row(y)).zip(first) {
            if here != top {
                *label = MIXED;
            }
        }
    }
    column
}

/// The label of each row that has only one, else [`MIXED`].
fn uniform_rows(labels: &Labels) -> Vec<u8> {
    (0..labels.height)
        .map(|y| {
            let row = labels.row(y);
            if row.iter().all(|&label| label == row[0]) {
                row[0]
            } else {
                MIXED
            }
        })
        .collect()
}

/// Runs of lines that are not of the separator.
fn gaps(lines: &[u8], separator: u8) -> Vec<Range<usize>> {
    let mut start = 0;
    lines
        .chunk_by(|&a, &b| (a == separator) == (b == separator))
        .filter_map(|run| {
            let range = start..start + run.len();
            start = range.end;
            (run[0] != separator).then_some(range)
        })
        .collect()
}

fn cells(labels: &Labels, columns: &[u8], rows: &[u8], separator: u8) -> Option<(Vec<Rect>, u8)> {
    let (across, down) = (gaps(columns, separator), gaps(rows, separator));
    if across.len() * down.len() < 2 || across.len() * down.len() > 64 {
        return None;
    }
    let equal = |ranges: &[Range<usize>]| {
        let shortest = ranges.iter().map(ExactSizeIterator::len).min().unwrap_or(0);
        let longest = ranges.iter().map(ExactSizeIterator::len).max().unwrap_or(0);
        shortest >= 16 && longest - shortest <= 1
    };
    if !equal(&across) || !equal(&down) {
        return None;
    }
    let (first, last) = (across.first()?, across.last()?);
    let (top, bottom) = (down.first()?, down.last()?);
    let margin = first.start > 0;
    if [
        last.end < labels.width,
        top.start > 0,
        bottom.end < labels.height,
    ]
    .iter()
    .any(|&side| side != margin)
    {
        return None;
    }
    let mut ground = None;
    let mut found = Vec::new();
    for y in &down {
        for x in &across {
            let (label, share) = majority(labels, x, y);
            if label == separator || share < 0.3 || *ground.get_or_insert(label) != label {
                return None;
            }
            if edge(labels, x, y).any(|label| label == separator) {
                return None;
            }
            found.push(Rect {
                left: x.start as u32,
                top: y.start as u32,
                right: x.end as u32,
                bottom: y.end as u32,
            });
        }
    }
    let ground = ground?;
    let [r, g, b] = labels.palette[usize::from(ground)];
    let grey = r.max(g).max(b) - r.min(g).min(b) <= 24;
    (!margin || grey).then_some((found, ground))
}

/// The most frequent label of a rectangle and its share; ties go to the lower label.
pub(super) fn majority(labels: &Labels, x: &Range<usize>, y: &Range<usize>) -> (u8, f64) {
    let area = (x.len() * y.len()).max(1);
    let mut best = (0, 0);
    // The palette is sorted by frequency, so the first label mostly has more than half.
    for label in 0..labels.palette.len().min(usize::from(MIXED)) as u8 {
        let count = y
            .clone()
            .map(|row| {
                let line = &labels.row(row)[x.clone()];
                line.iter().filter(|&&here| here == label).count()
            })
            .sum();
        if count > best.1 {
            best = (label, count);
        }
        if best.1 * 2 >= area {
            break;
        }
    }
    (best.0, best.1 as f64 / area as f64)
}

fn edge<'a>(
    labels: &'a Labels,
    x: &'a Range<usize>,
    y: &'a Range<usize>,
) -> impl Iterator<Item = u8> + 'a {
    let across = x
        .clone()
        .flat_map(move |x| [labels.at(x, y.start), labels.at(x, y.end - 1)]);
    let down = y
        .clone()
        .flat_map(move |y| [labels.at(x.start, y), labels.at(x.end - 1, y)]);
    across.chain(down)
}
