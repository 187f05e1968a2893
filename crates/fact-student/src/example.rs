//! What a student learns from.

use std::sync::Arc;

/// Most pixels of a picture's side.
pub const MAX_SIDE: u32 = 1024;

/// An RGB picture, eight bits a channel, row by row from the top-left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

/// Why bytes are no picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// A side is 0 or above [`MAX_SIDE`].
    #[error("a picture of {width}×{height} pixels: each side must be 1 to {MAX_SIDE}")]
    Side {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
    /// The number of bytes is not three a pixel.
    #[error("{bytes} bytes for a picture of {width}×{height} pixels")]
    Bytes {
        /// How many there are.
        bytes: usize,
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
}

impl Picture {
    /// From its pixels, three bytes each.
    ///
    /// # Errors
    /// If a side is out of range, or there are not three bytes a pixel.
    pub fn new(width: u32, height: u32, pixels: Vec<u8>) -> Result<Self, PictureError> {
        if !(1..=MAX_SIDE).contains(&width) || !(1..=MAX_SIDE).contains(&height) {
            return Err(PictureError::Side { width, height });
        }
        if pixels.len() != width as usize * height as usize * 3 {
            return Err(PictureError::Bytes {
                bytes: pixels.len(),
                width,
                height,
            });
        }
        Ok(Self {
            width,
            height,
            pixels,
        })
    }

    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The pixels, three bytes each.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The median of each channel. In drawn images that is the background, so that what is drawn on it
    /// stands out once it is taken off.
    pub(crate) fn median(&self) -> [u8; 3] {
        let mut counts = [[0u32; 256]; 3];
        for pixel in self.pixels.chunks_exact(3) {
            for (channel, &value) in pixel.iter().enumerate() {
                counts[channel][usize::from(value)] += 1;
            }
        }
        let half = self.width * self.height / 2;
        counts.map(|counts| {
            let mut seen = 0;
            for (value, count) in (0u8..).zip(counts) {
                seen += count;
                if seen > half {
                    return value;
                }
            }
            u8::MAX
        })
    }
}

/// A question about a picture, with its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// Names it in predictions and messages.
    pub id: String,
    /// What it is about; shared by the questions about it. None for a question without a picture.
    pub picture: Option<Arc<Picture>>,
    /// The question, or a sentence to judge.
    pub question: String,
    /// The right answer.
    pub answer: String,
    /// Why, in words. A sample without one teaches its answer only.
    pub rationale: Option<String>,
    /// How much it counts among the others; 1 for all in a plain data set. Not negative.
    pub weight: f32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_three_bytes_a_pixel() {
        assert!(Picture::new(2, 1, vec![0; 6]).is_ok());
        assert_eq!(
            Picture::new(2, 1, vec![0; 5]).unwrap_err().to_string(),
            "5 bytes for a picture of 2×1 pixels"
        );
        assert!(matches!(
            Picture::new(0, 1, vec![]),
            Err(PictureError::Side { .. })
        ));
        assert!(matches!(
            Picture::new(u32::MAX, u32::MAX, vec![]),
            Err(PictureError::Side { .. })
        ));
    }

    #[test]
    fn the_median_is_the_background() {
        let mut pixels = vec![200; 27];
        pixels[..6].copy_from_slice(&[1, 2, 3, 4, 5, 6]);
        assert_eq!(Picture::new(3, 3, pixels).unwrap().median(), [200; 3]);
    }
}
