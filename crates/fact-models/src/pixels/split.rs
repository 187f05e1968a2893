//! Takes apart items that touch or overlap: the fewest shapes that explain a cluster.
//!
//! For each colour of a cluster: every square, circle and upright triangle that fits — it shows
//! nothing but that colour, except where another colour may lie on it — is a candidate; the result
//! is the smallest set of candidates that covers all pixels of the colour, and among equally small
//! sets the one that, drawn again, differs least from the image. Sizes seen elsewhere in the image
//! (and the customary ones) are tried before arbitrary sizes, whole shapes before shapes cut by
//! the frame. The work is bounded by a [`Budget`]: what cannot be explained within it stays whole.

use super::cluster::{Cluster, Frame, Pixel};
use super::panels::Rect;
use super::shape::Shape;
use super::stamp::{Stamp, Stamps};
use std::cell::Cell;

const KINDS: [Shape; 3] = [Shape::Square, Shape::Circle, Shape::Triangle];
/// Most shapes of one colour in one cluster.
const MOST_SHAPES: usize = 9;
/// Bounds of the work on one cluster; beyond them it stays in one piece.
const MOST_AREA: usize = 40_000;
const MOST_CANDIDATES: usize = 3000;
const MOST_CANDIDATES_A_STAMP: usize = 300;
/// A set is accepted if, drawn again, it differs from the image by at most this share of the
/// colour's pixels ...
const MISFIT: f32 = 0.12;
/// ... and needs no rival if by at most this share.
const GOOD: f32 = 0.02;
/// What one more shape must explain, in pixels, to be believed; a cut by the frame counts twice.
const PER_SHAPE: f32 = 6.0;
/// Steps (about a nanosecond each) for one way to explain one colour of one cluster.
const STEPS: u64 = 12_000_000;
/// Steps for an image.
const STEPS_AN_IMAGE: u64 = 150_000_000;
/// Shapes smaller than this are not looked for.
const SMALLEST: usize = 5;

/// What is left of the work allowed on one image, counted in steps, not in time: the same image
/// always gives the same result.
pub(super) struct Budget(Cell<u64>);

impl Default for Budget {
    fn default() -> Self {
        Self(Cell::new(STEPS_AN_IMAGE))
    }
}

impl Budget {
    /// Takes at most `steps` for a part of the work; the rest of them is to be given back.
    fn portion(&self, steps: u64) -> Self {
        let steps = steps.min(self.0.get());
        self.0.set(self.0.get() - steps);
        Self(Cell::new(steps))
    }

    fn give_back(&self, rest: Self) {
        self.0.set(self.0.get() + rest.0.get());
    }

    /// Whether there was so much left; now there is less.
    fn spend(&self, steps: usize) -> bool {
        let left = self.0.get().checked_sub(steps as u64);
        self.0.set(left.unwrap_or(0));
        left.is_some()
    }
}

/// A shape found: its kind and its whole box, which may reach beyond the frame by what is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) shape: Shape,
    pub(super) left: i64,
    pub(super) top: i64,
    pub(super) side: i64,
}

/// Explains all pixels of `label` in the cluster, or gives `None`. `usual` are side lengths to try
/// first.
pub(super) fn explain(
    cluster: &Cluster,
    frame: Frame,
    label: u8,
    usual: &[usize],
    budget: &Budget,
) -> Option<Vec<Found>> {
    if cluster.rect.width() as usize * cluster.rect.height() as usize > MOST_AREA {
        return None;
    }
    let longest = cluster.rect.width().max(cluster.rect.height()) as usize;
    let any: Vec<usize> = (SMALLEST..=longest).collect();
    let usual: Vec<usize> = usual.iter().copied().filter(|&s| s >= SMALLEST).collect();
    let reach = usual.iter().copied().max().unwrap_or(0).max(longest);
    let stamps = Stamps::default();
    let mut best: Option<Solution> = None;
    for (sizes, beyond) in [(&usual, 0), (&usual, reach), (&any, 0), (&any, reach)] {
        let portion = budget.portion(STEPS);
        let canvas = Canvas::new(cluster, frame, label, beyond, &stamps, &portion);
        let solution = if beyond > 0 && !canvas.cut {
            None
        } else {
            canvas.solve(sizes)
        };
        budget.give_back(portion);
        let Some(mut solution) = solution else {
            continue;
        };
        if beyond > 0 {
            solution.cost += 2.0 * PER_SHAPE;
        }
        let good = solution.misfit <= GOOD;
        if best.as_ref().is_none_or(|best| solution.cost < best.cost) {
            best = Some(solution);
        }
        if good {
            break;
        }
    }
    best.map(|solution| solution.found)
}

struct Solution {
    found: Vec<Found>,
    /// Share of the colour's pixels that it does not explain.
    misfit: f32,
    /// Pixels not explained, and what its shapes cost.
    cost: f32,
}

/// One colour of a cluster, padded where the frame may cut it.
struct Canvas<'a> {
    stamps: &'a Stamps,
    budget: &'a Budget,
    width: usize,
    height: usize,
    /// Position of the canvas in the image.
    left: i64,
    top: i64,
    /// Whether any side is padded.
    cut: bool,
    /// Whether edges are smoothed.
    smooth: bool,
    pixels: Vec<Pixel>,
    /// Per row (of `width` + 1): how many pixels up to here are ground.
    ground: Vec<u32>,
    /// Index among the pixels to cover, or `u32::MAX`.
    target: Vec<u32>,
    targets: usize,
    area: f32,
}

impl<'a> Canvas<'a> {
    fn new(
        cluster: &Cluster,
        frame: Frame,
        label: u8,
        beyond: usize,
        stamps: &'a Stamps,
        budget: &'a Budget,
    ) -> Self {
        let pad = |touches: bool| if touches { beyond } else { 0 };
        let (inner, outer): (Rect, Rect) = (cluster.rect, frame.rect);
        let before_x = pad(inner.left == outer.left);
        let before_y = pad(inner.top == outer.top);
        let after_x = pad(inner.right == outer.right);
        let after_y = pad(inner.bottom == outer.bottom);
        let (inner_width, inner_height) = (inner.width() as usize, inner.height() as usize);
        let width = before_x + inner_width + after_x;
        let height = before_y + inner_height + after_y;
        let mut canvas = Self {
            stamps,
            budget,
            width,
            height,
            left: i64::from(inner.left) - before_x as i64,
            top: i64::from(inner.top) - before_y as i64,
            cut: width > inner_width || height > inner_height,
            smooth: cluster.parts.iter().any(|part| part.mixed > 0),
            pixels: Vec::with_capacity(width * height),
            ground: Vec::with_capacity((width + 1) * height),
            target: vec![u32::MAX; width * height],
            targets: 0,
            area: 0.0,
        };
        for y in 0..height {
            let mut ground = 0;
            canvas.ground.push(0);
            for x in 0..width {
                let inside = (before_x..before_x + inner_width).contains(&x)
                    && (before_y..before_y + inner_height).contains(&y);
                let pixel = if inside {
                    cluster.pixel(label, x - before_x, y - before_y)
                } else {
                    Pixel::Other
                };
                match pixel {
                    Pixel::Ground => ground += 1,
                    Pixel::Own(cover) => {
                        canvas.area += cover;
                        if cover > 0.9 {
                            canvas.target[y * width + x] = canvas.targets as u32;
                            canvas.targets += 1;
                        }
                    }
                    Pixel::Other => {}
                }
                canvas.pixels.push(pixel);
                canvas.ground.push(ground);
            }
        }
        canvas
    }

    /// Whether the shape shows no ground where it would surely cover.
    fn fits(&self, stamp: &Stamp, x: usize, y: usize) -> bool {
        stamp.rows.iter().enumerate().all(|(line, row)| {
            let base = (y + line) * (self.width + 1) + x;
            row.sure.0 >= row.sure.1
                || self.ground[base + row.sure.0] == self.ground[base + row.sure.1]
        })
    }

    fn candidates(&self, sizes: &[usize]) -> Vec<Candidate> {
        let mut kept: Vec<Candidate> = Vec::new();
        for &size in sizes.iter().rev() {
            if size > self.width || size > self.height {
                continue;
            }
            for kind in KINDS {
                if !self.budget.spend(16 * size * size) {
                    return Vec::new();
                }
                let stamp = self.stamps.get(kind, size);
                let places = (0..=self.height - size)
                    .flat_map(|y| (0..=self.width - size).map(move |x| (x, y)));
                let most = kept.len() + MOST_CANDIDATES_A_STAMP;
                for (x, y) in places {
                    if kept.len() >= most.min(MOST_CANDIDATES) {
                        break;
                    }
                    if !self.budget.spend(4) {
                        return Vec::new();
                    }
                    if !self.fits(&stamp, x, y) {
                        continue;
                    }
                    let work = 2 * size * size + 4 * kept.len() + self.pixels.len() / 8;
                    if !self.budget.spend(work) {
                        return Vec::new();
                    }
                    // One that explains no more than a larger one, drawn no worse, is not needed.
                    kept.extend(
                        self.candidate(&stamp, x, y)
                            .filter(|fresh| !kept.iter().any(|known| known.replaces(fresh))),
                    );
                }
            }
        }
        kept.sort_by_key(|c| std::cmp::Reverse(c.count));
        kept
    }

    fn candidate(&self, stamp: &Stamp, x: usize, y: usize) -> Option<Candidate> {
        let mut covered = vec![0u64; self.targets.div_ceil(64)];
        let mut count = 0;
        let mut matched = vec![0u64; self.pixels.len().div_ceil(64)];
        let (mut excess, mut hidden) = (0.0, 0);
        for (line, row) in stamp.rows.iter().enumerate() {
            for column in row.may.0..row.may.1 {
                let at = (y + line) * self.width + x + column;
                let target = self.target[at] as usize;
                if target < self.targets {
                    covered[target / 64] |= 1 << (target % 64);
                    count += 1;
                }
                let cover = stamp.cover[line * stamp.side + column];
                if let Pixel::Own(own) = self.pixels[at]
                    && (!self.smooth || cover >= own - 0.35)
                {
                    matched[at / 64] |= 1 << (at % 64);
                }
                match self.pixels[at] {
                    Pixel::Own(own) if cover < own => {}
                    Pixel::Other => hidden += 1,
                    pixel => excess += self.off(pixel, cover),
                }
            }
        }
        (count > 0 && excess <= MISFIT * stamp.area).then_some(Candidate {
            kind: stamp.kind,
            side: stamp.side,
            x,
            y,
            covered,
            count,
            matched,
            excess,
            hidden,
        })
    }

    fn solve(&self, sizes: &[usize]) -> Option<Solution> {
        if self.targets == 0 {
            return None;
        }
        let candidates = self.candidates(sizes);
        let mut reached = vec![0; self.targets.div_ceil(64)];
        for candidate in &candidates {
            add(&mut reached, &candidate.covered);
        }
        if ones(&reached) < self.targets {
            return None;
        }
        let mut search = Search {
            canvas: self,
            candidates: &candidates,
            chosen: Vec::new(),
            best: None,
            exhausted: false,
        };
        let good = GOOD * self.area;
        let mut levels = 0;
        for most in 1..=MOST_SHAPES {
            search.extend(&vec![0; self.targets.div_ceil(64)], most);
            levels += u32::from(search.best.is_some());
            // A set that is not good may be beaten by one of one or two shapes more.
            let done = search.best.as_ref().is_some_and(|best| best.misfit <= good);
            if done || levels > 2 || search.exhausted {
                break;
            }
        }
        let best = search.best?;
        if best.misfit > MISFIT * self.area {
            return None;
        }
        let mut found: Vec<Found> = best
            .chosen
            .iter()
            .map(|&at| candidates[at].found())
            .collect();
        self.shrink(&mut found, sizes);
        for found in &mut found {
            found.left += self.left;
            found.top += self.top;
        }
        Some(Solution {
            misfit: best.misfit / self.area,
            cost: best.cost,
            found,
        })
    }

    /// Items rather touch than overlap: replaces each shape by the smallest one that explains as
    /// much together with the others (the tip of a triangle behind a square is a small triangle).
    fn shrink(&self, found: &mut [Found], sizes: &[usize]) {
        let mut misfit = self.misfit(found);
        for at in 0..found.len() {
            let whole = found[at];
            let mut smaller: Vec<Found> = Vec::new();
            for &side in sizes.iter().filter(|&&side| (side as i64) < whole.side) {
                for kind in KINDS {
                    let stamp = self.stamps.get(kind, side);
                    let reach = whole.side - side as i64;
                    for (y, x) in (0..=reach).flat_map(|y| (0..=reach).map(move |x| (y, x))) {
                        let (x, y) = (whole.left + x, whole.top + y);
                        if self.fits(&stamp, x as usize, y as usize) {
                            smaller.push(Found {
                                shape: kind,
                                left: x,
                                top: y,
                                side: side as i64,
                            });
                        }
                    }
                }
            }
            smaller.truncate(MOST_CANDIDATES_A_STAMP * 4);
            let (mut best, mut least) = (whole, misfit + 0.5);
            for shape in smaller {
                // Sizes ascend: the first size that works is the smallest.
                if shape.side > best.side || !self.budget.spend(1) {
                    break;
                }
                found[at] = shape;
                let now = self.misfit(found);
                if now < least {
                    (best, least) = (shape, now);
                }
            }
            if best != whole {
                misfit = least;
            }
            found[at] = best;
        }
    }

    /// How far the chosen shapes (in places of the canvas), drawn, differ from the image, in
    /// pixels.
    fn misfit(&self, chosen: &[Found]) -> f32 {
        self.budget.spend(2 * self.pixels.len());
        let mut drawn = vec![0.0f32; self.pixels.len()];
        for found in chosen {
            let stamp = self.stamps.get(found.shape, found.side as usize);
            let (left, top) = (found.left as usize, found.top as usize);
            for (line, row) in stamp.cover.chunks_exact(stamp.side).enumerate() {
                let start = (top + line) * self.width + left;
                for (pixel, cover) in drawn[start..start + stamp.side].iter_mut().zip(row) {
                    *pixel = pixel.max(*cover);
                }
            }
        }
        drawn
            .iter()
            .zip(&self.pixels)
            .map(|(&drawn, &pixel)| self.off(pixel, drawn))
            .sum()
    }

    /// How far a pixel is from being covered by `cover`.
    fn off(&self, pixel: Pixel, cover: f32) -> f32 {
        let own = match pixel {
            // What is hidden is not known; prefer to assume little.
            Pixel::Other => return 0.01 * cover,
            Pixel::Ground => 0.0,
            Pixel::Own(own) => own,
        };
        if !self.smooth && (0.1..0.9).contains(&cover) {
            // Drawn without smoothing, an edge may fall on either side.
            0.1 * (own - cover).abs()
        } else {
            (own - cover).abs()
        }
    }
}

struct Candidate {
    kind: Shape,
    side: usize,
    x: usize,
    y: usize,
    /// Bit set over the pixels to cover: those it may show.
    covered: Vec<u64>,
    count: usize,
    /// Bit set over all pixels: those of the colour that it covers as much as they show.
    matched: Vec<u64>,
    /// What it covers beyond the colour, in pixels.
    excess: f32,
    /// How many of its pixels another colour (or the frame) would hide.
    hidden: usize,
}

impl Candidate {
    fn found(&self) -> Found {
        Found {
            shape: self.kind,
            left: self.x as i64,
            top: self.y as i64,
            side: self.side as i64,
        }
    }

    fn replaces(&self, other: &Candidate) -> bool {
        self.side >= other.side
            && self.x <= other.x
            && self.y <= other.y
            && self.x + self.side >= other.x + other.side
            && self.y + self.side >= other.y + other.side
            && self.excess <= other.excess + 0.5
            && self.hidden <= other.hidden
            && within(&other.matched, &self.matched)
            && within(&other.covered, &self.covered)
    }
}

fn add(set: &mut [u64], more: &[u64]) {
    for (set, more) in set.iter_mut().zip(more) {
        *set |= more;
    }
}

fn ones(set: &[u64]) -> usize {
    set.iter().map(|word| word.count_ones() as usize).sum()
}

/// Whether the first bit set lies within the second.
fn within(part: &[u64], whole: &[u64]) -> bool {
    part.iter()
        .zip(whole)
        .all(|(part, whole)| part & !whole == 0)
}

struct Search<'a> {
    canvas: &'a Canvas<'a>,
    candidates: &'a [Candidate],
    chosen: Vec<usize>,
    best: Option<Best>,
    exhausted: bool,
}

struct Best {
    misfit: f32,
    cost: f32,
    chosen: Vec<usize>,
}

impl Search<'_> {
    /// Tries all sets of at most `left` more candidates that cover what is open.
    fn extend(&mut self, covered: &[u64], left: usize) {
        let work = self.candidates.len() + self.canvas.targets / 8;
        self.exhausted |= !self.canvas.budget.spend(work);
        if self.exhausted {
            return;
        }
        let open = (0..self.canvas.targets).find(|&t| covered[t / 64] & (1 << (t % 64)) == 0);
        let Some(open) = open else {
            let chosen: Vec<Found> = self
                .chosen
                .iter()
                .map(|&at| self.candidates[at].found())
                .collect();
            let misfit = self.canvas.misfit(&chosen);
            let cost = misfit + PER_SHAPE * self.chosen.len() as f32;
            if self.best.as_ref().is_none_or(|best| cost < best.cost) {
                self.best = Some(Best {
                    misfit,
                    cost,
                    chosen: self.chosen.clone(),
                });
            }
            return;
        };
        if left == 0 {
            return;
        }
        let rest = self.canvas.targets - ones(covered);
        for at in 0..self.candidates.len() {
            let candidate = &self.candidates[at];
            // Sorted by how much they cover: the later ones cannot do it either.
            if candidate.count + self.candidates[0].count * (left - 1) < rest {
                break;
            }
            if candidate.covered[open / 64] & (1 << (open % 64)) == 0 {
                continue;
            }
            let mut next = covered.to_vec();
            add(&mut next, &candidate.covered);
            self.chosen.push(at);
            self.extend(&next, left - 1);
            self.chosen.pop();
        }
    }
}
