//! Lays out pictures: what a question needs, things that distract from it, and room for all.

use super::super::rng::Rng;
use super::describe::Noun;
use super::draw;
use super::held_out::{HeldOut, shuffle};
use super::picture::{Category, Picture, Thing};
use std::fmt;
use std::str::FromStr;

/// The least share of each thing that others leave uncovered, in percent.
pub const MIN_VISIBLE: u32 = 60;
/// Side of each size, in 96ths of the image's shorter side.
const SIDES: [i32; 3] = [12, 18, 26];
/// Places tried for a thing before the picture is given up.
const PLACES: usize = 40;

/// How many things of a kind a picture gets on purpose; more may come by chance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Need {
    pub(super) noun: Noun,
    pub(super) low: usize,
    pub(super) high: usize,
}

/// Cells side by side, written `COLUMNSxROWS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Grid {
    /// Cells beside each other, 1 to 64.
    pub columns: u32,
    /// Cells above each other, 1 to 64.
    pub rows: u32,
}

impl Grid {
    fn cells(self) -> impl Iterator<Item = (u32, u32)> {
        (0..self.rows).flat_map(move |row| (0..self.columns).map(move |column| (column, row)))
    }

    /// Width and height of a cell of an image.
    fn cell(self, width: i32, height: i32) -> (i32, i32) {
        (
            width / self.columns.cast_signed(),
            height / self.rows.cast_signed(),
        )
    }
}

impl FromStr for Grid {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let sides = text
            .split_once('x')
            .and_then(|(columns, rows)| Some((columns.parse().ok()?, rows.parse().ok()?)));
        match sides {
            Some((columns @ 1..=64, rows @ 1..=64)) => Ok(Self { columns, rows }),
            _ => Err(format!(
                "`{text}` is no grid, expected COLUMNSxROWS such as 4x4, each 1 to 64"
            )),
        }
    }
}

impl TryFrom<String> for Grid {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Grid> for String {
    fn from(grid: Grid) -> Self {
        grid.to_string()
    }
}

impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.columns, self.rows)
    }
}

/// What pictures of a split are like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room<'a> {
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) noise: u8,
    /// Columns and rows of cells that hold one thing each; none if things lie anywhere.
    pub(super) grid: Option<Grid>,
    /// Fewest and most things.
    pub(super) objects: (usize, usize),
    pub(super) held_out: &'a HeldOut,
    /// Whether held-out pairs may be shown.
    pub(super) pairs: bool,
}

impl Room<'_> {
    /// A picture with what is needed, or nothing if this draw does not fit.
    pub(super) fn picture(&self, needs: &[Need], rng: &mut Rng) -> Option<Picture> {
        let mut values: Vec<[u8; 4]> = Vec::new();
        for need in needs {
            let count = rng.between(need.low as i32, need.high as i32);
            for _ in 0..count {
                let filled = self.thing(&values, rng);
                let both = need.noun.0.iter().zip(filled);
                let mut planted = filled;
                for (slot, (said, value)) in planted.iter_mut().zip(both) {
                    *slot = said.unwrap_or(value);
                }
                values.push(planted);
            }
        }
        let (low, high) = self.objects;
        let wanted = rng.between(low as i32, high as i32) as usize;
        if values.len() > high {
            return None;
        }
        while values.len() < wanted {
            let more = self.thing(&values, rng);
            values.push(more);
        }
        let shown = |v: &[u8; 4]| self.held_out.pairs.contains(&(v[2], v[3]));
        if !self.pairs && values.iter().any(shown) {
            return None;
        }
        shuffle(&mut values, rng);
        let mut picture = Picture {
            width: self.width,
            height: self.height,
            things: Vec::new(),
            ground: rng.between(222, 244) as u8,
            grain: rng.below(1 << 48) as u64,
            noise: self.noise,
        };
        let mut cells = self.grid.map(|grid| {
            let mut cells: Vec<(u32, u32)> = grid.cells().collect();
            shuffle(&mut cells, rng);
            cells
        });
        for values in values {
            let thing = match (&mut cells, self.grid) {
                (Some(cells), Some(grid)) => self.in_cell(values, grid, cells.pop()?),
                _ => self.place(values, &picture.things, rng)?,
            };
            picture.things.push(thing);
        }
        Some(picture)
    }

    /// Values of a thing that nobody asked for: the popular more often, and not seldom something
    /// of one that is there already, so that things have to be told apart.
    fn thing(&self, others: &[[u8; 4]], rng: &mut Rng) -> [u8; 4] {
        let [colors, shapes] = &self.held_out.popular;
        let mut popular = |values: &[u8]| {
            // The smaller of two draws: frequencies fall off evenly.
            let rank = rng.below(values.len()).min(rng.below(values.len()));
            values[rank]
        };
        let (color, shape) = (popular(colors), popular(shapes));
        let size = self.held_out.value(rng, Category::Size);
        let pattern = self.held_out.value(rng, Category::Pattern);
        let mut values = [size, pattern, color, shape];
        if !others.is_empty() && rng.chance(45) {
            let other = others[rng.below(others.len())];
            let at = rng.pick(&[1, 2, 2, 3, 3]);
            values[at] = other[at];
        }
        if self.pairs && rng.chance(25) {
            let (color, shape) = rng.pick(&self.held_out.pairs);
            (values[2], values[3]) = (color, shape);
        }
        values
    }

    /// The thing in the middle of a cell, whose larger things fill it.
    fn in_cell(&self, values: [u8; 4], grid: Grid, cell: (u32, u32)) -> Thing {
        let (width, height) = grid.cell(self.width, self.height);
        // The largest leave a pixel free at each side or so: 26 of 28.
        let side = (SIDES[usize::from(values[0])] * width.min(height) / 28).max(1);
        let (column, row) = (cell.0.cast_signed(), cell.1.cast_signed());
        Thing {
            values,
            left: column * width + (width - side) / 2,
            top: row * height + (height - side) / 2,
            side,
        }
    }

    /// A place where the thing covers no other by much.
    fn place(&self, values: [u8; 4], others: &[Thing], rng: &mut Rng) -> Option<Thing> {
        let side = SIDES[usize::from(values[0])] * self.width.min(self.height) / 96;
        (0..PLACES).find_map(|_| {
            let thing = Thing {
                values,
                left: rng.between(1, self.width - side - 1),
                top: rng.between(1, self.height - side - 1),
                side,
            };
            let free = others.iter().all(|other| {
                // At most a quarter of the smaller one's box.
                let smaller = thing.side.min(other.side);
                4 * overlap(&thing, other) <= smaller * smaller
            });
            free.then_some(thing)
        })
    }
}

/// Whether enough of each thing can be seen.
pub(super) fn clear(picture: &Picture) -> bool {
    draw::visible(picture)
        .iter()
        .all(|share| *share >= MIN_VISIBLE)
}

/// Area that two boxes share, in pixels.
pub(super) fn overlap(a: &Thing, b: &Thing) -> i32 {
    let width = (a.left + a.side).min(b.left + b.side) - a.left.max(b.left);
    let height = (a.top + a.side).min(b.top + b.side) - a.top.max(b.top);
    width.max(0) * height.max(0)
}

/// A picture with no question in mind.
pub(super) fn any(room: &Room<'_>, rng: &mut Rng) -> Picture {
    // Every second draw or so fits; options that leave no room have been refused.
    loop {
        if let Some(picture) = room.picture(&[], rng).filter(clear) {
            return picture;
        }
    }
}
