//! Clusters: what stands out from the ground in one piece, and the solid parts it has.

use super::palette::{Labels, MIXED, unmix};
use super::panels::Rect;
use super::shape::Profile;
use image::RgbImage;

/// A frame to look in: a box, or the whole image where there are no boxes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) rect: Rect,
    /// Label of its ground.
    pub(super) ground: u8,
}

/// Parts smaller than this many pixels are blends that happen to have a palette colour.
const SMALLEST_PART: usize = 4;
/// A blend further off the line between ground and colour, in levels, is no blend of the two.
const OFF_LINE: f32 = 24.0;

/// No part.
const NONE: u16 = u16::MAX;

/// An 8-connected set of pixels that are not ground.
#[derive(Debug)]
pub(super) struct Cluster {
    /// Its bounding box, in pixels of the image.
    pub(super) rect: Rect,
    /// Parts with a colour of their own; empty for specks.
    pub(super) parts: Vec<Part>,
    /// Pixels in it.
    pub(super) area: usize,
    /// Over `rect`, row by row: which part a pixel belongs to and how much of it (0..=1) that part
    /// covers; ([`NONE`], 0) is ground.
    owner: Vec<u16>,
    cover: Vec<f32>,
}

/// A 4-connected set of pixels of one palette colour, and the blends on its edge.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) label: u8,
    /// Bounding box with blends, in pixels of the image.
    pub(super) rect: Rect,
    /// Pixels of the palette colour.
    pub(super) solid: usize,
    /// Blends.
    pub(super) mixed: usize,
    /// Blends that are not of its colour and the ground.
    pub(super) strange: usize,
}

/// What a pixel of a cluster is to one colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Pixel {
    /// Ground: nothing here.
    Ground,
    /// Of the colour, covered by this share.
    Own(f32),
    /// Of another colour: the colour may go on beneath.
    Other,
}

impl Cluster {
    fn width(&self) -> usize {
        self.rect.width() as usize
    }

    /// What the pixel at (`x`, `y`), relative to the cluster's box, is to `label`.
    pub(super) fn pixel(&self, label: u8, x: usize, y: usize) -> Pixel {
        let at = y * self.width() + x;
        match self.owner[at] {
            NONE => Pixel::Ground,
            part if self.parts[usize::from(part)].label == label => Pixel::Own(self.cover[at]),
            _ => Pixel::Other,
        }
    }

    /// How a part fills its box.
    pub(super) fn profile(&self, part: usize) -> Profile {
        let rect = self.parts[part].rect;
        let mut profile = Profile {
            rows: vec![0.0; rect.height() as usize],
            columns: vec![0.0; rect.width() as usize],
        };
        let left = (rect.left - self.rect.left) as usize;
        let top = (rect.top - self.rect.top) as usize;
        for (y, row) in profile.rows.iter_mut().enumerate() {
            let start = (top + y) * self.width() + left;
            for (x, column) in profile.columns.iter_mut().enumerate() {
                if usize::from(self.owner[start + x]) == part {
                    let cover = self.cover[start + x];
                    *row += cover;
                    *column += cover;
                }
            }
        }
        profile
    }
}

/// Finds the clusters of a frame, from left to right (by left, then top edge).
pub(super) fn find(labels: &Labels, image: &RgbImage, frame: Frame) -> Vec<Cluster> {
    let Rect {
        left,
        top,
        right,
        bottom,
    } = frame.rect;
    let (width, height) = ((right - left) as usize, (bottom - top) as usize);
    let mut seen = vec![false; width * height];
    let mut pixels: Vec<(u32, u32)> = Vec::new();
    let mut clusters = Vec::new();
    for y in 0..height {
        let row = &labels.row(y + top as usize)[left as usize..right as usize];
        for (x, &label) in row.iter().enumerate() {
            if label == frame.ground || seen[y * width + x] {
                continue;
            }
            // Flood fill; `pixels` is both the queue and the result.
            pixels.clear();
            pixels.push((x as u32, y as u32));
            seen[y * width + x] = true;
            let mut next = 0;
            while let Some(&(px, py)) = pixels.get(next) {
                next += 1;
                for ny in py.saturating_sub(1)..=(py + 1).min(height as u32 - 1) {
                    let line = labels.row((ny + top) as usize);
                    for nx in px.saturating_sub(1)..=(px + 1).min(width as u32 - 1) {
                        let at = ny as usize * width + nx as usize;
                        if !seen[at] && line[(nx + left) as usize] != frame.ground {
                            seen[at] = true;
                            pixels.push((nx, ny));
                        }
                    }
                }
            }
            for pixel in &mut pixels {
                *pixel = (pixel.0 + left, pixel.1 + top);
            }
            clusters.push(build(labels, image, frame.ground, &pixels));
        }
    }
    clusters.sort_by_key(|cluster| (cluster.rect.left, cluster.rect.top));
    clusters
}

fn bounds<'a>(pixels: impl IntoIterator<Item = &'a (u32, u32)>) -> Rect {
    let mut rect = Rect {
        left: u32::MAX,
        top: u32::MAX,
        right: 0,
        bottom: 0,
    };
    for &(x, y) in pixels {
        rect.left = rect.left.min(x);
        rect.top = rect.top.min(y);
        rect.right = rect.right.max(x + 1);
        rect.bottom = rect.bottom.max(y + 1);
    }
    rect
}

fn build(labels: &Labels, image: &RgbImage, ground: u8, pixels: &[(u32, u32)]) -> Cluster {
    let rect = bounds(pixels);
    let width = rect.width() as usize;
    let size = width * rect.height() as usize;
    let local = |x: u32, y: u32| (y - rect.top) as usize * width + (x - rect.left) as usize;
    let mut cluster = Cluster {
        rect,
        parts: Vec::new(),
        area: pixels.len(),
        owner: vec![NONE; size],
        cover: vec![0.0; size],
    };
    let mut waiting = solid_parts(labels, pixels, &mut cluster);
    let grounds = labels.palette[usize::from(ground)];
    // Blends join the part they touch, outward from the parts; between two parts, the one whose
    // colour explains them better.
    while !waiting.is_empty() && !cluster.parts.is_empty() {
        let mut joined = Vec::new();
        waiting.retain(|&(x, y)| {
            let pixel = image.get_pixel(x, y).0;
            let mut best: Option<(u16, f32, f32)> = None;
            for ny in y.saturating_sub(1).max(rect.top)..=(y + 1).min(rect.bottom - 1) {
                for nx in x.saturating_sub(1).max(rect.left)..=(x + 1).min(rect.right - 1) {
                    let part = cluster.owner[local(nx, ny)];
                    if part == NONE || best.is_some_and(|(known, ..)| known == part) {
                        continue;
                    }
                    let color = cluster.parts[usize::from(part)].label;
                    let (share, off) = unmix(pixel, grounds, labels.palette[usize::from(color)]);
                    if best.is_none_or(|(.., best_off)| off < best_off) {
                        best = Some((part, share, off));
                    }
                }
            }
            match best {
                Some(best) => {
                    joined.push((x, y, best));
                    false
                }
                None => true,
            }
        });
        if joined.is_empty() {
            break;
        }
        for (x, y, (part, share, off)) in joined {
            let at = local(x, y);
            cluster.owner[at] = part;
            cluster.cover[at] = share;
            let part = &mut cluster.parts[usize::from(part)];
            part.mixed += 1;
            part.strange += usize::from(off > OFF_LINE);
            part.rect = Rect {
                left: part.rect.left.min(x),
                top: part.rect.top.min(y),
                right: part.rect.right.max(x + 1),
                bottom: part.rect.bottom.max(y + 1),
            };
        }
    }
    cluster
}

/// Marks the solid parts in the cluster; gives back the pixels that belong to none.
fn solid_parts(labels: &Labels, pixels: &[(u32, u32)], cluster: &mut Cluster) -> Vec<(u32, u32)> {
    let rect = cluster.rect;
    let width = rect.width() as usize;
    let local = |x: u32, y: u32| (y - rect.top) as usize * width + (x - rect.left) as usize;
    let mut blends = Vec::new();
    let mut part: Vec<(u32, u32)> = Vec::new();
    let mut seen = vec![false; cluster.owner.len()];
    // Clusters come in scan order within each fill front; sort for a stable order of parts.
    let mut ordered = pixels.to_vec();
    ordered.sort_unstable_by_key(|&(x, y)| (y, x));
    for &(x, y) in &ordered {
        let label = labels.at(x as usize, y as usize);
        if label == MIXED {
            blends.push((x, y));
            continue;
        }
        if seen[local(x, y)] {
            continue;
        }
        part.clear();
        part.push((x, y));
        seen[local(x, y)] = true;
        let mut next = 0;
        while let Some(&(px, py)) = part.get(next) {
            next += 1;
            let around = [
                (px.wrapping_sub(1), py),
                (px + 1, py),
                (px, py.wrapping_sub(1)),
                (px, py + 1),
            ];
            for (nx, ny) in around {
                let inside =
                    (rect.left..rect.right).contains(&nx) && (rect.top..rect.bottom).contains(&ny);
                if inside && !seen[local(nx, ny)] && labels.at(nx as usize, ny as usize) == label {
                    seen[local(nx, ny)] = true;
                    part.push((nx, ny));
                }
            }
        }
        // 65 535 parts would need an image of as many specks, which is not flat-coloured.
        if part.len() < SMALLEST_PART || cluster.parts.len() >= usize::from(NONE) {
            blends.extend_from_slice(&part);
            continue;
        }
        let index = cluster.parts.len() as u16;
        for &(x, y) in &part {
            cluster.owner[local(x, y)] = index;
            cluster.cover[local(x, y)] = 1.0;
        }
        cluster.parts.push(Part {
            label,
            rect: bounds(&part),
            solid: part.len(),
            mixed: 0,
            strange: 0,
        });
    }
    blends
}
