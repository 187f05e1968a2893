//! Decoding of image files with limits that hold *before* any pixel is allocated.
//!
//! PNG and JPEG are read, by content and never by file name. The content key of an image is the
//! SHA-256 of its encoded bytes, so the same file is the same image wherever it lies.
//!
//! * Colours become 8-bit RGB: 16-bit channels keep their high byte, grey is repeated.
//! * Transparent pixels are composited on **white**: the ground on which a viewer shows such a
//!   file, and the only choice under which a fully transparent pixel has one meaning. (NLVR's
//!   files are RGBA, but opaque: they decode to their own colours.)
//! * EXIF orientation is not applied: boxes of annotations refer to the stored pixels.

use fact_lang::tool::ImageRef;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};
use sha2::{Digest, Sha256};
use std::io::{Cursor, Read};
use std::sync::Arc;

/// Bounds on an image file, checked before its pixels are decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DecodeLimits {
    /// Bytes of the encoded file.
    pub file_bytes: u64,
    /// Width × height.
    pub pixels: u64,
    /// Width, and height, in pixels.
    pub side: u32,
}

impl Default for DecodeLimits {
    /// 32 MiB, 50 megapixels, 32 768 pixels a side.
    fn default() -> Self {
        Self {
            file_bytes: 32 << 20,
            pixels: 50_000_000,
            side: 32_768,
        }
    }
}

/// A decoded image.
#[derive(Debug, Clone, PartialEq)]
pub struct DecodedImage {
    /// Pixels: 8-bit RGB, row by row from the top left.
    pub rgb: RgbImage,
    /// SHA-256 of the encoded file, lower-case hex.
    pub sha256: Arc<str>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl DecodedImage {
    /// The image as the interpreter knows it.
    pub fn image_ref(&self) -> ImageRef {
        ImageRef {
            sha256: self.sha256.clone(),
            width: self.width,
            height: self.height,
        }
    }
}

/// Why a file is not an image that can be used.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// No bytes.
    #[error("the image file is empty")]
    Empty,
    /// The file is larger than the limit.
    #[error("the image file is larger than the limit of {limit} bytes")]
    FileTooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The content is no image known.
    #[error("the file is not an image: its first bytes are those of neither PNG nor JPEG")]
    NotAnImage,
    /// An image in a format that is not read.
    #[error("the file is a {format} image; only PNG and JPEG are read")]
    UnsupportedFormat {
        /// Name of the format.
        format: String,
    },
    /// The header claims more pixels than allowed.
    #[error(
        "the image claims {width}×{height} pixels; the limits are {pixels} pixels and {side} a side"
    )]
    TooManyPixels {
        /// Claimed width.
        width: u32,
        /// Claimed height.
        height: u32,
        /// Limit of width × height.
        pixels: u64,
        /// Limit of width and of height.
        side: u32,
    },
    /// The file ends before the image does.
    #[error("the {format} file is truncated: it ends before the image does")]
    Truncated {
        /// Name of the format.
        format: &'static str,
    },
    /// The content contradicts its format.
    #[error("the {format} file is damaged: {reason}")]
    Damaged {
        /// Name of the format.
        format: &'static str,
        /// What the decoder said.
        reason: String,
    },
    /// Reading the bytes failed.
    #[error("the image file cannot be read")]
    Io(#[from] std::io::Error),
}

/// Reads at most the allowed bytes of a file and decodes them.
///
/// # Errors
/// See [`DecodeError`]; a source longer than the limit is read no further than one byte past it.
pub fn decode_reader(
    source: impl Read,
    limits: &DecodeLimits,
) -> Result<DecodedImage, DecodeError> {
    let mut bytes = Vec::new();
    source
        .take(limits.file_bytes.saturating_add(1))
        .read_to_end(&mut bytes)?;
    decode(&bytes, limits)
}

/// Decodes an encoded image. Bytes from anywhere are safe: the result is an image or an error.
///
/// # Errors
/// See [`DecodeError`].
pub fn decode(bytes: &[u8], limits: &DecodeLimits) -> Result<DecodedImage, DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    if bytes.len() as u64 > limits.file_bytes {
        return Err(DecodeError::FileTooLarge {
            limit: limits.file_bytes,
        });
    }
    let format = match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg)) => format,
        Ok(other) => {
            return Err(DecodeError::UnsupportedFormat {
                format: format!("{other:?}").to_uppercase(),
            });
        }
        Err(_) => return Err(DecodeError::NotAnImage),
    };
    let name = if format == ImageFormat::Png {
        "PNG"
    } else {
        "JPEG"
    };
    // The JPEG decoder fills what is missing of a cut file with grey; the end marker tells.
    if format == ImageFormat::Jpeg && !jpeg_ends(bytes) {
        return Err(DecodeError::Truncated { format: name });
    }
    let failed = |error| classify(name, error);

    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut bounds = Limits::default();
    // 8 bytes a pixel hold the widest decoded form (16-bit RGBA); the rest is the decoder's own.
    bounds.max_alloc = Some(limits.pixels.saturating_mul(8).saturating_add(16 << 20));
    reader.limits(bounds);
    let decoder = reader.into_decoder().map_err(failed)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > limits.pixels
        || width > limits.side
        || height > limits.side
    {
        return Err(DecodeError::TooManyPixels {
            width,
            height,
            pixels: limits.pixels,
            side: limits.side,
        });
    }
    let rgb = flatten(DynamicImage::from_decoder(decoder).map_err(failed)?);
    Ok(DecodedImage {
        rgb,
        sha256: sha256_hex(bytes).into(),
        width,
        height,
    })
}

/// SHA-256 in lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// RGB, with transparency composited on white.
fn flatten(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let rgba = image.into_rgba8();
    let (width, height) = rgba.dimensions();
    let mut rgb = Vec::with_capacity(rgba.as_raw().len() / 4 * 3);
    for &[r, g, b, a] in rgba.as_raw().as_chunks::<4>().0 {
        if a == 255 {
            rgb.extend_from_slice(&[r, g, b]);
        } else {
            let a = u32::from(a);
            // Rounded c·a + 255·(1 − a); at most 255 by construction.
            let over = |c: u8| ((u32::from(c) * a + 255 * (255 - a) + 127) / 255) as u8;
            rgb.extend_from_slice(&[over(r), over(g), over(b)]);
        }
    }
    RgbImage::from_raw(width, height, rgb).unwrap_or_default()
}

fn classify(format: &'static str, error: image::ImageError) -> DecodeError {
    use image::ImageError;
    match error {
        ImageError::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => {
            DecodeError::Truncated { format }
        }
        ImageError::IoError(io) => DecodeError::Io(io),
        other => {
            let reason = other.to_string();
            // The PNG decoder reports a cut data stream as a decoding error of this text.
            if reason.contains("unexpected end") || reason.contains("Unexpected end") {
                DecodeError::Truncated { format }
            } else {
                DecodeError::Damaged { format, reason }
            }
        }
    }
}

/// Whether an end-of-image marker follows the (first) start of scan.
fn jpeg_ends(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(&[0xFF, marker]) = bytes.get(at..at + 2) {
        match marker {
            0xFF => at += 1,
            0xDA => return bytes[at..].windows(2).any(|pair| pair == [0xFF, 0xD9]),
            0x01 | 0xD0..=0xD9 => at += 2,
            _ => {
                let Some(&[high, low]) = bytes.get(at + 2..at + 4) else {
                    return false;
                };
                at += 2 + usize::from(u16::from_be_bytes([high, low]));
            }
        }
    }
    // Not a sequence of segments: let the decoder say what is wrong, unless the file just ends.
    at + 2 <= bytes.len()
}

#[cfg(test)]
mod tests;
