//! Draws a picture: 400×100 pixels, boxes grey 211, between them 50 pixels of grey 128.

use super::picture::{Item, Picture, SIDE, Shape};
use image::{Rgb, RgbImage};

/// Distance of the left edges of neighbouring boxes in pixels.
const STEP: i32 = 150;
/// Samples a pixel side when smoothing.
const SUB: u32 = 8;

/// Draws the picture; `smooth` blends the edges of items with what is beneath (8×8 samples a
/// pixel), otherwise a pixel belongs to an item or not: squares fill their box, a circle has the
/// pixels whose centres it holds, a row of a triangle is as wide as at its lower edge.
pub(super) fn draw(picture: &Picture, smooth: bool) -> RgbImage {
    let mut image = RgbImage::from_fn(400, 100, |x, _| {
        let inside = x % STEP as u32 >= SIDE as u32;
        Rgb([if inside { 128 } else { 211 }; 3])
    });
    for (index, items) in picture.boxes.iter().enumerate() {
        for item in items {
            draw_item(&mut image, STEP * index as i32, item, smooth);
        }
    }
    image
}

fn draw_item(image: &mut RgbImage, box_left: i32, item: &Item, smooth: bool) {
    let side = item.size.pixels();
    for y in 0..side {
        for x in 0..side {
            let cover = if smooth {
                smooth_cover(item.shape, side as u32, x as u32, y as u32)
            } else {
                SUB * SUB * u32::from(hard_cover(item.shape, side, x, y))
            };
            let pixel =
                image.get_pixel_mut((box_left + item.left + x) as u32, (item.top + y) as u32);
            for (old, new) in pixel.0.iter_mut().zip(item.color.rgb()) {
                let all = SUB * SUB;
                let blend = u32::from(*old) * (all - cover) + u32::from(new) * cover;
                *old = ((blend + all / 2) / all) as u8;
            }
        }
    }
}

/// Whether pixel (`x`, `y`) of the item's box belongs to it. In integers, so that it is the same
/// everywhere: doubled coordinates of the pixel's centre against the middle `side`.
fn hard_cover(shape: Shape, side: i32, x: i32, y: i32) -> bool {
    let (dx, dy) = (2 * x + 1 - side, 2 * y + 1 - side);
    match shape {
        Shape::Square => true,
        Shape::Circle => dx * dx + dy * dy <= side * side,
        Shape::Triangle => dx.abs() <= y + 1,
    }
}

/// How many of the 8×8 samples of a pixel the item holds.
fn smooth_cover(shape: Shape, side: u32, x: u32, y: u32) -> u32 {
    // Doubled sample coordinates: the item's box is `full` wide.
    let full = (2 * SUB * side) as i32;
    let at = |pixel: u32, sub: u32| (2 * (SUB * pixel + sub) + 1) as i32;
    let mut inside = 0;
    for sub_y in 0..SUB {
        for sub_x in 0..SUB {
            let (u, v) = (at(x, sub_x), at(y, sub_y));
            let (dx, dy) = (2 * u - full, 2 * v - full);
            inside += u32::from(match shape {
                Shape::Square => true,
                Shape::Circle => dx * dx + dy * dy <= full * full,
                Shape::Triangle => dx.abs() <= v,
            });
        }
    }
    inside
}
