//! The picture that is sent for a region, and the way back from its coordinates.
//!
//! The region's sides are moved outwards to whole pixels and clipped to the image. The crop is then
//! scaled by one factor (never stretched) and, where a side must be longer or a multiple, padded
//! with grey on the right and at the bottom. Nothing outside the region is shown.

use super::options::{Encoding, Options};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fact_lang::tool::BBox;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::imageops::{self, FilterType};
use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage};

const GREY: Rgb<u8> = Rgb([128, 128, 128]);

/// Pixels of an image that a region covers: left, top, width, height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crop {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Crop {
    /// The pixels that `region` touches in an image of `width`×`height`; `None` when there are none.
    /// The sides of `region` are finite.
    pub(super) fn of(region: BBox, width: u32, height: u32) -> Option<Self> {
        // `as` saturates, and the clamp comes first.
        let low = |x: f64, most: u32| x.floor().clamp(0.0, f64::from(most)) as u32;
        let high = |x: f64, most: u32| x.ceil().clamp(0.0, f64::from(most)) as u32;
        let (left, top) = (low(region.left, width), low(region.top, height));
        let (right, bottom) = (high(region.right, width), high(region.bottom, height));
        (right > left && bottom > top).then(|| Self {
            left,
            top,
            width: right - left,
            height: bottom - top,
        })
    }
}

/// Geometry of a picture that is sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    /// What it shows.
    crop: Crop,
    /// Size of the crop in the picture.
    content: (u32, u32),
    /// Size of the picture.
    canvas: (u32, u32),
}

impl Frame {
    /// The picture of `crop` under these settings.
    pub(super) fn new(crop: Crop, options: &Options) -> Self {
        let (width, height) = (f64::from(crop.width), f64::from(crop.height));
        let (long, short) = (width.max(height), width.min(height));
        let most = f64::from(options.max_side) / long;
        let least = f64::from(options.min_side) / short;
        let scale = if most < 1.0 {
            most
        } else {
            least.max(1.0).min(most)
        };
        let scaled = |side: f64| {
            let side = (side * scale).round();
            side.clamp(1.0, f64::from(options.max_side)) as u32
        };
        let content = (scaled(width), scaled(height));
        let padded = |side: u32| {
            side.max(options.min_side)
                .next_multiple_of(options.side_multiple)
        };
        Self {
            crop,
            content,
            canvas: (padded(content.0), padded(content.1)),
        }
    }

    /// Width and height of the picture that is sent, padding included.
    pub(super) fn size(&self) -> (u32, u32) {
        self.canvas
    }

    /// Width and height of the part that shows the region.
    pub(super) fn content(&self) -> (u32, u32) {
        self.content
    }

    /// From pixels of the picture to pixels of the original image.
    pub(super) fn original(&self, sent: BBox) -> BBox {
        let x = |x: f64| {
            f64::from(self.crop.left) + x * f64::from(self.crop.width) / f64::from(self.content.0)
        };
        let y = |y: f64| {
            f64::from(self.crop.top) + y * f64::from(self.crop.height) / f64::from(self.content.1)
        };
        BBox {
            left: x(sent.left),
            top: y(sent.top),
            right: x(sent.right),
            bottom: y(sent.bottom),
        }
    }

    /// The picture.
    pub(super) fn draw(&self, pixels: &RgbImage) -> RgbImage {
        let Crop {
            left,
            top,
            width,
            height,
        } = self.crop;
        let part = imageops::crop_imm(pixels, left, top, width, height);
        let shown = if self.content == (width, height) {
            part.to_image()
        } else {
            imageops::resize(&*part, self.content.0, self.content.1, FilterType::Triangle)
        };
        if self.canvas == self.content {
            return shown;
        }
        let mut canvas = RgbImage::from_pixel(self.canvas.0, self.canvas.1, GREY);
        imageops::replace(&mut canvas, &shown, 0, 0);
        canvas
    }

    /// Where the pixels `mark` of the original image lie in the picture.
    pub(super) fn sent(&self, mark: Crop) -> BBox {
        let x = |x: u32| {
            (f64::from(x) - f64::from(self.crop.left)) * f64::from(self.content.0)
                / f64::from(self.crop.width)
        };
        let y = |y: u32| {
            (f64::from(y) - f64::from(self.crop.top)) * f64::from(self.content.1)
                / f64::from(self.crop.height)
        };
        BBox {
            left: x(mark.left),
            top: y(mark.top),
            right: x(mark.left + mark.width),
            bottom: y(mark.top + mark.height),
        }
    }
}

/// Draws a red rectangle, 3 pixels thick, around `around`: outside of it where the picture goes that
/// far, so that what is meant stays visible.
pub(super) fn outline(picture: &mut RgbImage, around: BBox) {
    const THICK: i64 = 3;
    let (width, height) = (i64::from(picture.width()), i64::from(picture.height()));
    // Coordinates of a picture are far below 2^53.
    let left = (around.left.floor() as i64 - THICK).clamp(0, width - 1);
    let top = (around.top.floor() as i64 - THICK).clamp(0, height - 1);
    let right = (around.right.ceil() as i64 + THICK).clamp(left + 1, width);
    let bottom = (around.bottom.ceil() as i64 + THICK).clamp(top + 1, height);
    for y in top..bottom {
        for x in left..right {
            let edge =
                x < left + THICK || x >= right - THICK || y < top + THICK || y >= bottom - THICK;
            if edge {
                // Both are inside the picture by the clamps.
                picture.put_pixel(x as u32, y as u32, Rgb([255, 0, 0]));
            }
        }
    }
}

/// The picture as a `data:` URL.
///
/// # Errors
/// What the encoder says; it writes to memory, so this tells of a picture it cannot express.
pub(super) fn data_url(
    picture: &RgbImage,
    encoding: Encoding,
) -> Result<String, image::ImageError> {
    let mut bytes = Vec::new();
    let (width, height) = picture.dimensions();
    let kind = match encoding {
        Encoding::Png => {
            PngEncoder::new(&mut bytes).write_image(
                picture,
                width,
                height,
                ExtendedColorType::Rgb8,
            )?;
            "png"
        }
        Encoding::Jpeg { quality } => {
            JpegEncoder::new_with_quality(&mut bytes, quality).write_image(
                picture,
                width,
                height,
                ExtendedColorType::Rgb8,
            )?;
            "jpeg"
        }
    };
    let mut url = format!("data:image/{kind};base64,");
    STANDARD.encode_string(&bytes, &mut url);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bbox(left: f64, top: f64, right: f64, bottom: f64) -> BBox {
        BBox {
            left,
            top,
            right,
            bottom,
        }
    }

    #[test]
    fn a_crop_is_the_pixels_that_a_region_touches() {
        let crop = Crop::of(bbox(1.2, 2.0, 3.1, 4.0), 10, 10).unwrap();
        assert_eq!((crop.left, crop.top, crop.width, crop.height), (1, 2, 3, 2));
        let over = Crop::of(bbox(-5.0, 8.0, 50.0, 80.0), 10, 10).unwrap();
        assert_eq!(
            (over.left, over.top, over.width, over.height),
            (0, 8, 10, 2)
        );
        assert_eq!(Crop::of(bbox(3.0, 3.0, 3.0, 9.0), 10, 10), None);
        assert_eq!(Crop::of(bbox(10.0, 0.0, 12.0, 9.0), 10, 10), None);
    }

    #[test]
    fn a_crop_of_usual_size_is_sent_pixel_by_pixel() {
        let image = RgbImage::from_fn(80, 60, |x, y| Rgb([x as u8, y as u8, 7]));
        let crop = Crop::of(bbox(10.0, 5.0, 60.0, 45.0), 80, 60).unwrap();
        let frame = Frame::new(crop, &Options::default());
        let picture = frame.draw(&image);
        assert_eq!(picture.dimensions(), (50, 40));
        for (x, y, pixel) in picture.enumerate_pixels() {
            assert_eq!(pixel, image.get_pixel(x + 10, y + 5));
        }
    }

    #[test]
    fn tiny_and_huge_crops_are_scaled_and_padded_within_the_bounds() {
        let options = Options {
            max_side: 560,
            min_side: 56,
            side_multiple: 28,
            ..Options::default()
        };
        let size = |width, height| {
            let crop = Crop {
                left: 0,
                top: 0,
                width,
                height,
            };
            let frame = Frame::new(crop, &options);
            (frame.content(), frame.size())
        };
        assert_eq!(size(1, 1), ((56, 56), (56, 56)));
        assert_eq!(size(10, 20), ((56, 112), (56, 112)));
        assert_eq!(size(1, 500), ((1, 560), (56, 560)));
        assert_eq!(size(1120, 560), ((560, 280), (560, 280)));
        assert_eq!(size(300, 100), ((300, 100), (308, 112)));
    }

    #[test]
    fn padding_is_grey_and_outlines_are_outside() {
        let image = RgbImage::from_pixel(30, 20, Rgb([0, 0, 255]));
        let options = Options {
            side_multiple: 32,
            ..Options::default()
        };
        let crop = Crop::of(bbox(0.0, 0.0, 30.0, 28.0), 30, 20).unwrap();
        let frame = Frame::new(crop, &options);
        let picture = frame.draw(&image);
        assert_eq!(*picture.get_pixel(63, 31), GREY);
        let mut marked = RgbImage::from_pixel(30, 30, Rgb([0, 0, 255]));
        outline(&mut marked, bbox(10.0, 10.0, 20.0, 20.0));
        for (x, y, pixel) in marked.enumerate_pixels() {
            let inside = (10..20).contains(&x) && (10..20).contains(&y);
            let red = (7..23).contains(&x) && (7..23).contains(&y) && !inside;
            assert_eq!(pixel.0 == [255, 0, 0], red, "{x} {y}");
        }
        // At the border, and larger than the picture: no panic, still drawn.
        outline(&mut marked, bbox(0.0, 0.0, 30.0, 30.0));
        assert_eq!(marked.get_pixel(0, 29).0, [255, 0, 0]);
        outline(&mut marked, bbox(-100.0, 50.0, 900.0, 51.0));
    }

    proptest! {
        #[test]
        fn boxes_come_back_to_where_they_were(
            width in 1u32..3000, height in 1u32..3000,
            at in prop::array::uniform4(0.0f64..1.0),
            multiple in prop::sample::select(vec![1u32, 16, 32]),
        ) {
            let options = Options { side_multiple: multiple, ..Options::default() };
            let (x, y) = (f64::from(width), f64::from(height));
            let region = bbox(at[0] * x, at[1] * y, x, y);
            let Some(crop) = Crop::of(region, width, height) else { return Ok(()) };
            let frame = Frame::new(crop, &options);
            let (w, h) = frame.size();
            prop_assert!(w <= options.max_side && h <= options.max_side);
            prop_assert!(w >= options.min_side && h >= options.min_side);
            prop_assert!(w % multiple == 0 && h % multiple == 0);
            // Scaled by one factor, up to the rounding of a pixel.
            let (cw, ch) = frame.content();
            let scale = f64::from(cw.max(ch)) / f64::from(crop.width.max(crop.height));
            prop_assert!((f64::from(crop.width) * scale - f64::from(cw)).abs() <= 1.0);
            prop_assert!((f64::from(crop.height) * scale - f64::from(ch)).abs() <= 1.0);
            let mark = Crop {
                left: crop.left + (at[2] * f64::from(crop.width - 1)) as u32,
                top: crop.top + (at[3] * f64::from(crop.height - 1)) as u32,
                width: 1,
                height: 1,
            };
            let back = frame.original(frame.sent(mark));
            prop_assert!((back.left - f64::from(mark.left)).abs() < 1e-6);
            prop_assert!((back.bottom - f64::from(mark.top + 1)).abs() < 1e-6);
        }
    }
}
