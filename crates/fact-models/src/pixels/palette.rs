//! From pixels to flat colours: every pixel gets the index of a palette colour, or [`MIXED`].
//!
//! A colour is in the palette if somewhere a 3×3 block has it; what anti-aliasing leaves between
//! two colours never does. Two readings are tried: *exact* (colours within 3 levels a channel are
//! one; lossless files) and *tolerant* (within 28; JPEG).

use image::RgbImage;
use std::collections::HashMap;

/// Label of pixels that have no palette colour: blends on edges, noise.
pub(super) const MIXED: u8 = u8::MAX;

/// More distinct colours than this is no flat-coloured image, however it was compressed.
const MOST_COLORS: usize = 20_000;
/// Palette colours looked for at most (and fewer than [`MIXED`]).
const MOST_LABELS: usize = 200;

/// How far apart two readings of one flat colour may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    Exact,
    Tolerant,
}

impl Reading {
    fn tolerance(self) -> u8 {
        match self {
            Reading::Exact => 3,
            Reading::Tolerant => 28,
        }
    }
}

/// An image as palette indices.
#[derive(Debug)]
pub(super) struct Labels {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Row by row; an index into `palette`, or [`MIXED`].
    pub(super) of: Vec<u8>,
    /// Most frequent first.
    pub(super) palette: Vec<[u8; 3]>,
}

impl Labels {
    pub(super) fn row(&self, y: usize) -> &[u8] {
        &self.of[y * self.width..(y + 1) * self.width]
    }

    pub(super) fn at(&self, x: usize, y: usize) -> u8 {
        self.of[y * self.width + x]
    }
}

/// The distinct colours of an image and its runs of equal pixels, shared by both readings. Flat
/// images have few runs: what works by runs is fast.
pub(super) struct Histogram {
    colors: Vec<([u8; 3], u32)>,
    /// In reading order; no run goes over the end of a row.
    runs: Vec<Run>,
    width: usize,
    height: usize,
}

/// Equal pixels beside each other.
struct Run {
    start: u32,
    length: u32,
    /// Index into the colours.
    color: u16,
}

impl Histogram {
    /// `None` if there are too many colours for a flat-coloured image.
    pub(super) fn of(image: &RgbImage) -> Option<Self> {
        let mut colors: Vec<([u8; 3], u32)> = Vec::new();
        let mut known: HashMap<[u8; 3], u16> = HashMap::new();
        let mut runs = Vec::new();
        let width = image.width() as usize;
        let pixels = image.as_raw().as_chunks::<3>().0;
        for (y, row) in pixels.chunks_exact(width.max(1)).enumerate() {
            let mut start = 0;
            while start < width {
                let length = run_length(&row[start..]);
                let fresh = colors.len() as u16;
                let color = match runs.last() {
                    Some(&Run { color, .. }) if colors[usize::from(color)].0 == row[start] => color,
                    _ => *known.entry(row[start]).or_insert(fresh),
                };
                if color == fresh {
                    if colors.len() >= MOST_COLORS {
                        return None;
                    }
                    colors.push((row[start], 0));
                }
                colors[usize::from(color)].1 += length as u32;
                runs.push(Run {
                    start: (y * width + start) as u32,
                    length: length as u32,
                    color,
                });
                start += length;
            }
        }
        Some(Self {
            colors,
            runs,
            width,
            height: image.height() as usize,
        })
    }

    /// Labels every pixel.
    pub(super) fn read(&self, reading: Reading) -> Labels {
        let tolerance = reading.tolerance();
        let mut order: Vec<usize> = (0..self.colors.len())
            .filter(|&id| self.colors[id].1 >= 9)
            .collect();
        order.sort_unstable_by_key(|&id| (std::cmp::Reverse(self.colors[id].1), self.colors[id].0));
        let mut peaks: Vec<[u8; 3]> = Vec::new();
        for id in order {
            let color = self.colors[id].0;
            if peaks.len() < MOST_LABELS
                && !peaks.iter().any(|&peak| apart(peak, color) <= tolerance)
            {
                peaks.push(color);
            }
        }
        let nearest = |color: [u8; 3]| {
            (0..peaks.len())
                .min_by_key(|&at| apart(peaks[at], color))
                .filter(|&at| apart(peaks[at], color) <= tolerance)
                .map_or(MIXED, |at| at as u8)
        };
        let mut label_of: Vec<u8> = self
            .colors
            .iter()
            .map(|&(color, _)| nearest(color))
            .collect();
        let mut labels = Labels {
            width: self.width,
            height: self.height,
            of: self.paint(&label_of),
            palette: peaks,
        };
        // Keep what fills a 3×3 block somewhere; the others are blends.
        let solid = match reading {
            Reading::Exact => labels.solid_in_runs(&self.runs, &label_of),
            Reading::Tolerant => labels.solid_anywhere(),
        };
        let mut kept = Vec::new();
        let renamed: Vec<u8> = labels
            .palette
            .iter()
            .zip(solid)
            .map(|(&color, solid)| {
                if !solid {
                    return MIXED;
                }
                kept.push(color);
                (kept.len() - 1) as u8
            })
            .collect();
        for label in &mut label_of {
            *label = renamed.get(usize::from(*label)).copied().unwrap_or(MIXED);
        }
        labels.of = self.paint(&label_of);
        labels.palette = kept;
        labels
    }

    fn paint(&self, label_of: &[u8]) -> Vec<u8> {
        let mut labels = vec![MIXED; self.width * self.height];
        for run in &self.runs {
            let start = run.start as usize;
            labels[start..start + run.length as usize].fill(label_of[usize::from(run.color)]);
        }
        labels
    }
}

/// How many pixels from the first on are equal to it.
fn run_length(pixels: &[[u8; 3]]) -> usize {
    const BLOCK: usize = 8;
    let first = pixels[0];
    // Whole blocks compare as memory.
    let blocks = pixels
        .as_chunks::<BLOCK>()
        .0
        .iter()
        .take_while(|block| **block == [first; BLOCK])
        .count();
    let rest = &pixels[blocks * BLOCK..];
    blocks * BLOCK + rest.iter().take_while(|&&pixel| pixel == first).count()
}

impl Labels {
    /// Which labels fill a 3×3 block within a run of one exact colour.
    fn solid_in_runs(&self, runs: &[Run], label_of: &[u8]) -> Vec<bool> {
        let mut solid = vec![false; self.palette.len()];
        for run in runs {
            let label = label_of[usize::from(run.color)];
            let (start, length) = (run.start as usize, run.length as usize);
            let y = start / self.width;
            if length < 3
                || label == MIXED
                || solid[usize::from(label)]
                || y == 0
                || y + 1 == self.height
            {
                continue;
            }
            let whole = |line: &[u8]| line.windows(3).map(|w| w == [label; 3]).collect::<Vec<_>>();
            let above = whole(&self.of[start - self.width..start - self.width + length]);
            let below = whole(&self.of[start + self.width..start + self.width + length]);
            solid[usize::from(label)] = above.iter().zip(&below).any(|(&a, &b)| a && b);
        }
        solid
    }

    /// Which labels fill a 3×3 block.
    fn solid_anywhere(&self) -> Vec<bool> {
        let mut solid = vec![false; self.palette.len()];
        for y in 1..self.height.saturating_sub(1) {
            let rows = [self.row(y - 1), self.row(y), self.row(y + 1)];
            for x in 1..self.width.saturating_sub(1) {
                let label = rows[1][x];
                if label != MIXED && !solid[usize::from(label)] {
                    solid[usize::from(label)] =
                        rows.iter().all(|row| row[x - 1..=x + 1] == [label; 3]);
                }
            }
        }
        solid
    }

    /// Share of pixels that have a palette colour.
    pub(super) fn flat_share(&self) -> f64 {
        let flat = self.of.iter().filter(|&&label| label != MIXED).count();
        flat as f64 / self.of.len().max(1) as f64
    }
}

/// Largest difference of a channel.
pub(super) fn apart(a: [u8; 3], b: [u8; 3]) -> u8 {
    a[0].abs_diff(b[0])
        .max(a[1].abs_diff(b[1]))
        .max(a[2].abs_diff(b[2]))
}

/// How much of `color` is in the blend `pixel` of `ground` and `color`: the share in 0..=1, and
/// how far the pixel lies off the line between them, in levels.
pub(super) fn unmix(pixel: [u8; 3], ground: [u8; 3], color: [u8; 3]) -> (f32, f32) {
    let minus = |a: [u8; 3], b: [u8; 3]| [0, 1, 2].map(|c| f32::from(a[c]) - f32::from(b[c]));
    let dot = |a: [f32; 3], b: [f32; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    let (along, to) = (minus(color, ground), minus(pixel, ground));
    let share = (dot(along, to) / dot(along, along).max(1.0)).clamp(0.0, 1.0);
    let off = [0, 1, 2].map(|c| to[c] - share * along[c]);
    (share, dot(off, off).sqrt())
}
