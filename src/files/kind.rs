//! What a file is, by its first bytes. Never by its name or by what its sender says.

/// The first bytes that are looked at.
pub(super) const HEAD_BYTES: usize = 8 * 1024;

const BINARY: &str = "application/octet-stream";
const TEXT: &str = "text/plain";

/// Types that a file may be served as; what is none of these is bytes to be saved.
const SERVED: [&str; 30] = [
    "application/gzip",
    "application/msword",
    "application/pdf",
    "application/rtf",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/x-7z-compressed",
    "application/zip",
    "audio/aac",
    "audio/m4a",
    "audio/mpeg",
    "audio/ogg",
    "audio/opus",
    "audio/x-flac",
    "audio/x-wav",
    "image/avif",
    "image/bmp",
    "image/gif",
    "image/heif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "video/mp4",
    "video/quicktime",
    "video/webm",
];

/// The media type under which a file with these first bytes is kept; none: it is a program, which
/// is not kept.
pub(super) fn of(head: &[u8]) -> Option<&'static str> {
    if infer::is_app(head) {
        return None;
    }
    let found = infer::get(head).map(|found| found.mime_type());
    let served = found.and_then(|found| SERVED.iter().find(|known| **known == found));
    Some(match (served, found) {
        (Some(served), _) => served,
        (None, None) if is_text(head) => TEXT,
        (None, _) => BINARY,
    })
}

/// UTF-8 without control characters; the last character may be cut.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.is_empty() && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_says_what_it_is() {
        for (head, expected) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], Some("image/png")),
            (b"%PDF-1.7\n", Some("application/pdf")),
            (b"hello, \xd0\xbf\xd1\x80", Some(TEXT)),
            (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", Some(TEXT)),
            (b"<!DOCTYPE html><html><script>alert(1)</script>", Some(BINARY)),
            (b"<?xml version='1.0'?><a/>", Some(BINARY)),
            (b"\0\x01\x02\x03", Some(BINARY)),
            (b"MZ\x90\0\x03\0\0\0", None),
            (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", None),
        ] {
            assert_eq!(of(head), expected, "{}", String::from_utf8_lossy(head));
        }
    }
}
