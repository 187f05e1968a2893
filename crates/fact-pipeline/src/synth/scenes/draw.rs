//! Draws a picture. All in integers, so that every platform draws the same bytes.

use super::super::rng::Rng;
use super::picture::{Category, Picture, Thing};
use image::{Rgb, RgbImage};

/// Samples a pixel side when smoothing edges.
const SUB: i64 = 4;
/// Shapes are defined on a grid of this side.
const GRID: i64 = 1000;

/// Red, green, blue of each colour, in the order of its values.
const INK: [[u8; 3]; 8] = [
    [214, 40, 40],
    [36, 150, 60],
    [36, 84, 214],
    [240, 205, 30],
    [134, 52, 170],
    [50, 200, 214],
    [244, 126, 186],
    [28, 28, 28],
];

type Point = (i64, i64);

const TRIANGLE: &[Point] = &[(500, 0), (1000, 1000), (0, 1000)];
const DIAMOND: &[Point] = &[(500, 0), (1000, 500), (500, 1000), (0, 500)];
const STAR: &[Point] = &[
    (500, 0),
    (615, 385),
    (1000, 385),
    (688, 626),
    (802, 1000),
    (500, 769),
    (198, 1000),
    (312, 626),
    (0, 385),
    (385, 385),
];
const HEART: &[Point] = &[
    (60, 415),
    (255, 255),
    (500, 300),
    (745, 255),
    (940, 415),
    (500, 1000),
];
const ARROW: &[Point] = &[
    (0, 300),
    (500, 300),
    (500, 0),
    (1000, 500),
    (500, 1000),
    (500, 700),
    (0, 700),
];

/// Draws ground, clutter, then the things from the lowest to the uppermost.
pub(super) fn draw(picture: &Picture) -> RgbImage {
    let mut image = ground(picture);
    for thing in &picture.things {
        for y in 0..thing.side {
            for x in 0..thing.side {
                let cover = cover(thing, x, y);
                let pixel = image.get_pixel_mut((thing.left + x) as u32, (thing.top + y) as u32);
                for (old, new) in pixel.0.iter_mut().zip(ink(thing, x, y)) {
                    let all = (SUB * SUB) as u32;
                    let blend = u32::from(*old) * (all - cover) + u32::from(new) * cover;
                    *old = ((blend + all / 2) / all) as u8;
                }
            }
        }
    }
    image
}

/// The share of each thing that is not covered by others, in percent of its own pixels.
pub(super) fn visible(picture: &Picture) -> Vec<u32> {
    let width = picture.width as usize;
    let mut owner = vec![usize::MAX; width * picture.height as usize];
    let mut all = vec![0_u32; picture.things.len()];
    for (at, thing) in picture.things.iter().enumerate() {
        for y in 0..thing.side {
            for x in 0..thing.side {
                // The middle of the pixel on the shape's grid.
                let scale = |v: i32| (2 * i64::from(v) + 1) * GRID / (2 * i64::from(thing.side));
                if holds(thing.value(Category::Shape), (scale(x), scale(y))) {
                    all[at] += 1;
                    owner[(thing.top + y) as usize * width + (thing.left + x) as usize] = at;
                }
            }
        }
    }
    let mut seen = vec![0_u32; all.len()];
    for at in owner {
        if let Some(count) = seen.get_mut(at) {
            *count += 1;
        }
    }
    seen.iter()
        .zip(&all)
        .map(|(seen, all)| 100 * seen / (*all).max(1))
        .collect()
}

/// Grey in coarse grains, and a few faint strokes that are nothing.
fn ground(picture: &Picture) -> RgbImage {
    let mut rng = Rng::new(picture.grain);
    let (width, height) = (picture.width as u32, picture.height as u32);
    let grain = (width.min(height) / 32).max(1);
    let columns = width.div_ceil(grain);
    let noise = i32::from(picture.noise);
    let greys: Vec<u8> = (0..columns * height.div_ceil(grain))
        .map(|_| (i32::from(picture.ground) + rng.between(-noise, noise)).clamp(0, 255) as u8)
        .collect();
    let mut image = RgbImage::from_fn(width, height, |x, y| {
        Rgb([greys[(y / grain * columns + x / grain) as usize]; 3])
    });
    let strokes = if noise > 0 { rng.below(7) } else { 0 };
    for _ in 0..strokes {
        let (mut x, mut y) = (
            rng.below(width as usize) as i32,
            rng.below(height as usize) as i32,
        );
        let (dx, dy) = rng.pick(&[(1, 0), (0, 1), (1, 1), (1, -1)]);
        let grey = picture.ground.saturating_sub(rng.between(20, 45) as u8);
        for _ in 0..rng.between(3, picture.width / 12) {
            if x >= 0 && y >= 0 && x < picture.width && y < picture.height {
                image.put_pixel(x as u32, y as u32, Rgb([grey; 3]));
            }
            (x, y) = (x + dx, y + dy);
        }
    }
    image
}

/// The colour of a thing's pixel: its ink, or the second tone of its pattern.
fn ink(thing: &Thing, x: i32, y: i32) -> [u8; 3] {
    let ink = INK[usize::from(thing.value(Category::Color))];
    let side = thing.side;
    let second = match thing.value(Category::Pattern) {
        1 => (y / (side / 6).max(2)) % 2 == 1,
        2 => {
            // Spots in the middle of cells; doubled distances, so that they are whole.
            let cell = (side / 3).max(4);
            let off = |v: i32| 2 * (v % cell) + 1 - cell;
            let (dx, dy) = (off(x), off(y));
            25 * (dx * dx + dy * dy) <= 8 * cell * cell
        }
        3 => (x / (side / 4).max(2) + y / (side / 4).max(2)) % 2 == 1,
        _ => false,
    };
    if !second || at_edge(thing, x, y) {
        return ink;
    }
    let light: u32 = ink.iter().map(|c| u32::from(*c)).sum();
    // Light inks are marked dark, dark ones light.
    ink.map(|c| {
        let c = u32::from(c);
        (if light > 430 {
            c * 2 / 5
        } else {
            (c + 4 * 250) / 5
        }) as u8
    })
}

/// Whether a pixel lies at the outline, which has the ink in every pattern: marks that reached it
/// would run into the ground, and a striped square would be no square.
fn at_edge(thing: &Thing, x: i32, y: i32) -> bool {
    let line = (thing.side / 20).max(1);
    let full = 2 * i64::from(thing.side);
    let outside = |x: i32, y: i32| {
        let at = |v: i32| (2 * i64::from(v) + 1) * GRID / full;
        let within = (0..thing.side).contains(&x) && (0..thing.side).contains(&y);
        !within || !holds(thing.value(Category::Shape), (at(x), at(y)))
    };
    [(line, 0), (-line, 0), (0, line), (0, -line)]
        .iter()
        .any(|(dx, dy)| outside(x + dx, y + dy))
}

/// How many of the samples of a pixel the thing holds.
fn cover(thing: &Thing, x: i32, y: i32) -> u32 {
    let full = 2 * SUB * i64::from(thing.side);
    let mut inside = 0;
    for sub_y in 0..SUB {
        for sub_x in 0..SUB {
            let at = |pixel: i32, sub: i64| (2 * (SUB * i64::from(pixel) + sub) + 1) * GRID / full;
            let point = (at(x, sub_x), at(y, sub_y));
            inside += u32::from(holds(thing.value(Category::Shape), point));
        }
    }
    inside
}

/// Whether a shape holds a point of its grid.
fn holds(shape: u8, point: Point) -> bool {
    let (x, y) = point;
    match shape {
        0 => near(point, (500, 500), 500),
        2 => within(TRIANGLE, point),
        3 => within(STAR, point),
        4 => within(DIAMOND, point),
        5 => near(point, (255, 255), 255) || near(point, (745, 255), 255) || within(HEART, point),
        6 => (x - 500).abs() <= 190 || (y - 500).abs() <= 190,
        7 => near(point, (500, 500), 500) && !near(point, (500, 500), 260),
        8 => within(ARROW, point),
        9 => {
            // The tips lie at 814, so it is stretched to fill its box.
            let point = (x * 814 / GRID, y);
            near(point, (500, 500), 500) && !near(point, (720, 500), 400)
        }
        // A square fills its box.
        _ => true,
    }
}

fn near((x, y): Point, (cx, cy): Point, radius: i64) -> bool {
    (x - cx) * (x - cx) + (y - cy) * (y - cy) <= radius * radius
}

/// Whether a polygon holds a point: the even-odd rule.
fn within(polygon: &[Point], (x, y): Point) -> bool {
    let mut inside = false;
    for (at, &(x1, y1)) in polygon.iter().enumerate() {
        let (x2, y2) = polygon[(at + 1) % polygon.len()];
        if (y1 > y) != (y2 > y) {
            let (ahead, across) = ((x - x1) * (y2 - y1), (y - y1) * (x2 - x1));
            inside ^= if y2 > y1 {
                ahead < across
            } else {
                ahead > across
            };
        }
    }
    inside
}
