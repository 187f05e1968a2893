//! Rows of an export → examples for students.

use super::StudentError;
use crate::datasets::{ImageRoot, RecordError, elements, lines_or_array};
use fact_models::decode::{DecodeLimits, decode};
use fact_student::config::ImageSize;
use fact_student::{Example, Picture};
use image::imageops::{self, FilterType};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a student learns beside answers. All but the first differ in nothing but the column that they read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objective {
    /// Nothing.
    Label,
    /// The texts of this column.
    Rationale(String),
}

/// How rows are read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Folder that paths of images are relative to.
    pub images: PathBuf,
    /// Size that pictures are brought to.
    pub size: ImageSize,
    /// Which texts are rationales.
    pub objective: Objective,
}

/// Reads rows: `id`, `image`, `question`, `answer`; `weight` if there is one; and the column of the
/// objective, which may be null or absent: such a row teaches its answer only, as does one that says
/// `"accepted": false`, whose rationale nobody stands behind. Other fields are ignored.
///
/// # Errors
/// The first malformed row or unusable image.
pub fn read(file: &Path, reading: &Reading) -> Result<Vec<Example>, StudentError> {
    let root = ImageRoot::new(&reading.images).map_err(|source| StudentError::Images {
        path: reading.images.clone(),
        source,
    })?;
    let mut pictures: BTreeMap<String, Arc<Picture>> = BTreeMap::new();
    let mut examples = Vec::new();
    for element in elements(file, lines_or_array(file)?) {
        let element = element?;
        let row: Map<String, Value> = element.parse()?;
        let text = |field: &str| -> Result<String, RecordError> {
            match row.get(field) {
                Some(Value::String(text)) => Ok(text.clone()),
                Some(value @ (Value::Number(_) | Value::Bool(_))) => Ok(value.to_string()),
                None => Err(element.at.bad(field, "missing")),
                Some(_) => Err(element.at.bad(field, "expected a string")),
            }
        };
        let id = text("id")?;
        let question = text("question")?;
        element.at.check_text("question", &question)?;
        let answer = text("answer")?;
        element.at.check_text("answer", &answer)?;
        let name = match row.get("image") {
            Some(Value::String(name)) => name,
            // Of several images a student sees the first; a set of two is no task for it.
            Some(Value::Array(names)) => match names.as_slice() {
                [Value::String(name)] => name,
                _ => return Err(element.at.bad("image", "expected one image").into()),
            },
            None => return Err(element.at.bad("image", "missing").into()),
            Some(_) => return Err(element.at.bad("image", "expected a path").into()),
        };
        let picture = match pictures.get(name) {
            Some(picture) => picture.clone(),
            None => {
                let picture = Arc::new(picture(&root, &id, name, reading.size)?);
                pictures.insert(name.clone(), picture.clone());
                picture
            }
        };
        let weight = match row.get("weight") {
            None | Some(Value::Null) => 1.0,
            Some(value) => match value.as_f64() {
                Some(weight) if (0.0..=1e6).contains(&weight) => weight as f32,
                _ => {
                    let reason = "expected a number from 0 to 1000000";
                    return Err(element.at.bad("weight", reason).into());
                }
            },
        };
        let rationale = match &reading.objective {
            Objective::Label => None,
            _ if row.get("accepted") == Some(&Value::Bool(false)) => None,
            Objective::Rationale(column) => match row.get(column) {
                None | Some(Value::Null) => None,
                Some(Value::String(text)) => Some(text.clone()).filter(|t| !t.trim().is_empty()),
                Some(_) => return Err(element.at.bad(column, "expected a string").into()),
            },
        };
        examples.push(Example {
            id,
            picture: Some(picture),
            question,
            answer,
            rationale,
            weight,
        });
    }
    Ok(examples)
}

fn picture(
    root: &ImageRoot,
    id: &str,
    name: &str,
    size: ImageSize,
) -> Result<Picture, StudentError> {
    let id = || id.to_owned();
    let limits = DecodeLimits::default();
    let found = root.resolve(&[name]);
    let found = found.map_err(|source| StudentError::Path { id: id(), source })?;
    let bytes = found.read(limits.file_bytes);
    let bytes = bytes.map_err(|source| StudentError::Read { id: id(), source })?;
    sized(&id(), &bytes, size).map(|(_, picture)| picture)
}

/// The picture in an image's file at a student's size, and the hash of the file.
pub(crate) fn sized(
    id: &str,
    bytes: &[u8],
    size: ImageSize,
) -> Result<(Arc<str>, Picture), StudentError> {
    let id = || id.to_owned();
    let decoded = decode(bytes, &DecodeLimits::default());
    let decoded = decoded.map_err(|source| StudentError::Decode { id: id(), source })?;
    let (width, height) = (size.width, size.height);
    let pixels = if (decoded.width, decoded.height) == (width, height) {
        decoded.rgb
    } else {
        imageops::resize(&decoded.rgb, width, height, FilterType::Triangle)
    };
    let picture = Picture::new(width, height, pixels.into_raw());
    let picture = picture.map_err(|source| StudentError::Picture { id: id(), source })?;
    Ok((decoded.sha256, picture))
}
