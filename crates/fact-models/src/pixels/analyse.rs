//! From an image to its boxes and items.

use super::cluster::{self, Cluster, Frame, Part};
use super::color;
use super::palette::{Histogram, Labels, Reading};
use super::panels::{self, Rect};
use super::shape::Shape;
use super::split;
use image::RgbImage;

/// Size class of an item: its longer side as a share of its box's shorter side (of the image's,
/// where there are no boxes): `small` up to 0.15, `medium` up to 0.25, `big` above. In NLVR's boxes
/// of 100 pixels these are its 10, 20 and 30 pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Size {
    /// Up to 15 % of the box.
    Small,
    /// Up to 25 %.
    Medium,
    /// Above.
    Big,
}

impl Size {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Size::Small => "small",
            Size::Medium => "medium",
            Size::Big => "big",
        }
    }

    fn of(longer: u32, unit: u32) -> Self {
        match u64::from(longer) * 100 {
            share if share <= 15 * u64::from(unit) => Size::Small,
            share if share <= 25 * u64::from(unit) => Size::Medium,
            _ => Size::Big,
        }
    }
}

/// A coloured shape.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its box in pixels of the image: all of it that lies within its frame, also what another
    /// item hides.
    pub rect: Rect,
    /// Its colour.
    pub rgb: [u8; 3],
    /// Name of its colour.
    pub color: &'static str,
    /// Its shape.
    pub shape: Shape,
    /// Its size class.
    pub size: Size,
    /// Index of the box it is in; `None` in images without boxes.
    pub panel: Option<usize>,
}

/// What a flat-coloured image shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// Image width in pixels.
    pub width: u32,
    /// Image height in pixels.
    pub height: u32,
    /// Its boxes from left to right, row by row; empty if it has none.
    pub panels: Vec<Rect>,
    /// Name of the colour of the boxes (of the whole ground, where there are none).
    pub ground: &'static str,
    /// Its items: box by box, by left edge, then top edge.
    pub items: Vec<Item>,
}

/// The image is not made of flat colours.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum NotFlat {
    /// No pixels.
    #[error("the image has no pixels")]
    Empty,
    /// Photographs and gradients.
    #[error("the image is not made of flat colours, as drawings are: it has too many colours")]
    Colors,
    /// Too little of it is flat.
    #[error("the image is not made of flat colours, as drawings are: only {percent} % of it are")]
    Share {
        /// Flat pixels in percent.
        percent: u8,
    },
    /// Regions are flat, but no shapes.
    #[error("the image is not a drawing of simple shapes: most of its regions are none")]
    Shapes,
}

/// Share of pixels that must have a palette colour.
const FLAT: f64 = 0.8;
/// In noisy images, clusters of fewer pixels are noise.
const NOISE: usize = 12;

/// Finds boxes and items from the pixels alone.
///
/// # Errors
/// [`NotFlat`] for photographs and other images that are no drawings in flat colours.
pub fn analyse(image: &RgbImage) -> Result<Analysis, NotFlat> {
    if image.width() == 0 || image.height() == 0 {
        return Err(NotFlat::Empty);
    }
    let histogram = Histogram::of(image).ok_or(NotFlat::Colors)?;
    let exact = read(&histogram, image, Reading::Exact);
    if let Ok((analysis, true)) = exact {
        return Ok(analysis);
    }
    // Strange pixels: compressed with loss, or not flat at all.
    let tolerant = read(&histogram, image, Reading::Tolerant)?;
    Ok(tolerant.0)
}

/// An analysis, and whether it explains every pixel.
fn read(
    histogram: &Histogram,
    image: &RgbImage,
    reading: Reading,
) -> Result<(Analysis, bool), NotFlat> {
    let labels = histogram.read(reading);
    let share = labels.flat_share();
    if labels.palette.is_empty() || share < FLAT {
        return Err(NotFlat::Share {
            percent: (share * 100.0) as u8,
        });
    }
    let whole = Rect {
        left: 0,
        top: 0,
        right: image.width(),
        bottom: image.height(),
    };
    let (panels, ground) = match panels::find(&labels) {
        Some(found) => found,
        None => {
            let (ground, _) = panels::majority(&labels, &(0..labels.width), &(0..labels.height));
            (Vec::new(), ground)
        }
    };
    let frames: Vec<Rect> = if panels.is_empty() {
        vec![whole]
    } else {
        panels.clone()
    };
    let mut work = Work {
        labels: &labels,
        noisy: reading == Reading::Tolerant,
        boxed: !panels.is_empty(),
        items: Vec::new(),
        hard: Vec::new(),
        strange: false,
        budget: split::Budget::default(),
    };
    for (index, &rect) in frames.iter().enumerate() {
        let frame = Frame { rect, ground };
        for cluster in cluster::find(&labels, image, frame) {
            work.take(cluster, frame, index);
        }
    }
    work.split_hard();
    let Work {
        mut items, strange, ..
    } = work;
    let others = items.iter().filter(|i| i.shape == Shape::Other).count();
    if others > 8 && others * 2 > items.len() {
        return Err(NotFlat::Shapes);
    }
    items.sort_by_key(|item| (item.panel, item.rect.left, item.rect.top, item.rect));
    let analysis = Analysis {
        width: image.width(),
        height: image.height(),
        panels,
        ground: color::name(labels.palette[usize::from(ground)]),
        items,
    };
    Ok((analysis, !strange))
}

struct Work<'a> {
    labels: &'a Labels,
    noisy: bool,
    boxed: bool,
    items: Vec<Item>,
    /// Clusters that are not one shape.
    hard: Vec<(Cluster, Frame, usize)>,
    strange: bool,
    budget: split::Budget,
}

impl Work<'_> {
    /// Takes an item at once where a cluster is clearly one shape.
    fn take(&mut self, cluster: Cluster, frame: Frame, index: usize) {
        if cluster.parts.is_empty() {
            self.strange |= !self.noisy;
            return;
        }
        if self.noisy && cluster.area < NOISE {
            return;
        }
        let single = cluster.parts.len() == 1;
        // A quarter of the edge may be off: two colours that touch blend with each other.
        self.strange |= cluster
            .parts
            .iter()
            .any(|part| single && part.strange * 4 > part.mixed.max(8));
        // Parts with no blends between them are as they look; blends are shared out by fitting.
        let plain = single || cluster.parts.iter().all(|part| part.mixed == 0);
        let fits: Option<Vec<Shape>> = (0..cluster.parts.len())
            .map(|part| {
                let fit = cluster.profile(part).fit(self.noisy)?;
                let split = self.boxed && fit.shape == Shape::Rectangle;
                (!split).then_some(fit.shape)
            })
            .collect();
        if let (Some(shapes), true) = (fits, plain) {
            for (part, shape) in cluster.parts.iter().zip(shapes) {
                self.push(part.rect, part.label, shape, frame, index);
            }
            return;
        }
        if single
            && cluster.parts[0].mixed > 0
            && let Some(fit) = cluster.profile(0).fit_soft()
            && !(self.boxed && fit.shape == Shape::Rectangle)
        {
            let part = &cluster.parts[0];
            let rect = Rect {
                left: part.rect.left + fit.left,
                top: part.rect.top + fit.top,
                right: part.rect.left + fit.right,
                bottom: part.rect.top + fit.bottom,
            };
            self.push(rect, part.label, fit.shape, frame, index);
            return;
        }
        self.hard.push((cluster, frame, index));
    }

    fn push(&mut self, rect: Rect, label: u8, shape: Shape, frame: Frame, index: usize) {
        let rgb = self.labels.palette[usize::from(label)];
        let unit = frame.rect.width().min(frame.rect.height());
        self.items.push(Item {
            rect,
            rgb,
            color: color::name(rgb),
            shape,
            size: Size::of(rect.width().max(rect.height()), unit),
            panel: self.boxed.then_some(index),
        });
    }

    /// Takes apart what is not one shape, trying the sizes already seen first.
    fn split_hard(&mut self) {
        let hard = std::mem::take(&mut self.hard);
        for (cluster, frame, index) in hard {
            let mut sizes: Vec<usize> = self
                .items
                .iter()
                .map(|item| item.rect.width().max(item.rect.height()) as usize)
                .collect();
            if self.boxed {
                // NLVR's customary shares of a box.
                let unit = frame.rect.width().min(frame.rect.height()) as usize;
                sizes.extend([unit / 10, unit / 5, unit * 3 / 10]);
            }
            sizes.sort_unstable();
            sizes.dedup();
            let mut labels: Vec<u8> = cluster.parts.iter().map(|part| part.label).collect();
            labels.sort_unstable();
            labels.dedup();
            for label in labels {
                self.split(&cluster, frame, index, label, &sizes);
            }
        }
    }

    fn split(&mut self, cluster: &Cluster, frame: Frame, index: usize, label: u8, sizes: &[usize]) {
        if let Some(found) = split::explain(cluster, frame, label, sizes, &self.budget) {
            for found in found {
                let within =
                    |at: i64, low: u32, high: u32| at.clamp(i64::from(low), i64::from(high)) as u32;
                let outer = frame.rect;
                let rect = Rect {
                    left: within(found.left, outer.left, outer.right),
                    top: within(found.top, outer.top, outer.bottom),
                    right: within(found.left + found.side, outer.left, outer.right),
                    bottom: within(found.top + found.side, outer.top, outer.bottom),
                };
                self.push(rect, label, found.shape, frame, index);
            }
            return;
        }
        // Not explained: each part stays what it looks like.
        for part in 0..cluster.parts.len() {
            let Part {
                label: own,
                rect,
                solid,
                ..
            } = cluster.parts[part].clone();
            if own != label || (self.noisy && solid < NOISE) {
                continue;
            }
            let shape = cluster
                .profile(part)
                .fit(self.noisy)
                .map_or(Shape::Other, |fit| fit.shape);
            self.push(rect, label, shape, frame, index);
        }
    }
}
