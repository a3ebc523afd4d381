//! What the chat profiles share: a headline made to fit the limits of a chat.

use super::headline::{Headline, cut};

/// The headline's text with its lines, at most so many characters.
pub(super) fn text(headline: &Headline, most: usize, escape: impl Fn(&str) -> String) -> String {
    let lines: Vec<String> = headline.lines.iter().map(|line| escape(line)).collect();
    cut(&lines.join("\n"), most)
}

/// What never becomes empty: chats refuse blocks without text.
pub(super) fn or_dash(text: String) -> String {
    if text.trim().is_empty() { "–".to_owned() } else { text }
}
