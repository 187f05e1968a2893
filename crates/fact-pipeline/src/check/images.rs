//! The images of a row held against its certificate.

use super::row::paths;
use crate::datasets::ImageRoot;
use crate::export::ExportRow;
use fact_core::Certificate;
use fact_models::DecodeLimits;

/// Verifies hash and size of each image under `root`, and that boxes lie within them. The row has
/// as many images as the certificate.
pub(super) fn verify(
    row: &ExportRow,
    certificate: &Certificate,
    root: &ImageRoot,
    reasons: &mut Vec<String>,
) {
    let limits = DecodeLimits::default();
    for (path, stated) in paths(&row.image).iter().zip(&certificate.images) {
        let read = root
            .resolve(&[path])
            .map(|source| source.read(limits.file_bytes));
        let bytes = match read {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(e)) => {
                reasons.push(e.to_string());
                continue;
            }
            Err(e) => {
                reasons.push(e.to_string());
                continue;
            }
        };
        match fact_models::decode(&bytes, &limits) {
            Err(e) => reasons.push(format!("image `{path}`: {e}")),
            Ok(image) if image.sha256 != stated.sha256 => reasons.push(format!(
                "image `{path}` has SHA-256 {}, the certificate says {}",
                image.sha256,
                match &*stated.sha256 {
                    "" => "that there was none",
                    hash => hash,
                }
            )),
            Ok(image) if (image.width, image.height) != (stated.width, stated.height) => reasons
                .push(format!(
                    "image `{path}` is {}×{}, the certificate says {}×{}",
                    image.width, image.height, stated.width, stated.height
                )),
            Ok(_) => {}
        }
    }
    for (number, step) in (1..).zip(&row.steps) {
        for grounded in &step.boxes {
            let [left, top, right, bottom] = grounded.bbox;
            let inside = certificate.images.get(grounded.image).is_some_and(|image| {
                left >= 0.0
                    && top >= 0.0
                    && left <= right
                    && top <= bottom
                    && right <= f64::from(image.width)
                    && bottom <= f64::from(image.height)
            });
            if !inside {
                reasons.push(format!(
                    "step {number}: the box of “{}” is not within its image",
                    grounded.name
                ));
            }
        }
    }
}
