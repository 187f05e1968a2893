//! The pictures of samples, from the data set that the run is over.
//!
//! A picture is asked for by sample and index, never by path: paths are the data set's, and its reader
//! keeps them under its folder. What is sent is made anew from the decoded pixels, so that no byte of a
//! file reaches the browser's decoders, no camera's data leaves the file, and orientation is the one that
//! boxes refer to.

use fact_models::{DecodeError, DecodeLimits, DecodedImage, decode};
use fact_pipeline::datasets::{ImageLookup, ImageReadError, OpenError};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::imageops::{self, FilterType as Resampling};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Longest side that is sent, in pixels; larger pictures are made smaller.
const SIDE: u32 = 1_600;

/// Looks up and decodes pictures.
pub(crate) struct Pictures {
    data: String,
    lookup: OnceLock<Result<ImageLookup, OpenError>>,
    /// One at a time: a picture takes up to some hundred megabytes while it is decoded.
    turn: Mutex<()>,
}

/// A picture to send.
pub(crate) struct Picture {
    pub(crate) png: Vec<u8>,
    /// Width and height of the file's picture, in pixels.
    pub(crate) size: (u32, u32),
    /// SHA-256 of the file, in hex.
    pub(crate) sha256: String,
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PictureError {
    #[error("the data set cannot be opened: {0}; `fact view --data SPEC` says where it is now")]
    Data(String),
    #[error("the data set has no such picture")]
    None,
    #[error(transparent)]
    Read(#[from] ImageReadError),
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error("the picture cannot be sent: {0}")]
    Encode(#[from] image::ImageError),
}

impl Pictures {
    /// Of a data set, which is opened when the first picture is asked for.
    pub(crate) fn new(data: String) -> Self {
        Self {
            data,
            lookup: OnceLock::new(),
            turn: Mutex::default(),
        }
    }

    /// A picture of a sample.
    ///
    /// # Errors
    /// If it cannot be had.
    pub(crate) fn read(&self, id: &str, index: usize) -> Result<Picture, PictureError> {
        let lookup = self.lookup.get_or_init(|| ImageLookup::open(&self.data));
        let lookup = lookup
            .as_ref()
            .map_err(|e| PictureError::Data(e.to_string()))?;
        let source = lookup.of(id).and_then(|images| images.get(index));
        let source = source.ok_or(PictureError::None)?;
        let limits = DecodeLimits::default();
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let decoded = decode(&source.read(limits.file_bytes)?, &limits)?;
        Ok(Picture {
            size: (decoded.width, decoded.height),
            sha256: decoded.sha256.to_string(),
            png: encoded(decoded)?,
        })
    }
}

fn encoded(decoded: DecodedImage) -> Result<Vec<u8>, image::ImageError> {
    let (width, height) = (decoded.width, decoded.height);
    let side = width.max(height);
    let scaled = |length: u32| {
        let length = u64::from(length) * u64::from(SIDE) / u64::from(side.max(1));
        u32::try_from(length).unwrap_or(SIDE).max(1)
    };
    let rgb = match side > SIDE {
        true => imageops::resize(
            &decoded.rgb,
            scaled(width),
            scaled(height),
            Resampling::Triangle,
        ),
        false => decoded.rgb,
    };
    let mut png = Vec::new();
    let encoder =
        PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::Adaptive);
    rgb.write_with_encoder(encoder)?;
    Ok(png)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(width: u32, height: u32) -> DecodedImage {
        DecodedImage {
            rgb: image::RgbImage::from_pixel(width, height, image::Rgb([9, 8, 7])),
            sha256: "".into(),
            width,
            height,
        }
    }

    #[test]
    fn large_pictures_are_made_smaller_and_others_stay() {
        let size = |picture| {
            let png = encoded(picture).unwrap();
            let decoded = decode(&png, &DecodeLimits::default()).unwrap();
            assert_eq!(decoded.rgb.get_pixel(0, 0).0, [9, 8, 7]);
            (decoded.width, decoded.height)
        };
        assert_eq!(size(drawn(400, 100)), (400, 100));
        assert_eq!(size(drawn(3200, 2)), (1600, 1));
        assert_eq!(size(drawn(1, 6400)), (1, 1600));
    }
}
