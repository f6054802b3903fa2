//! The words of a page. Nothing that it names is ever loaded.

use html2text::config;
use html2text::render::TextDecorator;

/// More of a page is not read.
const BYTES_MAX: usize = 512 * 1024;
/// Wide enough that a paragraph is a line.
const WIDTH: usize = 2_000;
/// Longer addresses are those of trackers.
const URL_BYTES_MAX: usize = 300;
const RULE: &str = "---";

/// Paragraphs as lines, quotes behind `>`, and where links lead.
pub(super) fn words_of(page: &str) -> String {
    let mut end = page.len().min(BYTES_MAX);
    while !page.is_char_boundary(end) {
        end -= 1;
    }
    let config = config::with_decorator(Plain::default()).no_table_borders();
    let words = config.allow_width_overflow().string_from_read(&page.as_bytes()[..end], WIDTH);
    let words = words.unwrap_or_default();
    let is_rule = |line: &str| !line.is_empty() && line.chars().all(|c| matches!(c, '─' | '-'));
    let lines = words.lines().map(|line| if is_rule(line.trim()) { RULE } else { line.trim_end() });
    lines.map(without_echoes).collect::<Vec<_>>().join("\n")
}

/// Where the words of a link are its address, once is enough.
fn without_echoes(line: &str) -> String {
    let mut words = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once(" <") {
        words.push_str(before);
        let url = after.split_once('>').map_or("", |(url, _)| url);
        if !url.is_empty() && before.trim_end_matches('/').ends_with(url.trim_end_matches('/')) {
            rest = &after[url.len() + 1..];
        } else {
            words.push_str(" <");
            rest = after;
        }
    }
    words.push_str(rest);
    words
}

/// Marks nothing but links.
#[derive(Clone, Debug, Default)]
struct Plain {
    /// Of the links that are open.
    urls: Vec<String>,
}

impl TextDecorator for Plain {
    type Annotation = ();

    fn decorate_link_start(&mut self, url: &str) -> (String, ()) {
        self.urls.push(url.to_owned());
        (String::new(), ())
    }

    fn decorate_link_end(&mut self) -> String {
        let url = self.urls.pop().unwrap_or_default();
        let leads = url.starts_with("https://") || url.starts_with("http://");
        if leads && url.len() <= URL_BYTES_MAX { format!(" <{url}>") } else { String::new() }
    }

    fn decorate_em_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_em_end(&self) -> String {
        String::new()
    }

    fn decorate_strong_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_strong_end(&self) -> String {
        String::new()
    }

    fn decorate_strikeout_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_strikeout_end(&self) -> String {
        String::new()
    }

    fn decorate_code_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_code_end(&self) -> String {
        String::new()
    }

    fn decorate_preformat_first(&self) {}

    fn decorate_preformat_cont(&self) {}

    fn decorate_image(&mut self, _src: &str, _title: &str) -> (String, ()) {
        (String::new(), ())
    }

    fn header_prefix(&self, _level: usize) -> String {
        String::new()
    }

    fn quote_prefix(&self) -> String {
        "> ".to_owned()
    }

    fn unordered_item_prefix(&self) -> String {
        "- ".to_owned()
    }

    fn ordered_item_prefix(&self, i: i64) -> String {
        format!("{i}. ")
    }

    fn make_subblock_decorator(&self) -> Self {
        Self::default()
    }
}
