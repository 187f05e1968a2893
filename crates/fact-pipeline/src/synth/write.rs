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
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| SynthError::Write { path, source }
    };
    let list = folder.join("samples.jsonl");
    let images = folder.join("images");
    let occupied = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if occupied && !list.is_file() {
        return Err(SynthError::Occupied(folder.to_owned()));
    }
    if list.is_file() {
        fs::remove_file(&list).map_err(failed(&list))?;
        if images.is_dir() {
            remove_images(&images).map_err(failed(&images))?;
        }
    }
    fs::create_dir_all(&images).map_err(failed(&images))?;

    let mut written = Written::default();
    let mut lines = Vec::new();
    let mut last_group = String::new();
    for sample in samples {
        let path = folder.join(&sample.image);
        fs::write(&path, png(&sample)?).map_err(failed(&path))?;
        if sample.group != last_group {
            written.sentences += 1;
            last_group.clone_from(&sample.group);
        }
        written.samples += 1;
        written.yes += usize::from(sample.answer);
        lines.extend_from_slice(line(&sample).as_bytes());
        progress(written.samples);
    }
    let draft = folder.join("samples.jsonl.part");
    let mut file = fs::File::create(&draft).map_err(failed(&draft))?;
    file.write_all(&lines).map_err(failed(&draft))?;
    file.sync_all().map_err(failed(&draft))?;
    fs::rename(&draft, &list).map_err(failed(&list))?;
    Ok(written)
}

/// Removes the images of an earlier data set, and nothing else.
fn remove_images(images: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(images)? {
        let entry = entry?;
        let name = entry.file_name();
        let ours = name
            .to_str()
            .is_some_and(|n| n.starts_with("synth-") && n.ends_with(".png"));
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

/// The encoded image of a sample. Compression and filter are fixed, so that bytes are stable.
fn png(sample: &SynthSample) -> Result<Vec<u8>, SynthError> {
    let image = sample.draw();
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
        id: sample.id.clone(),
        source,
    })?;
    Ok(bytes)
}
