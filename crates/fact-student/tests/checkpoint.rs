//! Files that are not what they say.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a failed step fails the test"
)]

mod support;

use fact_student::checkpoint::{About, read_student, read_training, write_student};
use fact_student::weights::{self, Weights};
use std::path::{Path, PathBuf};
use support::{config, model, squares};

fn student() -> (About, Weights) {
    let (tokenizer, model) = model(&squares(1, 24));
    let about = About::new(model, tokenizer, true, config(10));
    (about, weights::draw(&model, 7))
}

fn written(folder: &Path) -> (PathBuf, Vec<u8>) {
    let path = folder.join("model.safetensors");
    let (about, weights) = student();
    write_student(&path, &about, &weights).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    (path, bytes)
}

fn refused(path: &Path, bytes: &[u8]) -> String {
    std::fs::write(path, bytes).unwrap();
    let error = read_student(path).unwrap_err();
    // The message names the file; the rest is what is wrong.
    let text = error.to_string();
    assert!(text.starts_with(&path.display().to_string()), "{text}");
    text[path.display().to_string().len()..].to_owned()
}

/// With another header of the same tensors.
fn edited(bytes: &[u8], edit: impl Fn(&str) -> String) -> Vec<u8> {
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header = edit(std::str::from_utf8(&bytes[8..8 + length]).unwrap());
    let mut edited = (header.len() as u64).to_le_bytes().to_vec();
    edited.extend(header.as_bytes());
    edited.extend(&bytes[8 + length..]);
    edited
}

#[test]
fn a_student_is_read_as_it_was_written_and_the_same_student_is_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = written(folder.path());
    assert_eq!(read_student(&path).unwrap(), student());
    assert_eq!(written(folder.path()).1, bytes);
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 1, "nothing temporary is left");
}

#[test]
fn a_file_that_is_cut_off_is_refused_wherever_it_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = written(folder.path());
    for length in [0, 4, 8, 100, bytes.len() / 2, bytes.len() - 1] {
        let text = refused(&path, &bytes[..length]);
        assert!(
            text.starts_with(" is not a whole safetensors file"),
            "{length}: {text}"
        );
    }
    let mut longer = bytes.clone();
    longer.push(0);
    refused(&path, &longer);
}

#[test]
fn a_header_of_a_hostile_size_allocates_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = written(folder.path());
    for size in [u64::MAX, u64::MAX - 8, 1 << 40, 1 << 26] {
        let mut hostile = bytes.clone();
        hostile[..8].copy_from_slice(&size.to_le_bytes());
        let text = refused(&path, &hostile);
        assert!(
            text.starts_with(" is not a whole safetensors file"),
            "{size}: {text}"
        );
    }
}

#[test]
fn what_the_header_says_is_checked_before_anything_is_made_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = written(folder.path());
    let told = |from: &str, to: &str| {
        let edited = edited(&bytes, |header| {
            assert!(header.contains(from), "{header}");
            header.replacen(from, to, 1)
        });
        refused(&path, &edited)
    };
    let wide = told(
        "\\\"width\\\":32,\\\"layers\\\"",
        "\\\"width\\\":4000000000,\\\"layers\\\"",
    );
    assert!(wide.contains("width is 4000000000; must be"), "{wide}");
    let deep = told("\\\"layers\\\":2", "\\\"layers\\\":3");
    assert!(
        deep.contains("tensor `layer.02.attention.norm` is missing"),
        "{deep}"
    );
    let version = told("\\\"version\\\":1", "\\\"version\\\":9");
    assert!(
        version.contains("version 9, this program reads 1"),
        "{version}"
    );
    let vocabulary = told("\\\"vocabulary\\\":2", "\\\"vocabulary\\\":3");
    assert!(vocabulary.contains("vocabulary"), "{vocabulary}");
    let unknown = told(
        "\\\"rationales\\\":true",
        "\\\"rationales\\\":true,\\\"x\\\":1",
    );
    assert!(unknown.contains("unknown field"), "{unknown}");
    let none = told("\"fact\":", "\"other\":");
    assert!(none.contains("its header has no `fact`"), "{none}");
}

#[test]
fn tensors_must_be_those_of_the_model() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let told = |edit: fn(&mut Weights)| {
        let (about, mut weights) = student();
        edit(&mut weights);
        write_student(&path, &about, &weights).unwrap();
        read_student(&path).unwrap_err().to_string()
    };
    let turned = told(|w| {
        let head = w.get_mut("head").unwrap();
        head.shape.reverse();
    });
    assert!(turned.contains("tensor `head` is F32"), "{turned}");
    let much = told(|w| {
        let norm = w["norm"].clone();
        w.insert("more".into(), norm);
    });
    assert!(
        much.contains("tensor `more` is none of the model's"),
        "{much}"
    );
    let nan = told(|w| w.get_mut("norm").unwrap().values[0] = f32::NAN);
    assert!(
        nan.contains("tensor `norm` holds numbers that are not finite"),
        "{nan}"
    );
}

#[test]
fn a_student_is_no_training() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = written(folder.path());
    let error = read_training(&path).unwrap_err();
    assert!(
        error.to_string().contains("is not a student's file"),
        "{error}"
    );
    assert!(error.hint().is_some());
}
