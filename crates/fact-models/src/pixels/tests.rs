use super::*;
use image::{Rgb, RgbImage};
use proptest::prelude::*;

/// (shape, colour, side, left, top), positions in the box.
type Drawn = (Shape, &'static str, u32, i64, i64);

const SQUARE: Shape = Shape::Square;
const CIRCLE: Shape = Shape::Circle;
const TRIANGLE: Shape = Shape::Triangle;

fn rgb(color: &str) -> [u8; 3] {
    match color {
        "black" => [0, 0, 0],
        "yellow" => [255, 255, 0],
        _ => [0, 153, 255],
    }
}

/// Draws items over each other; what sticks out of the frame is cut off. Without smoothing a row
/// of a triangle is as wide as at its lower edge, so that its apex shows.
fn draw(image: &mut RgbImage, frame: Rect, items: &[Drawn], smooth: bool) {
    let sub = if smooth { 8 } else { 1 };
    for &(shape, color, side, left, top) in items {
        let side_f = f64::from(side);
        for dy in 0..side {
            for dx in 0..side {
                let mut inside = 0;
                for s in 0..sub * sub {
                    let at = |pixel: u32, s: u32| {
                        (f64::from(pixel) + (f64::from(s) + 0.5) / f64::from(sub)) / side_f
                    };
                    let (u, v) = (at(dx, s % sub), at(dy, s / sub));
                    inside += u32::from(match shape {
                        Shape::Circle => (u - 0.5).powi(2) + (v - 0.5).powi(2) <= 0.25,
                        Shape::Triangle if smooth => (u - 0.5).abs() <= v / 2.0,
                        Shape::Triangle => (u - 0.5).abs() <= (v + 0.5 / side_f) / 2.0 + 1e-9,
                        _ => true,
                    });
                }
                let (x, y) = (
                    i64::from(frame.left + dx) + left,
                    i64::from(frame.top + dy) + top,
                );
                let within = (i64::from(frame.left)..i64::from(frame.right)).contains(&x)
                    && (i64::from(frame.top)..i64::from(frame.bottom)).contains(&y);
                if inside == 0 || !within {
                    continue;
                }
                let pixel = image.get_pixel_mut(x as u32, y as u32);
                let share = f64::from(inside) / f64::from(sub * sub);
                for (old, new) in pixel.0.iter_mut().zip(rgb(color)) {
                    *old = (f64::from(*old) * (1.0 - share) + f64::from(new) * share).round() as u8;
                }
            }
        }
    }
}

fn panel(index: u32) -> Rect {
    Rect {
        left: 150 * index,
        top: 0,
        right: 150 * index + 100,
        bottom: 100,
    }
}

/// An image as NLVR's: three boxes, of which the middle one holds the items.
fn boxes(items: &[Drawn], smooth: bool) -> RgbImage {
    let mut image = RgbImage::from_fn(400, 100, |x, _| {
        Rgb([if x % 150 < 100 { 211 } else { 128 }; 3])
    });
    draw(&mut image, panel(1), items, smooth);
    image
}

fn seen(image: &RgbImage) -> Vec<(Shape, &'static str, u32, i64, i64)> {
    let analysis = analyse(image).unwrap();
    assert_eq!(analysis.panels, [panel(0), panel(1), panel(2)]);
    analysis
        .items
        .iter()
        .map(|item| {
            assert_eq!(item.panel, Some(1));
            let side = item.rect.width().max(item.rect.height());
            let left = i64::from(item.rect.left) - 150;
            (item.shape, item.color, side, left, i64::from(item.rect.top))
        })
        .collect()
}

/// Both renderings of the items are perceived as the items.
#[track_caller]
fn perceived(items: &[Drawn]) {
    let mut expected = items.to_vec();
    expected.sort_by_key(|item| (item.3, item.4));
    for smooth in [false, true] {
        let mut found = seen(&boxes(items, smooth));
        found.sort_by_key(|item| (item.3, item.4));
        assert_eq!(found, expected, "smooth: {smooth}");
    }
}

#[test]
fn empty_boxes_are_three_boxes() {
    perceived(&[]);
}

#[test]
fn towers_come_apart_whatever_their_colours_and_gaps() {
    for gap in [0, 1] {
        for colors in [
            ["black", "yellow", "blue"],
            ["black", "black", "yellow"],
            ["blue"; 3],
        ] {
            let block = |at: i64| {
                let top = 80 - at * (20 + gap);
                (SQUARE, colors[at as usize], 20, 40, top)
            };
            perceived(&[block(0), block(1), block(2)]);
        }
    }
}

#[test]
fn a_tower_of_mixed_sizes_comes_apart() {
    perceived(&[
        (SQUARE, "blue", 30, 30, 70),
        (SQUARE, "blue", 20, 35, 50),
        (SQUARE, "blue", 10, 40, 40),
    ]);
}

#[test]
fn touching_items_of_one_colour_come_apart() {
    perceived(&[(CIRCLE, "black", 20, 10, 10), (CIRCLE, "black", 20, 30, 10)]);
    perceived(&[(CIRCLE, "black", 30, 10, 10), (SQUARE, "black", 10, 40, 20)]);
    perceived(&[(SQUARE, "blue", 20, 10, 50), (TRIANGLE, "blue", 20, 10, 30)]);
    perceived(&[
        (TRIANGLE, "yellow", 30, 10, 50),
        (SQUARE, "yellow", 20, 15, 30),
    ]);
    perceived(&[
        (TRIANGLE, "yellow", 20, 10, 50),
        (TRIANGLE, "yellow", 20, 30, 50),
    ]);
}

#[test]
fn touching_items_of_two_colours_come_apart() {
    perceived(&[
        (CIRCLE, "black", 20, 10, 10),
        (CIRCLE, "yellow", 20, 30, 10),
    ]);
    perceived(&[
        (TRIANGLE, "blue", 30, 10, 50),
        (SQUARE, "yellow", 20, 15, 30),
    ]);
    perceived(&[
        (CIRCLE, "blue", 10, 10, 50),
        (TRIANGLE, "yellow", 20, 5, 60),
    ]);
}

#[test]
fn overlapping_items_come_apart() {
    perceived(&[(SQUARE, "black", 20, 10, 10), (SQUARE, "black", 20, 22, 18)]);
    perceived(&[(CIRCLE, "blue", 30, 10, 10), (CIRCLE, "blue", 20, 34, 20)]);
    perceived(&[
        (SQUARE, "yellow", 30, 10, 10),
        (CIRCLE, "black", 20, 30, 30),
    ]);
    perceived(&[(CIRCLE, "blue", 30, 10, 10), (SQUARE, "yellow", 10, 20, 20)]);
    perceived(&[
        (TRIANGLE, "blue", 30, 10, 10),
        (SQUARE, "black", 20, 25, 25),
    ]);
}

#[test]
fn an_item_cut_by_its_box_keeps_its_shape() {
    for smooth in [false, true] {
        let found = seen(&boxes(&[(CIRCLE, "blue", 30, 80, 40)], smooth));
        assert_eq!(found, [(CIRCLE, "blue", 30, 80, 40)]);
        let found = seen(&boxes(&[(TRIANGLE, "black", 30, 20, 85)], smooth));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, TRIANGLE);
    }
}

#[test]
fn a_jpeg_is_perceived_like_the_drawing() {
    let items = [
        (SQUARE, "yellow", 20, 10, 10),
        (CIRCLE, "blue", 30, 50, 30),
        (TRIANGLE, "black", 20, 10, 70),
    ];
    let mut bytes = std::io::Cursor::new(Vec::new());
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 90);
    boxes(&items, true).write_with_encoder(encoder).unwrap();
    let image = crate::decode(bytes.get_ref(), &crate::DecodeLimits::default()).unwrap();
    let found = seen(&image.rgb);
    assert_eq!(found.len(), items.len(), "{found:?}");
    for item in items {
        let near = |f: &Drawn| f.0 == item.0 && f.1 == item.1 && (f.3 - item.3).abs() <= 2;
        assert!(found.iter().any(near), "{item:?} in {found:?}");
    }
}

#[test]
fn boxes_may_be_framed_and_stand_in_a_grid() {
    let cell = |at: u32| (10..90).contains(&(at % 100));
    let image = RgbImage::from_fn(300, 200, |x, y| {
        Rgb([if cell(x) && cell(y) { 211 } else { 128 }; 3])
    });
    let analysis = analyse(&image).unwrap();
    assert_eq!(analysis.panels.len(), 6);
    assert_eq!(analysis.panels[1].left, 110);
    assert_eq!(analysis.panels[4].top, 110);
}

#[test]
fn two_squares_on_a_plain_ground_are_no_boxes() {
    let mut image = RgbImage::from_pixel(100, 60, Rgb([240, 240, 240]));
    let whole = Rect {
        left: 0,
        top: 0,
        right: 100,
        bottom: 60,
    };
    let items = [(SQUARE, "blue", 20, 10, 20), (SQUARE, "blue", 20, 60, 20)];
    draw(&mut image, whole, &items, false);
    let analysis = analyse(&image).unwrap();
    assert_eq!(analysis.panels, []);
    assert_eq!(analysis.items.len(), 2);
}

#[test]
fn what_is_no_drawing_is_refused() {
    let noise = RgbImage::from_fn(64, 64, |x, y| {
        let mix = (x * 7919 + y * 104_729).wrapping_mul(2_654_435_761);
        Rgb([(mix >> 8) as u8, (mix >> 16) as u8, (mix >> 24) as u8])
    });
    let gradient = RgbImage::from_fn(128, 128, |x, y| Rgb([2 * x as u8, 2 * y as u8, 90]));
    for image in [noise, gradient] {
        assert!(analyse(&image).is_err());
    }
    assert_eq!(analyse(&RgbImage::new(0, 0)), Err(NotFlat::Empty));
}

#[test]
fn blobs_that_are_no_shapes_are_given_up_soon() {
    // Each blob invites endless ways to put it together from small shapes.
    let image = RgbImage::from_fn(1000, 1000, |x, y| {
        let (dx, dy) = (f64::from(x % 200) - 100.0, f64::from(y % 200) - 100.0);
        let petals = 3.0 + f64::from((x / 200 + y / 200 * 5) % 5);
        let inside = dx.hypot(dy) < 60.0 + 25.0 * (dy.atan2(dx) * petals).sin();
        Rgb(if inside { rgb("blue") } else { [240; 3] })
    });
    let start = std::time::Instant::now();
    assert_eq!(analyse(&image), Err(NotFlat::Shapes));
    // A fraction of a second; minutes without the budget.
    assert!(start.elapsed().as_secs() < 30);
}

fn find(image: &RgbImage, region: [f64; 4], name: &str) -> Result<Vec<Detection>, String> {
    let view = View::of_pixels(image);
    Pixels
        .detect(&view, region.into(), name)
        .map_err(|refusal| refusal.0)
}

const WHOLE: [f64; 4] = [0.0, 0.0, 400.0, 100.0];
const MIDDLE: [f64; 4] = [150.0, 0.0, 250.0, 100.0];

#[test]
fn find_gives_boxes_items_and_what_a_phrase_names() {
    let items = [
        (SQUARE, "yellow", 20, 10, 10),
        (CIRCLE, "blue", 10, 50, 30),
        (SQUARE, "blue", 30, 10, 60),
    ];
    let image = boxes(&items, true);
    let names = |region, name: &str| -> Vec<String> {
        let found = find(&image, region, name).unwrap();
        found.into_iter().map(|d| d.label).collect()
    };
    assert_eq!(names(WHOLE, "box").len(), 3);
    assert_eq!(names(MIDDLE, "grey boxes").len(), 1);
    assert_eq!(names(WHOLE, "blue box").len(), 0);
    assert_eq!(
        names(MIDDLE, "item"),
        [
            "medium yellow square",
            "big blue square",
            "small blue circle"
        ]
    );
    assert_eq!(names([0.0, 0.0, 100.0, 100.0], "item").len(), 0);
    assert_eq!(names(WHOLE, "small blue circles"), ["small blue circle"]);
    let error = find(&image, WHOLE, "unicorn").unwrap_err();
    assert!(error.contains("unknown word `unicorn`"), "{error}");
    let yellow = &find(&image, MIDDLE, "yellow square").unwrap()[0];
    assert_eq!(yellow.bbox, [160.0, 10.0, 180.0, 30.0].into());
    assert_eq!(yellow.attributes["size"], Arg::Str("medium".into()));
}

#[test]
fn properties_and_questions_are_answered_or_refused() {
    let items = [(SQUARE, "yellow", 20, 10, 10), (CIRCLE, "blue", 10, 50, 30)];
    let image = boxes(&items, false);
    let view = View::of_pixels(&image);
    let square: BBox = [160.0, 10.0, 180.0, 30.0].into();
    let verify = |name, attribute| Pixels.verify(&view, square, name, attribute);
    assert_eq!(verify("object", "yellow"), Ok(true));
    assert_eq!(verify("square", "big"), Ok(false));
    assert!(
        verify("square", "fluffy")
            .unwrap_err()
            .0
            .contains("`fluffy`")
    );
    assert!(
        verify("circle", "blue")
            .unwrap_err()
            .0
            .contains("no `circle`")
    );
    let ask = |region: BBox, question| Pixels.ask(&view, region, question);
    assert_eq!(ask(square, "What color is this?"), Ok("yellow".into()));
    assert_eq!(ask(square, "What is this?"), Ok("yellow square".into()));
    let middle = MIDDLE.into();
    assert_eq!(
        ask(middle, "What shape is the blue item?"),
        Ok("circle".into())
    );
    assert_eq!(
        ask(middle, "Is there a black item in the image?"),
        Ok("no".into())
    );
    assert_eq!(ask(middle, "How many items are there?"), Ok("2".into()));
    assert_eq!(
        ask(WHOLE.into(), "How many boxes are there?"),
        Ok("3".into())
    );
    assert!(
        ask(middle, "What color is the item?")
            .unwrap_err()
            .0
            .contains("2 different")
    );
    assert!(ask(middle, "Why?").unwrap_err().0.contains("cannot answer"));
    let texts = ["blue circle".to_owned(), "yellow circle".to_owned()];
    assert_eq!(
        Pixels.match_texts(&view, square, &texts),
        Ok(vec![0.0, 0.5])
    );
}

#[test]
fn a_view_without_pixels_is_refused_and_one_with_is_analysed_once() {
    let refusal = Pixels.detect(&View::default(), WHOLE.into(), "box");
    assert!(refusal.unwrap_err().0.contains("no image to look at"));
    let image = boxes(&[], false);
    let view = View::of_pixels(&image);
    let first = Pixels::analysis(&view).unwrap();
    assert!(Arc::ptr_eq(&first, &Pixels::analysis(&view).unwrap()));
}

fn item() -> impl Strategy<Value = Drawn> {
    let kind = prop::sample::select(vec![SQUARE, CIRCLE, TRIANGLE]);
    let color = prop::sample::select(vec!["black", "yellow", "blue"]);
    let side = prop::sample::select(vec![10u32, 20, 30]);
    (kind, color, side, 0.0..=1.0f64, 0.0..=1.0f64).prop_map(|(kind, color, side, x, y)| {
        let place = |t: f64| (t * f64::from(100 - side)).round() as i64;
        (kind, color, side, place(x), place(y))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn scattered_items_are_perceived_exactly(drafts in prop::collection::vec(item(), 0..12)) {
        let mut items: Vec<Drawn> = Vec::new();
        for draft in drafts {
            let apart = |other: &Drawn| {
                let gap = |a: i64, a_side: u32, b: i64, b_side: u32| {
                    (a - b - i64::from(b_side)).max(b - a - i64::from(a_side))
                };
                let x = gap(draft.3, draft.2, other.3, other.2);
                let y = gap(draft.4, draft.2, other.4, other.2);
                x.max(y) >= 0
            };
            if items.iter().all(apart) {
                items.push(draft);
            }
        }
        perceived(&items);
    }

    #[test]
    fn any_overlap_is_perceived_without_panic(items in prop::collection::vec(item(), 0..6)) {
        for smooth in [false, true] {
            let found = seen(&boxes(&items, smooth));
            prop_assert_eq!(found.is_empty(), items.is_empty());
        }
    }
}
