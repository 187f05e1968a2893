//! Shapes drawn at a size, to hold against an image.

use super::shape::Shape;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Shapes drawn so far, by kind and side.
#[derive(Default)]
pub(super) struct Stamps(RefCell<BTreeMap<(Shape, usize), Rc<Stamp>>>);

impl Stamps {
    pub(super) fn get(&self, kind: Shape, side: usize) -> Rc<Stamp> {
        let mut drawn = self.0.borrow_mut();
        let stamp = drawn.entry((kind, side));
        stamp
            .or_insert_with(|| Rc::new(Stamp::of(kind, side)))
            .clone()
    }
}

/// A shape drawn at one size: how much of each pixel of its box it covers.
pub(super) struct Stamp {
    pub(super) kind: Shape,
    pub(super) side: usize,
    pub(super) cover: Vec<f32>,
    pub(super) rows: Vec<StampRow>,
    pub(super) area: f32,
}

pub(super) struct StampRow {
    /// Columns that are covered however it is drawn.
    pub(super) sure: (usize, usize),
    /// Columns that may show it.
    pub(super) may: (usize, usize),
}

impl Stamp {
    fn of(kind: Shape, side: usize) -> Self {
        const SUB: usize = 4;
        let mut cover = vec![0.0; side * side];
        let mut rows = Vec::with_capacity(side);
        for y in 0..side {
            for x in 0..side {
                let mut inside = 0;
                for sub in 0..SUB * SUB {
                    let at = |pixel: usize, sub: usize| {
                        (pixel as f32 + (sub as f32 + 0.5) / SUB as f32) / side as f32
                    };
                    let (u, v) = (at(x, sub % SUB), at(y, sub / SUB));
                    inside += usize::from(match kind {
                        Shape::Circle => (u - 0.5).powi(2) + (v - 0.5).powi(2) <= 0.25,
                        Shape::Triangle => (u - 0.5).abs() <= v / 2.0,
                        _ => true,
                    });
                }
                cover[y * side + x] = inside as f32 / (SUB * SUB) as f32;
            }
            let row = &cover[y * side..(y + 1) * side];
            // All kinds are convex: a row's covered columns are one interval.
            let span = |least: f32| {
                let first = row.iter().position(|&c| c >= least).unwrap_or(0);
                let last = row.iter().rposition(|&c| c >= least).map_or(0, |at| at + 1);
                (first, last)
            };
            rows.push(StampRow {
                sure: span(0.9),
                may: span(0.05),
            });
        }
        Self {
            kind,
            side,
            area: cover.iter().sum(),
            cover,
            rows,
        }
    }
}
