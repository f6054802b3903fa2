//! A `multipart/form-data` body, read as RFC 7578 says.

use actix_web::web::Bytes;

use super::server::Request;

pub(crate) struct Form(Vec<Piece>);

struct Piece {
    name: String,
    file_name: Option<String>,
    content: Bytes,
}

impl Form {
    pub(crate) fn read(request: &Request) -> Self {
        let kind = request.headers.get("content-type").map_or("", String::as_str);
        let boundary = kind.split_once("boundary=").expect("a form").1.trim_matches('"');
        let (mark, mut rest) = (format!("--{boundary}"), request.body.clone());
        let mut pieces = Vec::new();
        drop(rest.split_to(find(&rest, mark.as_bytes()).expect("a beginning") + mark.len()));
        while let Some(end) = find(&rest, mark.as_bytes()) {
            pieces.extend(piece(&rest.split_to(end)));
            drop(rest.split_to(mark.len()));
        }
        Self(pieces)
    }

    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let found = self.0.iter().find(|piece| piece.name == name && piece.file_name.is_none());
        found.map(|piece| String::from_utf8(piece.content.to_vec()).expect("text"))
    }

    /// Name and content.
    pub(crate) fn file(&self, name: &str) -> Option<(String, Bytes)> {
        let found = self.0.iter().find(|piece| piece.name == name)?;
        Some((found.file_name.clone()?, found.content.clone()))
    }
}

fn piece(bytes: &Bytes) -> Option<Piece> {
    let head_end = find(bytes, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..head_end]).expect("text");
    let parameter = |name: &str| {
        let lead = [format!("; {name}="), format!(";{name}=")];
        let (_, rest) = lead.iter().find_map(|lead| head.split_once(lead))?;
        let quoted = rest.strip_prefix('"').and_then(|rest| rest.split_once('"'));
        let bare = || rest.split([';', '\r']).next();
        quoted.map(|(value, _)| value).or_else(bare).map(str::to_owned)
    };
    let content = bytes.slice(head_end + 4..bytes.len() - 2);
    Some(Piece { name: parameter("name")?, file_name: parameter("filename"), content })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
