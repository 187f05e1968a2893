//! Boxes and marks: from the picture that is sent to the original image and back.

use super::*;

/// Where the red square of the drawing is.
const RED: [f64; 4] = [60.0, 20.0, 80.0, 40.0];

/// Where the red pixels of a picture are; right and bottom exclusive.
fn red_in(picture: &RgbImage) -> Option<[f64; 4]> {
    let red = picture
        .enumerate_pixels()
        .filter(|(_, _, p)| p.0[0] > 190 && p.0[1] < 100 && p.0[2] < 100);
    let mut sides: Option<[u32; 4]> = None;
    for (x, y, _) in red {
        let s = sides.unwrap_or([x, y, x + 1, y + 1]);
        sides = Some([s[0].min(x), s[1].min(y), s[2].max(x + 1), s[3].max(y + 1)]);
    }
    sides.map(|s| s.map(f64::from))
}

/// A box in pixels of a picture as a model of this convention writes it.
fn written(convention: BoxConvention, [l, t, r, b]: [f64; 4], (w, h): (u32, u32)) -> String {
    let (w, h) = (f64::from(w), f64::from(h));
    let [x1, y1, x2, y2] = [l / w, t / h, r / w, b / h].map(|s| (s * 1000.0).round());
    match convention {
        BoxConvention::Pixels => {
            json!([{"bbox_2d": [l, t, r, b], "label": "red square"}]).to_string()
        }
        BoxConvention::Norm1000 => {
            format!("```json\n{}\n```", json!([{"bbox_2d": [x1, y1, x2, y2]}]))
        }
        BoxConvention::Norm1000YFirst => {
            json!([{"box_2d": [y1, x1, y2, x2], "label": "red square"}]).to_string()
        }
        BoxConvention::Norm1 => json!([{"bbox": [l / w, t / h, r / w, b / h]}]).to_string(),
        BoxConvention::BoxTokens => {
            format!("<|box_start|>({x1},{y1}),({x2},{y2})<|box_end|>")
        }
    }
}

#[test]
fn a_box_comes_back_from_every_picture_in_every_convention() {
    let settings = [
        Options::default(),
        // Enlarged, and padded on both sides.
        Options {
            max_side: 1008,
            min_side: 112,
            side_multiple: 28,
            ..Options::default()
        },
        // Shrunk.
        Options {
            max_side: 60,
            ..Options::default()
        },
    ];
    let regions = [
        WHOLE,
        [50.0, 10.0, 100.0, 45.0],
        [60.0, 20.0, 80.0, 40.0],
        [30.4, 0.0, 80.0, 79.9],
    ];
    for (convention, name) in BoxConvention::ALL {
        let server = Server::start(move |request, _| {
            let picture = picture(request).unwrap();
            let sides = red_in(&picture).unwrap();
            let size = picture.dimensions();
            Reply::json(completion(written(convention, sides, size)).to_string())
        });
        for options in &settings {
            let options = Options {
                boxes: convention,
                encoding: Encoding::Png,
                ..options.clone()
            };
            let shrunk = options.max_side == 60;
            let vlm = vlm(&server, options);
            for region in regions {
                let found = answer(&vlm, &find("red square", region)).unwrap();
                let Answer::Detections(found) = found else {
                    panic!("{name} {region:?}: {found:?}")
                };
                assert_eq!(found.len(), 1);
                assert_eq!(found[0].label, "red square");
                assert!((found[0].score - 1.0).abs() < f64::EPSILON);
                // A thousandth of 200 pixels is a fifth of one; shrinking to the half blurs edges.
                let tolerance = if shrunk { 2.0 } else { 0.75 };
                for (got, wanted) in <[f64; 4]>::from(found[0].bbox).iter().zip(RED) {
                    assert!(
                        (got - wanted).abs() <= tolerance,
                        "{name} {region:?}: {:?}",
                        found[0].bbox
                    );
                }
            }
        }
    }
}

#[test]
fn pixels_of_an_unscaled_png_are_exact() {
    let server = Server::start(|request, _| {
        let picture = picture(request).unwrap();
        assert_eq!(picture.dimensions(), (50, 35));
        let sides = red_in(&picture).unwrap();
        Reply::json(completion(json!([{ "bbox_2d": sides }]).to_string()).to_string())
    });
    let options = Options {
        boxes: BoxConvention::Pixels,
        encoding: Encoding::Png,
        ..Options::default()
    };
    let found = answer(
        &vlm(&server, options),
        &find("red square", [50.0, 10.0, 100.0, 45.0]),
    );
    let Ok(Answer::Detections(found)) = found else {
        panic!("{found:?}")
    };
    assert_eq!(<[f64; 4]>::from(found[0].bbox), RED);
}

#[test]
fn depth_shows_all_of_the_image_with_the_region_marked() {
    let server = texts(&["7"]);
    let options = Options {
        encoding: Encoding::Png,
        ..Options::default()
    };
    let region = ask("compute_depth", [20.0, 50.0, 40.0, 60.0], &[]);
    assert_eq!(
        answer(&vlm(&server, options), &region),
        Ok(Answer::Number(7.0))
    );
    let sent = picture(&server.seen()[0]).unwrap();
    assert_eq!(sent.dimensions(), (120, 80));
    for (x, y, pixel) in drawing().enumerate_pixels() {
        let outer = (17..43).contains(&x) && (47..63).contains(&y);
        let inner = (20..40).contains(&x) && (50..60).contains(&y);
        let expected = if outer && !inner {
            Rgb([255, 0, 0])
        } else {
            *pixel
        };
        assert_eq!(*sent.get_pixel(x, y), expected, "{x} {y}");
    }
}
