//! The vision-language back end on real photographs, against a server that knows their annotations.
//!
//! The server decodes the picture it is sent, finds where in which photograph it was cut out (pixel
//! by pixel), and answers from the GQA scene graph of that photograph, in words and in the box
//! convention asked for. So this tests a real round trip: cropping, encoding, HTTP, prompts,
//! reading, geometry. It is no test of any model: the server reads annotations.
//!
//! Runs where the data is: `FACT_DATA` names the folder, else `../shared/data` beside the
//! workspace. Elsewhere it says that it skips.

use super::*;
use fact_lang::pack::Pack;
use fact_lang::run::{Inputs, Limits, Outcome, run};
use fact_lang::syntax::parse_program;
use fact_lang::tool::Answers;
use fact_models::{DecodeLimits, Scene, View, decode, scene};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

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

/// Where in `photo` the pixels of `part` lie.
fn place(photo: &RgbImage, part: &RgbImage) -> Vec<BBox> {
    let (width, height) = (part.width() as usize, part.height() as usize);
    let (across, down) = (photo.width() as usize, photo.height() as usize);
    if width > across || height > down {
        return Vec::new();
    }
    let row = |image: &RgbImage, x: usize, y: usize| -> std::ops::Range<usize> {
        let start = (y * image.width() as usize + x) * 3;
        start..start + width * 3
    };
    let mut places = Vec::new();
    for top in 0..=down - height {
        for left in 0..=across - width {
            let same = (0..height).all(|y| {
                photo.as_raw()[row(photo, left, top + y)] == part.as_raw()[row(part, 0, y)]
            });
            if same {
                places.push(BBox::from(
                    [left, top, left + width, top + height].map(|side| side as f64),
                ));
            }
        }
    }
    places
}

/// Every JSON string in a prompt.
fn strings(prompt: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = prompt;
    while let Some(open) = rest.find('"') {
        let mut stream = serde_json::Deserializer::from_str(&rest[open..]).into_iter::<String>();
        found.push(stream.next().unwrap().unwrap());
        rest = &rest[open + stream.byte_offset()..];
    }
    found
}

/// What a model of this convention writes for boxes in the frame of the picture.
fn write(convention: BoxConvention, object: &str, boxes: &[[f64; 4]], size: (u32, u32)) -> String {
    let (w, h) = (f64::from(size.0), f64::from(size.1));
    let norm = |[l, t, r, b]: [f64; 4]| {
        [l / w, t / h, r / w, b / h].map(|side| (side * 1000.0).round() as i64)
    };
    if convention == BoxConvention::BoxTokens {
        if boxes.is_empty() {
            return "none".into();
        }
        let line = |&sides: &[f64; 4]| {
            let [x1, y1, x2, y2] = norm(sides);
            format!("<box>({x1},{y1}),({x2},{y2})</box>")
        };
        return boxes.iter().map(line).collect::<Vec<_>>().join("\n");
    }
    let entry = |&sides: &[f64; 4]| {
        let [l, t, r, b] = sides;
        match convention {
            BoxConvention::Pixels => json!({"bbox_2d": sides, "label": object}),
            BoxConvention::Norm1 => {
                json!({"bbox_2d": [l / w, t / h, r / w, b / h], "label": object})
            }
            BoxConvention::Norm1000YFirst => {
                let [x1, y1, x2, y2] = norm(sides);
                json!({"box_2d": [y1, x1, y2, x2], "label": object})
            }
            _ => json!({"bbox_2d": norm(sides), "label": object}),
        }
    };
    Value::Array(boxes.iter().map(entry).collect()).to_string()
}

/// The part of a box that a picture of `region` shows, in the frame of that picture.
fn shown(bbox: BBox, region: BBox) -> Option<[f64; 4]> {
    let left = bbox.left.max(region.left) - region.left;
    let top = bbox.top.max(region.top) - region.top;
    let right = bbox.right.min(region.right) - region.left;
    let bottom = bbox.bottom.min(region.bottom) - region.top;
    (left < right && top < bottom).then_some([left, top, right, bottom])
}

fn request(tool: &str, region: BBox, args: &[&str]) -> Request {
    let args = args
        .iter()
        .map(|arg| (String::new(), Arg::Str((*arg).into())));
    Request {
        tool: tool.into(),
        image: 0,
        region,
        args: args.collect(),
    }
}

/// What the server knows: photographs, and where pictures it has seen were cut out.
struct Known {
    photos: Vec<Photo>,
    located: Mutex<BTreeMap<String, Arc<Located>>>,
}

/// Where a picture was cut out: photographs by number, and regions.
struct Located {
    size: (u32, u32),
    places: Vec<(usize, BBox)>,
}

impl Known {
    fn locate(&self, url: &str) -> Arc<Located> {
        if let Some(known) = self.located.lock().unwrap().get(url) {
            return known.clone();
        }
        let data = url.strip_prefix("data:image/png;base64,").unwrap();
        let bytes = STANDARD.decode(data).unwrap();
        let part = image::load_from_memory(&bytes).unwrap().to_rgb8();
        let photos = self.photos.iter().enumerate();
        let places = photos.flat_map(|(at, photo)| {
            let found = place(&photo.picture.pixels, &part);
            found.into_iter().map(move |region| (at, region))
        });
        let found = Arc::new(Located {
            size: part.dimensions(),
            places: places.collect(),
        });
        let mut located = self.located.lock().unwrap();
        located.insert(url.to_owned(), found.clone());
        found
    }
}

/// What the server says to one request.
fn reply(known: &Known, convention: BoxConvention, received: &Received) -> String {
    let body = received.json();
    let content = &body["messages"][0]["content"];
    let (url, prompt) = (&content[0]["image_url"]["url"], &content[1]["text"]);
    let found = known.locate(url.as_str().unwrap());
    let (size, [(at, region)]) = (found.size, &found.places[..]) else {
        return format!("I cannot tell: this is at {} places", found.places.len());
    };
    let (photo, region) = (&known.photos[*at], *region);
    let prompt = prompt.as_str().unwrap();
    let strings = strings(prompt);
    let view = [View::of_scene(&photo.scene)];
    let annotated =
        |tool: &str, args: &[&str]| scene::perception().answer(&view, &request(tool, region, args));
    let said = if prompt.starts_with("Find every") {
        annotated("find", &[&strings[0]])
    } else if prompt.starts_with("Does the image show") {
        annotated("exists", &[&strings[0]])
    } else if prompt.starts_with("The image shows") {
        annotated("verify_property", &[&strings[0], &strings[1]])
    } else {
        annotated("simple_query", &[&strings[0]])
    };
    match said {
        Answer::Detections(found) => {
            let boxes: Vec<_> = found.iter().filter_map(|d| shown(d.bbox, region)).collect();
            write(convention, &strings[0], &boxes, size)
        }
        Answer::Bool(true) => "Yes.".into(),
        Answer::Bool(false) => "No.".into(),
        Answer::Text(text) => text,
        other => format!("I cannot tell: {other:?}"),
    }
}

/// A back end whose server answers from the annotations, and the server.
fn back_end(photos: &[Photo], convention: BoxConvention) -> (Vlm, Server) {
    let known = Known {
        photos: photos.to_vec(),
        located: Mutex::default(),
    };
    let server = Server::start(move |received, _| {
        let text = reply(&known, convention, received);
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
