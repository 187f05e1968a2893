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

/// Pixels of one label beside each other, in pixels of the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Run {
    y: u32,
    left: u32,
    right: u32,
    label: u8,
}

/// Finds the clusters of a frame, from left to right (by left, then top edge).
pub(super) fn find(labels: &Labels, image: &RgbImage, frame: Frame) -> Vec<Cluster> {
    let runs = standing_out(labels, frame);
    // 8-connected: runs of neighbouring rows that overlap or meet at a corner.
    let groups = connect(&runs, |a, b| a.left <= b.right && b.left <= a.right);
    let mut clusters: Vec<Cluster> = groups
        .into_iter()
        .map(|group| build(labels, image, frame.ground, &group))
        .collect();
    clusters.sort_by_key(|cluster| (cluster.rect.left, cluster.rect.top));
    clusters
}

/// The runs of a frame that are not ground, in reading order.
fn standing_out(labels: &Labels, frame: Frame) -> Vec<Run> {
    const BLOCK: usize = 16;
    let Rect {
        left,
        top,
        right,
        bottom,
    } = frame.rect;
    let mut runs = Vec::new();
    for y in top..bottom {
        let row = &labels.row(y as usize)[left as usize..right as usize];
        let mut x = 0;
        while x < row.len() {
            // Most of a frame is ground: skip it in blocks.
            if row.len() - x >= BLOCK && row[x..x + BLOCK] == [frame.ground; BLOCK] {
                x += BLOCK;
                continue;
            }
            let label = row[x];
            let length = row[x..].iter().take_while(|&&here| here == label).count();
            if label != frame.ground {
                runs.push(Run {
                    y,
                    left: left + x as u32,
                    right: left + (x + length) as u32,
                    label,
                });
            }
            x += length;
        }
    }
    runs
}

/// Groups runs (in reading order) that meet: those that touch in one row, if `meet` allows, and
/// those of neighbouring rows for which `meet` holds. Groups, and the runs in them, stay in order.
fn connect(runs: &[Run], meet: impl Fn(&Run, &Run) -> bool) -> Vec<Vec<Run>> {
    let mut parent: Vec<usize> = (0..runs.len()).collect();
    fn root(parent: &mut [usize], mut at: usize) -> usize {
        while parent[at] != at {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        at
    }
    // Start of the row above within `runs`; both pointers only move forward.
    let mut above = 0;
    for at in 0..runs.len() {
        let run = runs[at];
        while runs[above].y + 1 < run.y
            || (runs[above].y + 1 == run.y && runs[above].right < run.left)
        {
            above += 1;
        }
        let mut join = |other: usize| {
            let (a, b) = (root(&mut parent, at), root(&mut parent, other));
            parent[a.max(b)] = a.min(b);
        };
        if at > 0
            && runs[at - 1].y == run.y
            && runs[at - 1].right == run.left
            && meet(&runs[at - 1], &run)
        {
            join(at - 1);
        }
        let upper =
            (above..at).take_while(|&o| runs[o].y + 1 == run.y && runs[o].left <= run.right);
        for other in upper {
            if meet(&runs[other], &run) {
                join(other);
            }
        }
    }
    let mut groups: Vec<Vec<Run>> = Vec::new();
    let mut group_of = vec![usize::MAX; runs.len()];
    for (at, run) in runs.iter().enumerate() {
        let first = root(&mut parent, at);
        if group_of[first] == usize::MAX {
            group_of[first] = groups.len();
            groups.push(Vec::new());
        }
        groups[group_of[first]].push(*run);
    }
    groups
}

fn bounds(runs: &[Run]) -> Rect {
    let mut rect = Rect {
        left: u32::MAX,
        top: u32::MAX,
        right: 0,
        bottom: 0,
    };
    for run in runs {
        rect.left = rect.left.min(run.left);
        rect.top = rect.top.min(run.y);
        rect.right = rect.right.max(run.right);
        rect.bottom = rect.bottom.max(run.y + 1);
    }
    rect
}

fn pixels(runs: &[Run]) -> usize {
    runs.iter().map(|run| (run.right - run.left) as usize).sum()
}

fn build(labels: &Labels, image: &RgbImage, ground: u8, runs: &[Run]) -> Cluster {
    let rect = bounds(runs);
    let size = rect.width() as usize * rect.height() as usize;
    let mut cluster = Cluster {
        rect,
        parts: Vec::new(),
        area: pixels(runs),
        owner: vec![NONE; size],
        cover: vec![0.0; size],
    };
    let mut blends = cluster.take_solid_parts(runs);
    // Blends join the part they touch, outward from the parts.
    while !blends.is_empty() && !cluster.parts.is_empty() {
        let before = blends.len();
        cluster.join_blends(&mut blends, labels, image, ground);
        if blends.len() == before {
            break;
        }
    }
    cluster
}

impl Cluster {
    fn local(&self, x: u32, y: u32) -> usize {
        (y - self.rect.top) as usize * self.width() + (x - self.rect.left) as usize
    }

    /// Finds the solid parts; gives back the pixels that belong to none.
    fn take_solid_parts(&mut self, runs: &[Run]) -> Vec<(u32, u32)> {
        let mut blends = Vec::new();
        // 4-connected, of one label.
        let groups = connect(runs, |a, b| {
            a.label == b.label && a.left < b.right && b.left < a.right && a.y != b.y
        });
        for group in groups {
            let (label, solid) = (group[0].label, pixels(&group));
            // 65 535 parts would need an image of as many specks, which is not flat-coloured.
            let part = u16::try_from(self.parts.len()).unwrap_or(NONE);
            if label == MIXED || solid < SMALLEST_PART || part == NONE {
                for run in &group {
                    blends.extend((run.left..run.right).map(|x| (x, run.y)));
                }
                continue;
            }
            for run in &group {
                let start = self.local(run.left, run.y);
                let place = start..start + (run.right - run.left) as usize;
                self.owner[place.clone()].fill(part);
                self.cover[place].fill(1.0);
            }
            self.parts.push(Part {
                label,
                rect: bounds(&group),
                solid,
                mixed: 0,
                strange: 0,
            });
        }
        blends
    }

    /// Gives each blend that touches parts to the one whose colour explains it best, all at once.
    fn join_blends(
        &mut self,
        blends: &mut Vec<(u32, u32)>,
        labels: &Labels,
        image: &RgbImage,
        ground: u8,
    ) {
        let rect = self.rect;
        let ground = labels.palette[usize::from(ground)];
        let mut joined = Vec::new();
        blends.retain(|&(x, y)| {
            let pixel = image.get_pixel(x, y).0;
            let mut best: Option<(u16, f32, f32)> = None;
            for ny in y.saturating_sub(1).max(rect.top)..=(y + 1).min(rect.bottom - 1) {
                for nx in x.saturating_sub(1).max(rect.left)..=(x + 1).min(rect.right - 1) {
                    let part = self.owner[self.local(nx, ny)];
                    if part == NONE || best.is_some_and(|(known, ..)| known == part) {
                        continue;
                    }
                    let label = self.parts[usize::from(part)].label;
                    let color = labels.palette[usize::from(label)];
                    let (share, off) = unmix(pixel, ground, color);
                    if best.is_none_or(|(.., least)| off < least) {
                        best = Some((part, share, off));
                    }
                }
            }
            joined.extend(best.map(|best| (x, y, best)));
            best.is_none()
        });
        for (x, y, (part, share, off)) in joined {
            let at = self.local(x, y);
            self.owner[at] = part;
            self.cover[at] = share;
            let part = &mut self.parts[usize::from(part)];
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
}
