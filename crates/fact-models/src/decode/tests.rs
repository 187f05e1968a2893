use super::*;
use proptest::prelude::*;

fn picture() -> RgbImage {
    RgbImage::from_fn(40, 30, |x, y| image::Rgb([x as u8 * 6, y as u8 * 8, 77]))
}

fn encode(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    image.write_to(&mut out, format).unwrap();
    out.into_inner()
}

fn png() -> Vec<u8> {
    encode(&picture().into(), ImageFormat::Png)
}

fn jpeg() -> Vec<u8> {
    encode(&picture().into(), ImageFormat::Jpeg)
}

#[test]
fn a_png_keeps_its_pixels_and_is_keyed_by_its_bytes() {
    let bytes = png();
    let image = decode(&bytes, &DecodeLimits::default()).unwrap();
    assert_eq!(image.rgb, picture());
    assert_eq!((image.width, image.height), (40, 30));
    assert_eq!(&*image.sha256, sha256_hex(&bytes));
    assert_eq!(image.image_ref().sha256, image.sha256);
    assert_eq!(
        sha256_hex(b"abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn a_jpeg_is_read() {
    let image = decode(&jpeg(), &DecodeLimits::default()).unwrap();
    assert_eq!((image.width, image.height), (40, 30));
}

#[test]
fn transparency_is_composited_on_white() {
    let rgba = image::RgbaImage::from_fn(3, 1, |x, _| {
        image::Rgba([10, 20, 30, [255, 0, 128][x as usize]])
    });
    let bytes = encode(&rgba.into(), ImageFormat::Png);
    let image = decode(&bytes, &DecodeLimits::default()).unwrap();
    let pixels: Vec<_> = image.rgb.pixels().map(|p| p.0).collect();
    assert_eq!(pixels, [[10, 20, 30], [255, 255, 255], [132, 137, 142]]);
}

#[test]
fn grey_and_sixteen_bit_files_become_rgb() {
    let grey = image::GrayImage::from_pixel(2, 2, image::Luma([9]));
    let deep = image::ImageBuffer::from_pixel(2, 2, image::Rgb([0xFF00u16, 0x8080, 0]));
    let read = |image: DynamicImage| {
        let bytes = encode(&image, ImageFormat::Png);
        decode(&bytes, &DecodeLimits::default()).unwrap().rgb[(1, 1)].0
    };
    assert_eq!(read(grey.into()), [9, 9, 9]);
    assert_eq!(read(deep.into())[1..], [128, 0]);
}

/// A valid PNG header for an image of 10 gigapixels, and nothing else.
fn giant() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut ihdr = b"IHDR".to_vec();
    ihdr.extend(100_000u32.to_be_bytes());
    ihdr.extend(100_000u32.to_be_bytes());
    ihdr.extend([8, 6, 0, 0, 0]);
    bytes.extend(13u32.to_be_bytes());
    let crc = crc32(&ihdr);
    bytes.extend(ihdr);
    bytes.extend(crc.to_be_bytes());
    bytes.extend(4u32.to_be_bytes());
    bytes.extend(b"IDAT\x78\x9c\x03\x00");
    bytes.extend(crc32(b"IDAT\x78\x9c\x03\x00").to_be_bytes());
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |mut crc, &byte| {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        }
        crc
    })
}

#[test]
fn a_header_that_claims_ten_gigapixels_is_refused_before_allocation() {
    let error = decode(&giant(), &DecodeLimits::default()).unwrap_err();
    assert!(
        matches!(
            error,
            DecodeError::TooManyPixels {
                width: 100_000,
                height: 100_000,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn each_limit_has_its_own_error() {
    let bytes = png();
    let limits = DecodeLimits {
        file_bytes: 10,
        ..DecodeLimits::default()
    };
    let error = decode(&bytes, &limits).unwrap_err();
    assert!(matches!(error, DecodeError::FileTooLarge { limit: 10 }));
    let error = decode_reader(std::io::repeat(0), &limits).unwrap_err();
    assert!(matches!(error, DecodeError::FileTooLarge { limit: 10 }));
    for limits in [
        DecodeLimits {
            pixels: 1199,
            ..DecodeLimits::default()
        },
        DecodeLimits {
            side: 39,
            ..DecodeLimits::default()
        },
    ] {
        let error = decode(&bytes, &limits).unwrap_err();
        assert!(
            matches!(error, DecodeError::TooManyPixels { .. }),
            "{error}"
        );
    }
}

#[test]
fn what_is_no_image_is_said() {
    let limits = DecodeLimits::default();
    assert!(matches!(decode(b"", &limits), Err(DecodeError::Empty)));
    assert!(matches!(
        decode(b"<html></html>", &limits),
        Err(DecodeError::NotAnImage)
    ));
    let error = decode(b"GIF89a\x01\x00\x01\x00", &limits).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the file is a GIF image; only PNG and JPEG are read"
    );
}

#[test]
fn a_file_cut_anywhere_is_an_error_and_mostly_called_truncated() {
    for bytes in [png(), jpeg()] {
        let mut truncated = 0;
        for length in 0..bytes.len() - 16 {
            match decode(&bytes[..length], &DecodeLimits::default()) {
                Ok(_) => panic!("{length} of {} bytes decoded", bytes.len()),
                Err(DecodeError::Truncated { .. }) => truncated += 1,
                Err(_) => {}
            }
        }
        assert!(
            truncated * 10 > bytes.len() * 9,
            "{truncated} of {}",
            bytes.len()
        );
    }
}

proptest! {
    #[test]
    fn hostile_bytes_give_an_image_or_an_error(
        jpeg_file in any::<bool>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut bytes = if jpeg_file { jpeg() } else { png() };
        for (at, value) in edits {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        let limits = DecodeLimits { pixels: 100_000, ..DecodeLimits::default() };
        if let Ok(image) = decode(&bytes, &limits) {
            prop_assert!(u64::from(image.width) * u64::from(image.height) <= limits.pixels);
            prop_assert_eq!((image.width, image.height), image.rgb.dimensions());
        }
    }
}
