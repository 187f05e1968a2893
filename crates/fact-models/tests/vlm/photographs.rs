//! The vision-language back end on real photographs, against a server that knows their annotations.
//!
//! The server (`common/annotated.rs`) answers from the GQA scene graph of the photograph it is sent a
//! part of, in words and in the box convention asked for. So this tests a real round trip: cropping, encoding, HTTP, prompts,
//! reading, geometry. It is no test of any model: the server reads annotations.
//!
//! Runs where the data is: `FACT_DATA` names the folder, else `../shared/data` beside the
//! workspace. Elsewhere it says that it skips.

use super::common::annotated::{Annotated, Known, request, shown};
use super::*;
use fact_lang::pack::Pack;
use fact_lang::run::{Inputs, Limits, Outcome, run};
use fact_lang::syntax::parse_program;
use fact_lang::tool::Answers;
use fact_models::{DecodeLimits, Scene, View, decode, scene};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn data(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("FACT_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let folder = root.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!(
        "skipped: no {} (set FACT_DATA to the folder of data sets)",
        folder.display()
    );
    None
}

/// An annotated photograph.
#[derive(Clone)]
struct Photo {
    name: String,
    picture: Picture,
    scene: Scene,
}

fn photo(path: &Path, scene: Scene) -> Photo {
    let bytes = std::fs::read(path).unwrap();
    let decoded = decode(&bytes, &DecodeLimits::default()).unwrap();
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    Photo {
        picture: Picture {
            image: decoded.image_ref(),
            name: name.as_str().into(),
            bytes: bytes.into(),
            pixels: Arc::new(decoded.rgb),
        },
        name,
        scene,
    }
}

/// The photographs that come with a scene graph.
fn photos() -> Option<Vec<Photo>> {
    let (gqa, parallel) = (data("gqa")?, data("gqa_vg_scene_graphs")?);
    let json = |path: PathBuf| -> Value {
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    };
    let mut photos = Vec::new();
    for (id, graph) in json(gqa.join("scene_graphs.json")).as_object().unwrap() {
        let path = gqa.join(format!("images/{id}.jpg"));
        if path.is_file() {
            photos.push(photo(&path, scene::gqa::read(graph).unwrap()));
        }
    }
    let records = json(parallel.join("scene-graph-annotations.json"));
    for record in records.as_array().unwrap() {
        let name = record["data_path"].as_str().unwrap();
        let path = parallel.join("images").join(name);
        let read = scene::gqa::read_parallel(&record["annotation"]);
        photos.push(photo(&path, read.unwrap()));
    }
    assert!(photos.len() >= 12);
    Some(photos)
}

/// A back end whose server answers from the annotations, and the server.
fn back_end(photos: &[Photo], convention: BoxConvention) -> (Vlm, Server) {
    let known = Known::new(photos.iter().map(|photo| Annotated {
        name: photo.name.clone(),
        pixels: photo.picture.pixels.clone(),
        scene: photo.scene.clone(),
    }));
    let server = Server::start(move |received, _| {
        let text = known.reply(convention, &received.json());
        Reply::json(json!({"choices": [{"message": {"content": text}}]}).to_string())
    });
    // Crops are found again pixel by pixel: lossless, and neither shrunk nor enlarged.
    let options = Options {
        boxes: convention,
        encoding: Encoding::Png,
        min_side: 1,
        ..Options::default()
    };
    let vlm = Vlm::new(
        "annotations",
        &server.url(),
        options,
        http::Options::default(),
    );
    (vlm.unwrap(), server)
}

fn answer(vlm: &Vlm, photo: &Photo, request: Request) -> Answer {
    let ask = Ask {
        pictures: Arc::new([photo.picture.clone()]),
        request,
    };
    vlm.answer(&[ask]).remove(0).unwrap()
}

fn whole(photo: &Photo) -> BBox {
    let (width, height) = photo.picture.pixels.dimensions();
    BBox::from([0.0, 0.0, f64::from(width), f64::from(height)])
}

fn near(a: BBox, b: BBox, tolerance: f64) -> bool {
    let sides = <[f64; 4]>::from(a).into_iter().zip(<[f64; 4]>::from(b));
    sides.into_iter().all(|(a, b)| (a - b).abs() <= tolerance)
}

#[test]
fn objects_are_found_where_they_are_annotated() {
    let Some(photos) = photos() else { return };
    let back_ends = BoxConvention::ALL.map(|(convention, _)| back_end(&photos, convention));
    let (mut asked, mut boxes) = (0, 0);
    for (number, photo) in photos.iter().enumerate() {
        // The upper left three quarters, at odd places, beside all of it.
        let all = whole(photo);
        let part = BBox {
            left: 17.0,
            top: 11.0,
            right: (all.right * 0.75).floor(),
            bottom: (all.bottom * 0.75).floor(),
        };
        let names: BTreeSet<&str> = photo.scene.objects.iter().map(|o| &*o.name).collect();
        for (at, name) in names.into_iter().enumerate() {
            let (vlm, _) = &back_ends[(at + number) % back_ends.len()];
            for region in [all, part] {
                let Answer::Detections(found) =
                    answer(vlm, photo, request("find", region, &[name]))
                else {
                    panic!("{} {name}: no detections", photo.name)
                };
                let annotated = scene::perception().answer(
                    &[View::of_scene(&photo.scene)],
                    &request("find", region, &[name]),
                );
                let Answer::Detections(annotated) = annotated else {
                    panic!("{annotated:?}")
                };
                let expected: Vec<BBox> = annotated
                    .iter()
                    .filter_map(|d| shown(d.bbox, region))
                    .map(|[l, t, r, b]| {
                        let (x, y) = (region.left, region.top);
                        BBox::from([l + x, t + y, r + x, b + y])
                    })
                    .collect();
                // Half a thousandth of 500 pixels.
                for d in &found {
                    assert_eq!(d.label, name);
                    assert!(
                        expected.iter().any(|&e| near(d.bbox, e, 0.26)),
                        "{} {name}: {:?} in {expected:?}",
                        photo.name,
                        d.bbox
                    );
                }
                // Two annotations of nearly one place are one detection.
                for &e in &expected {
                    let tolerance = 0.1 * (e.right - e.left).max(e.bottom - e.top) + 0.26;
                    assert!(
                        found.iter().any(|d| near(d.bbox, e, tolerance)),
                        "{} {name}: {e:?} is not in {found:?}",
                        photo.name
                    );
                }
                asked += 1;
                boxes += found.len();
            }
        }
    }
    assert!(
        asked > 200 && boxes > 150,
        "{asked} questions, {boxes} boxes"
    );
}

#[test]
fn crops_of_objects_are_asked_about_in_words() {
    let Some(photos) = photos() else { return };
    let (vlm, _server) = back_end(&photos, BoxConvention::Norm1000);
    let (mut verified, mut colors) = (0, 0);
    for photo in &photos {
        let view = [View::of_scene(&photo.scene)];
        let all = whole(photo);
        for object in &photo.scene.objects {
            let region = BBox {
                left: object.bbox.left.max(0.0),
                top: object.bbox.top.max(0.0),
                right: object.bbox.right.min(all.right),
                bottom: object.bbox.bottom.min(all.bottom),
            };
            // Smaller crops may be at several places of a photograph.
            if region.right - region.left < 16.0 || region.bottom - region.top < 16.0 {
                continue;
            }
            for attribute in ["white", "wood", "dark"] {
                let ask = request("verify_property", region, &[&object.name, attribute]);
                let expected = scene::perception().answer(&view, &ask);
                assert_eq!(
                    answer(&vlm, photo, ask),
                    expected,
                    "{} {}",
                    photo.name,
                    object.name
                );
                verified += 1;
            }
            let ask = request("simple_query", region, &["What color is it?"]);
            match scene::perception().answer(&view, &ask) {
                Answer::Text(color) => {
                    assert_eq!(answer(&vlm, photo, ask), Answer::Text(color));
                    colors += 1;
                }
                // What is not annotated is a refusal, twice, and then an error of the program.
                Answer::Error(_) => {
                    let got = answer(&vlm, photo, ask);
                    assert!(
                        matches!(&got, Answer::Error(e) if e.contains("refusal")),
                        "{got:?}"
                    );
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(
        verified > 200 && colors > 30,
        "{verified} properties, {colors} colours"
    );
}

/// Answers of a back end behind a wire, one call at a time.
struct Wire<'a> {
    vlm: &'a Vlm,
    photo: &'a Photo,
}

impl Answers for Wire<'_> {
    fn answer(&mut self, request: &Request) -> Option<Answer> {
        Some(answer(self.vlm, self.photo, request.clone()))
    }
}

#[test]
fn programs_answer_questions_of_the_data_set() {
    let Some(photos) = photos() else { return };
    let (vlm, _server) = back_end(&photos, BoxConvention::Norm1000YFirst);
    let pack = Pack::builtin("viper").unwrap();
    // The first two are the data set's own questions on photographs with a scene graph.
    for (name, program, expected) in [
        (
            "2354786",
            "def execute_command(image):\n    sky = ImagePatch(image).find('sky')[0]\n    \
             return bool_to_yesno(sky.verify_property('sky', 'dark'))\n",
            "yes",
        ),
        (
            "2375429",
            "def execute_command(image):\n    patch = ImagePatch(image)\n    \
             wall = [w for w in patch.find('wall') if w.verify_property('wall', 'white')][0]\n    \
             pipe = wall.find('pipe')[0]\n    return pipe.simple_query('What is this?')\n",
            "pipe",
        ),
        (
            "2386621",
            "def execute_command(image):\n    patch = ImagePatch(image)\n    \
             return patch.find('banana')[0].left > patch.find('plate')[0].left\n",
            "True",
        ),
    ] {
        let photo = photos.iter().find(|photo| photo.name == name).unwrap();
        let program = parse_program(program).unwrap();
        let inputs = Inputs::image(photo.picture.image.clone());
        let mut answers = Wire { vlm: &vlm, photo };
        let done = run(&program, &pack, &inputs, &mut answers, &Limits::default());
        match done.outcome {
            Outcome::Returned(returned) => assert_eq!(returned.text, expected, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
}
