//! Writes generated samples as a data set folder.

use super::{SynthError, SynthOptions, SynthSample, generate};
use image::{ImageEncoder, codecs::png};
use serde_json::json;
use std::fs;
use std::io::Write;
use std::path::Path;

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// Samples, and images.
    pub samples: usize,
    /// Different sentences.
    pub sentences: usize,
    /// Samples whose sentence is true.
    pub yes: usize,
}

/// Generates samples into `folder` (made if missing): `images/` first, then `samples.jsonl`, which
/// appears only when it is complete. A data set generated there before is replaced. `progress` is
/// called with the number of samples written so far.
///
/// # Errors
/// [`SynthError::Occupied`] if the folder holds anything else, and failures to write.
pub fn write(
    options: &SynthOptions,
    folder: &Path,
    mut progress: impl FnMut(usize),
) -> Result<Written, SynthError> {
    let samples = generate(options)?;
    let list = folder.join("samples.jsonl");
    let images = folder.join("images");
    let occupied = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if occupied && !list.is_file() {
        return Err(SynthError::Occupied {
            folder: folder.to_owned(),
            mark: "samples.jsonl",
        });
    }
    if list.is_file() {
        fs::remove_file(&list).map_err(SynthError::writing(&list))?;
        if images.is_dir() {
            remove_images(&images, "synth-").map_err(SynthError::writing(&images))?;
        }
    }
    fs::create_dir_all(&images).map_err(SynthError::writing(&images))?;

    let mut written = Written::default();
    let mut lines = String::new();
    let mut last_group = String::new();
    for sample in samples {
        let path = folder.join(&sample.image);
        fs::write(&path, encode(&sample.draw(), &sample.id)?)
            .map_err(SynthError::writing(&path))?;
        if sample.group != last_group {
            written.sentences += 1;
            last_group.clone_from(&sample.group);
        }
        written.samples += 1;
        written.yes += usize::from(sample.answer);
        lines.push_str(&line(&sample));
        progress(written.samples);
    }
    publish(&list, &lines)?;
    Ok(written)
}

/// Writes a file so that it appears only when it is whole.
pub(super) fn publish(path: &Path, text: &str) -> Result<(), SynthError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let draft = path.with_file_name(name);
    let write = || -> std::io::Result<()> {
        let mut file = fs::File::create(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, path)
    };
    write().map_err(SynthError::writing(path))
}

/// Removes the images of an earlier data set, whose names start so, and nothing else.
pub(super) fn remove_images(images: &Path, start: &str) -> std::io::Result<()> {
    for entry in fs::read_dir(images)? {
        let entry = entry?;
        let name = entry.file_name();
        let ours = name
            .to_str()
            .is_some_and(|n| n.starts_with(start) && n.ends_with(".png"));
        if ours && entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn line(sample: &SynthSample) -> String {
    let record = json!({
        "id": sample.id,
        "image": sample.image,
        "question": sample.question,
        "answer": if sample.answer { "true" } else { "false" },
        "group": sample.group,
        "scene_id": sample.scene,
        "program": sample.program,
        "structured_rep": sample.picture.structured_rep(),
    });
    format!("{record}\n")
}

/// An encoded image. Compression and filter are fixed, so that bytes are stable.
pub(super) fn encode(image: &image::RgbImage, id: &str) -> Result<Vec<u8>, SynthError> {
    let mut bytes = Vec::new();
    png::PngEncoder::new_with_quality(
        &mut bytes,
        png::CompressionType::Default,
        png::FilterType::Adaptive,
    )
    .write_image(
        image.as_raw(),
        image.width(),
        image.height(),
        image::ExtendedColorType::Rgb8,
    )
    .map_err(|source| SynthError::Encode {
        id: id.to_owned(),
        source,
    })?;
    Ok(bytes)
}
