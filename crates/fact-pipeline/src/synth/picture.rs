//! What is in an image: three boxes of items, scattered or stacked, and how items relate.

use super::rng::Rng;
use serde_json::{Value, json};

/// Side of a box in pixels.
pub(super) const SIDE: i32 = 100;
/// Largest gap in pixels at which items touch: stacked and snapped items lie this far apart.
const TOUCH: i32 = 1;
/// Smallest gap of items that do not touch; what lies between would be a matter of opinion.
const APART: i32 = 4;
/// Side of the blocks of a tower, and left edge of a tower in its box, in pixels.
const BLOCK: i32 = 20;
const TOWER_LEFT: i32 = 40;

/// Colours of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Color {
    /// `#000000`
    Black,
    /// `#ffff00`
    Yellow,
    /// `#0099ff`
    Blue,
}

/// Shapes of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// Axis-parallel.
    Square,
    /// As wide as high, apex up.
    Triangle,
    /// Disc.
    Circle,
}

/// Sizes of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// 10 pixels.
    Small,
    /// 20 pixels.
    Medium,
    /// 30 pixels.
    Big,
}

/// Walls of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wall {
    Left,
    Right,
    Top,
    Bottom,
}

pub(super) const COLORS: [Color; 3] = [Color::Black, Color::Yellow, Color::Blue];
pub(super) const SHAPES: [Shape; 3] = [Shape::Square, Shape::Triangle, Shape::Circle];
pub(super) const SIZES: [Size; 3] = [Size::Small, Size::Medium, Size::Big];
pub(super) const WALLS: [Wall; 4] = [Wall::Left, Wall::Right, Wall::Top, Wall::Bottom];

impl Color {
    /// Red, green, blue.
    pub fn rgb(self) -> [u8; 3] {
        match self {
            Color::Black => [0, 0, 0],
            Color::Yellow => [255, 255, 0],
            Color::Blue => [0, 153, 255],
        }
    }

    fn as_nlvr(self) -> &'static str {
        match self {
            Color::Black => "Black",
            Color::Yellow => "Yellow",
            Color::Blue => "#0099ff",
        }
    }
}

impl Shape {
    fn as_nlvr(self) -> &'static str {
        match self {
            Shape::Square => "square",
            Shape::Triangle => "triangle",
            Shape::Circle => "circle",
        }
    }
}

impl Size {
    /// Side, or diameter, in pixels.
    pub fn pixels(self) -> i32 {
        match self {
            Size::Small => 10,
            Size::Medium => 20,
            Size::Big => 30,
        }
    }
}

/// An item: top left corner in pixels of its box, y down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// Shape.
    pub shape: Shape,
    /// Colour.
    pub color: Color,
    /// Size.
    pub size: Size,
    /// Left edge in pixels of the box.
    pub left: i32,
    /// Top edge in pixels of the box.
    pub top: i32,
}

impl Item {
    fn right(&self) -> i32 {
        self.left + self.size.pixels()
    }

    fn bottom(&self) -> i32 {
        self.top + self.size.pixels()
    }

    fn gap_x(&self, other: &Item) -> i32 {
        (self.left - other.right()).max(other.left - self.right())
    }

    fn gap_y(&self, other: &Item) -> i32 {
        (self.top - other.bottom()).max(other.top - self.bottom())
    }

    pub(super) fn touches(&self, other: &Item) -> bool {
        self.gap_x(other).max(self.gap_y(other)) <= TOUCH
    }

    pub(super) fn touches_wall(&self, wall: Wall) -> bool {
        match wall {
            Wall::Left => self.left == 0,
            Wall::Right => self.right() == SIDE,
            Wall::Top => self.top == 0,
            Wall::Bottom => self.bottom() == SIDE,
        }
    }

    pub(super) fn touches_corner(&self) -> bool {
        (self.touches_wall(Wall::Left) || self.touches_wall(Wall::Right))
            && (self.touches_wall(Wall::Top) || self.touches_wall(Wall::Bottom))
    }

    pub(super) fn is_above(&self, other: &Item) -> bool {
        self.bottom() <= other.top
    }

    pub(super) fn is_left_of(&self, other: &Item) -> bool {
        self.right() <= other.left
    }

    pub(super) fn is_on(&self, other: &Item) -> bool {
        self.is_above(other) && self.touches(other) && self.gap_x(other) < 0
    }

    /// Whether both may be in one box: they touch, or are clearly apart.
    fn agrees_with(&self, other: &Item) -> bool {
        let gap = self.gap_x(other).max(self.gap_y(other));
        gap == TOUCH || gap >= APART
    }
}

/// How items lie in their boxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Anywhere, of any shape and size.
    Scatter,
    /// One tower of one to four medium squares in each box, from base to top.
    Towers,
}

/// The content of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// How items lie.
    pub layout: Layout,
    /// From left to right; towers from base to top.
    pub boxes: [Vec<Item>; 3],
}

impl Picture {
    /// A random picture.
    pub(super) fn random(layout: Layout, rng: &mut Rng) -> Self {
        let boxes = [(); 3].map(|()| match layout {
            Layout::Scatter => scatter(rng),
            Layout::Towers => {
                let height = rng.between(1, 4);
                let colors = (0..height).map(|_| rng.pick(&COLORS));
                tower(&colors.collect::<Vec<_>>())
            }
        });
        Self { layout, boxes }
    }

    /// The picture with one thing changed: an item recoloured, reshaped, resized, moved, added or
    /// taken away.
    pub(super) fn mutated(&self, rng: &mut Rng) -> Self {
        let mut picture = self.clone();
        let index = rng.below(3);
        match self.layout {
            Layout::Scatter => {
                let items = &mut picture.boxes[index];
                match rng.below(4) {
                    0 if items.len() > 1 => {
                        items.remove(rng.below(items.len()));
                    }
                    1 => place(items, rng),
                    2 => {
                        let old = items.remove(rng.below(items.len()));
                        let moved = items.len();
                        place(items, rng);
                        if let Some(item) = items.get_mut(moved) {
                            (item.color, item.shape) = (old.color, old.shape);
                        } else {
                            items.push(old);
                        }
                    }
                    _ => {
                        let item = rng.below(items.len());
                        if rng.chance(50) {
                            items[item].color = rng.pick(&COLORS);
                        } else {
                            items[item].shape = rng.pick(&SHAPES);
                        }
                    }
                }
            }
            Layout::Towers => {
                let mut colors: Vec<Color> = picture.boxes[index].iter().map(|b| b.color).collect();
                match rng.below(3) {
                    0 if colors.len() > 1 => {
                        colors.remove(rng.below(colors.len()));
                    }
                    1 if colors.len() < 4 => {
                        colors.insert(rng.below(colors.len() + 1), rng.pick(&COLORS));
                    }
                    _ => {
                        let block = rng.below(colors.len());
                        colors[block] = rng.pick(&COLORS);
                    }
                }
                picture.boxes[index] = tower(&colors);
            }
        }
        picture
    }

    /// All items, box by box.
    pub(super) fn items(&self) -> impl Iterator<Item = &Item> {
        self.boxes.iter().flatten()
    }

    /// In the form of NLVR's `structured_rep`, boxes from left to right.
    pub fn structured_rep(&self) -> Value {
        let boxes = self.boxes.each_ref().map(|items| {
            let items = items.iter().map(|item| {
                json!({
                    "x_loc": item.left,
                    "y_loc": item.top,
                    "type": item.shape.as_nlvr(),
                    "color": item.color.as_nlvr(),
                    "size": item.size.pixels(),
                })
            });
            Value::Array(items.collect())
        });
        Value::Array(boxes.into())
    }
}

fn tower(colors: &[Color]) -> Vec<Item> {
    let block = |(at, &color): (usize, &Color)| Item {
        shape: Shape::Square,
        color,
        size: Size::Medium,
        left: TOWER_LEFT,
        top: SIDE - BLOCK - at as i32 * (BLOCK + TOUCH),
    };
    colors.iter().enumerate().map(block).collect()
}

fn scatter(rng: &mut Rng) -> Vec<Item> {
    let count = rng.between(1, 7) as usize;
    let mut items = Vec::new();
    while items.len() < count {
        let before = items.len();
        place(&mut items, rng);
        if items.len() == before {
            break;
        }
    }
    items
}

/// Adds an item where there is room: anywhere, against a wall, or against another item.
fn place(items: &mut Vec<Item>, rng: &mut Rng) {
    const TRIES: usize = 60;
    let mut item = Item {
        shape: rng.pick(&SHAPES),
        color: rng.pick(&COLORS),
        size: rng.pick(&SIZES),
        left: 0,
        top: 0,
    };
    for _ in 0..TRIES {
        let free = SIDE - item.size.pixels();
        item.left = rng.between(0, free);
        item.top = rng.between(0, free);
        match rng.below(10) {
            0 => item.left = rng.pick(&[0, free]),
            1 => item.top = rng.pick(&[0, free]),
            2 => (item.left, item.top) = (rng.pick(&[0, free]), rng.pick(&[0, free])),
            3 | 4 if !items.is_empty() => {
                let other = items[rng.below(items.len())];
                match rng.below(4) {
                    0 => item.left = other.right() + TOUCH,
                    1 => item.left = other.left - TOUCH - item.size.pixels(),
                    2 => item.top = other.bottom() + TOUCH,
                    _ => item.top = other.top - TOUCH - item.size.pixels(),
                }
                let along = rng.between(-item.size.pixels() + 2, other.size.pixels() - 2);
                if item.gap_x(&other) == TOUCH {
                    item.top = other.top + along;
                } else {
                    item.left = other.left + along;
                }
            }
            _ => {}
        }
        let inside = (0..=free).contains(&item.left) && (0..=free).contains(&item.top);
        if inside && items.iter().all(|other| item.agrees_with(other)) {
            items.push(item);
            return;
        }
        if rng.chance(20) {
            item.size = rng.pick(&SIZES);
        }
    }
}
