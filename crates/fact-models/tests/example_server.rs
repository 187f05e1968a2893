//! The example server of `examples/`, started and asked for real.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

use fact_lang::tool::{Answer, Arg, ImageRef, Request};
use fact_models::http::Options;
use fact_models::remote::{Ask, Picture, Remote};
use fact_models::server::connect;
use image::{ImageFormat, Rgb, RgbImage};
use sha2::{Digest, Sha256};
use std::io::{BufRead, BufReader, Cursor};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

/// Ends the server with the test, however that ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The server and its address; `None` without Python.
fn start() -> Option<(Running, String)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/tool_server.py");
    let child = Command::new("python3")
        .arg("-B")
        .arg(script)
        .args(["--port", "0"])
        .stdout(Stdio::piped())
        .spawn();
    let mut running = match child {
        Ok(child) => Running(child),
        Err(error) => {
            eprintln!("skipped: no python3 ({error})");
            return None;
        }
    };
    let mut line = String::new();
    BufReader::new(running.0.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    Some((running, line.trim().to_owned()))
}

/// White, with a red patch of 10 x 15 pixels and a blue one of 20 x 30.
fn picture() -> Picture {
    let pixels = RgbImage::from_fn(64, 48, |x, y| match (x, y) {
        (5..15, 5..20) => Rgb([250, 10, 0]),
        (30..50, 10..40) => Rgb([0, 0, 255]),
        _ => Rgb([255, 255, 255]),
    });
    let mut bytes = Cursor::new(Vec::new());
    pixels.write_to(&mut bytes, ImageFormat::Png).unwrap();
    let bytes = bytes.into_inner();
    let sha256: String = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Picture {
        image: ImageRef {
            sha256: sha256.into(),
            width: 64,
            height: 48,
        },
        name: "patches.png".into(),
        bytes: bytes.into(),
        pixels: Arc::new(pixels),
    }
}

fn ask(picture: &Picture, tool: &str, right: f64, args: &[(&str, &str)]) -> Ask {
    Ask {
        pictures: [picture.clone()].into(),
        request: Request {
            tool: tool.into(),
            image: 0,
            region: [0.0, 0.0, right, 48.0].into(),
            args: args
                .iter()
                .map(|(name, text)| ((*name).to_owned(), Arg::Str((*text).to_owned())))
                .collect(),
        },
    }
}

#[test]
fn the_example_sees_patches() {
    let Some((_running, url)) = start() else {
        return;
    };
    let remote = connect(&url, Options::default()).unwrap();
    assert!(remote.fingerprint().starts_with("server-1 flat-colours 1 "));
    let offered: Vec<_> = remote
        .capabilities()
        .tools
        .iter()
        .map(|tool| tool.name.as_str())
        .collect();
    assert_eq!(offered, ["find", "verify_property", "simple_query"]);
    let picture = picture();
    let ask = |tool, right, args: &[(&str, &str)]| ask(&picture, tool, right, args);
    let answers = remote.answer(&[
        ask("find", 64.0, &[("n", "the objects")]),
        ask("find", 20.0, &[("n", "object")]),
        ask("find", 64.0, &[("n", "green thing")]),
        ask("find", 64.0, &[("n", "zebra")]),
        ask("verify_property", 20.0, &[("n", "object"), ("a", "red")]),
        ask("verify_property", 20.0, &[("n", "object"), ("a", "blue")]),
        ask("simple_query", 64.0, &[("q", "What color is this?")]),
        ask("simple_query", 64.0, &[("q", "Why?")]),
        ask("compute_depth", 64.0, &[]),
    ]);
    let boxes = |answer: &Result<Answer, _>| match answer {
        Ok(Answer::Detections(found)) => found
            .iter()
            .map(|d| (d.attributes["color"].clone(), <[f64; 4]>::from(d.bbox)))
            .collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let red = (Arg::Str("red".into()), [5.0, 5.0, 15.0, 20.0]);
    let blue = (Arg::Str("blue".into()), [30.0, 10.0, 50.0, 40.0]);
    assert_eq!(boxes(&answers[0]), [red.clone(), blue]);
    assert_eq!(boxes(&answers[1]), [red]);
    assert_eq!(boxes(&answers[2]), []);
    assert_eq!(
        answers[3],
        Ok(Answer::Error(
            "flat-colours: knows colours and 'object', not 'zebra'".into()
        ))
    );
    assert_eq!(answers[4], Ok(Answer::Bool(true)));
    assert_eq!(answers[5], Ok(Answer::Bool(false)));
    assert_eq!(answers[6], Ok(Answer::Text("blue".into())));
    assert!(matches!(&answers[7], Ok(Answer::Error(why)) if why.contains("colour only")));
    assert!(matches!(&answers[8], Ok(Answer::Error(why)) if why.contains("cannot estimate depth")));
    // Capabilities, the batch, the image, the batch again.
    assert_eq!(remote.spent().requests, 4);

    // The server checks that an image is what it is called.
    let mut other = picture.clone();
    other.image.sha256 = "0".repeat(64).into();
    let answers = remote.answer(&[self::ask(&other, "find", 64.0, &[("n", "object")])]);
    let error = answers[0].as_ref().unwrap_err();
    assert!(
        error.message.contains("does not have this SHA-256"),
        "{error}"
    );
    assert!(!error.transient);
}
