//! What templates are made of: safe markup, icons, badges, times, numbers and forms.
//!
//! Everything that goes into [`Html`] is either written here or escaped here; a template
//! escapes the rest by itself.

pub mod badge;
pub mod dialog;
pub mod form;
pub mod icon;
pub mod number;
pub mod text;

use std::fmt;

pub use badge::*;
pub use dialog::*;
pub use form::{Form, VERSION};
pub use icon::icon;
pub use number::*;
pub use text::*;

/// Markup that is known to be safe; put into a template as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Takes markup whose variable parts went through [`escape`].
    pub fn raw(markup: String) -> Self {
        Self(markup)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Html {}

/// Text as it may stand between tags and in quoted attributes.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_ends_a_text_or_an_attribute_is_left() {
        assert_eq!(escape("<a b=\"c\" d='e'>&"), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
    }
}
