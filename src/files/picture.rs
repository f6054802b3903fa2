//! The picture that browsers are shown of a file: made anew from its pixels, so that nothing else of
//! the file reaches them.

use std::io::Cursor;

use bytes::Bytes;
use domain::file::PictureSize;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};

/// Longest side, in pixels.
const SIDE_MAX: u32 = 1_280;
/// Larger ones are not decoded.
const PIXELS_MAX: u64 = 40_000_000;
/// Four bytes a pixel, and as much again for the work.
const MEMORY_BYTES_MAX: u64 = 2 * 4 * PIXELS_MAX;
const JPEG_QUALITY: u8 = 82;
/// Types of which pictures are made.
const TYPES: [&str; 4] = ["image/gif", "image/jpeg", "image/png", "image/webp"];

pub(super) const MEDIA_TYPE_JPEG: &str = "image/jpeg";
pub(super) const MEDIA_TYPE_PNG: &str = "image/png";

pub(super) struct Picture {
    pub(super) bytes: Bytes,
    pub(super) size: PictureSize,
}

pub(super) fn is_made_of(media_type: &str) -> bool {
    TYPES.contains(&media_type)
}

/// Takes a processor for up to a second. None: it is no picture, or too large a one.
pub(super) fn of(content: &Bytes) -> Option<Picture> {
    let reader = || {
        let mut reader =
            ImageReader::new(Cursor::new(content.as_ref())).with_guessed_format().ok()?;
        let mut limits = Limits::default();
        limits.max_alloc = Some(MEMORY_BYTES_MAX);
        reader.limits(limits);
        Some(reader)
    };
    let (width, height) = reader()?.into_dimensions().ok()?;
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return None;
    }
    let mut decoder = reader()?.into_decoder().ok()?;
    let orientation = decoder.orientation().ok();
    let mut whole = DynamicImage::from_decoder(decoder).ok()?;
    if let Some(orientation) = orientation {
        whole.apply_orientation(orientation);
    }
    let is_large = whole.width().max(whole.height()) > SIDE_MAX;
    let shown = if is_large { whole.thumbnail(SIDE_MAX, SIDE_MAX) } else { whole };
    let size = PictureSize { width: shown.width(), height: shown.height() };
    Some(Picture { bytes: encoded(&shown)?, size })
}

fn encoded(shown: &DynamicImage) -> Option<Bytes> {
    let mut bytes = Cursor::new(Vec::new());
    if shown.color().has_alpha() {
        shown.write_to(&mut bytes, ImageFormat::Png).ok()?;
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
        shown.to_rgb8().write_with_encoder(encoder).ok()?;
    }
    Some(bytes.into_inner().into())
}

/// What [`of`] made, by its first bytes.
pub(super) fn media_type(picture: &[u8]) -> &'static str {
    if picture.starts_with(b"\x89PNG") { MEDIA_TYPE_PNG } else { MEDIA_TYPE_JPEG }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Bytes {
        let mut bytes = Cursor::new(Vec::new());
        let image = DynamicImage::new_rgb8(width, height);
        image.write_to(&mut bytes, ImageFormat::Png).expect("encoded");
        bytes.into_inner().into()
    }

    #[test]
    fn a_large_picture_is_made_small() {
        let picture = of(&png(2_560, 1_000)).expect("a picture");
        assert_eq!(picture.size, PictureSize { width: 1_280, height: 500 });
        assert_eq!(media_type(&picture.bytes), MEDIA_TYPE_JPEG);
    }

    #[test]
    fn what_hides_behind_the_pixels_is_left_out() {
        let mut polyglot = png(8, 8).to_vec();
        polyglot.extend_from_slice(b"<script>alert(1)</script>");
        let picture = of(&polyglot.into()).expect("a picture");
        assert!(!picture.bytes.windows(7).any(|window| window == b"<script"));
    }

    #[test]
    fn a_bomb_is_not_decoded() {
        // A head that promises 60,000 x 60,000 pixels.
        let mut head = png(8, 8).to_vec();
        head[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        assert!(of(&head.into()).is_none());
        assert!(of(&Bytes::from_static(b"no picture at all")).is_none());
    }
}
