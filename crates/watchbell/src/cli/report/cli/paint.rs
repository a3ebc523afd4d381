//! Colours and signs, with plain forms for terminals that know only ASCII.

const GREEN: &str = "\u{1b}[32m";
const RED: &str = "\u{1b}[31m";
const YELLOW: &str = "\u{1b}[33m";
const DIM: &str = "\u{1b}[2m";
const BOLD: &str = "\u{1b}[1m";
const OFF: &str = "\u{1b}[0m";

/// The look of a text. Colours are always written; the stream strips them where it must.
#[derive(Debug, Clone, Copy)]
pub struct Paint {
    ascii: bool,
}

/// The lines of a table.
pub struct Frame {
    pub horizontal: &'static str,
    pub vertical: &'static str,
    /// Left, middle and right corners of the top, inner and bottom lines.
    pub corners: [[&'static str; 3]; 3],
}

const BOX: Frame = Frame {
    horizontal: "─",
    vertical: "│",
    corners: [["┌", "┬", "┐"], ["├", "┼", "┤"], ["└", "┴", "┘"]],
};
const PLAIN: Frame = Frame {
    horizontal: "-",
    vertical: "|",
    corners: [["+", "+", "+"], ["+", "+", "+"], ["+", "+", "+"]],
};

impl Paint {
    pub const fn new(ascii: bool) -> Self {
        Self { ascii }
    }

    pub fn green(&self, text: &str) -> String {
        format!("{GREEN}{text}{OFF}")
    }

    pub fn red(&self, text: &str) -> String {
        format!("{RED}{text}{OFF}")
    }

    pub fn yellow(&self, text: &str) -> String {
        format!("{YELLOW}{text}{OFF}")
    }

    pub fn dim(&self, text: &str) -> String {
        format!("{DIM}{text}{OFF}")
    }

    pub fn bold(&self, text: &str) -> String {
        format!("{BOLD}{text}{OFF}")
    }

    const fn sign(&self, unicode: &'static str, ascii: &'static str) -> &'static str {
        if self.ascii { ascii } else { unicode }
    }

    pub const fn item(&self) -> &'static str {
        self.sign("→", "->")
    }

    /// An item that stands in a folder.
    pub const fn sub_item(&self) -> &'static str {
        self.sign("↳", "->")
    }

    pub const fn folder(&self) -> &'static str {
        self.sign("❏", "[]")
    }

    pub const fn passed(&self) -> &'static str {
        self.sign("✓", "ok")
    }

    pub const fn bar(&self) -> &'static str {
        self.sign("│", "|")
    }

    pub const fn frame(&self) -> &'static Frame {
        if self.ascii { &PLAIN } else { &BOX }
    }
}

/// Bytes for a reader: `842 B`, `1.2 kB`, `3.4 MB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// Bytes and milliseconds in newman's short forms: `239B`, `1.25kB`; `14ms`, `2.5s`, `1m 3s`.
pub fn short_size(bytes: u64) -> String {
    let scaled = |value: f64, unit: &str| format!("{}{unit}", (value * 100.0).round() / 100.0);
    match bytes {
        0..1_000 => format!("{bytes}B"),
        1_000..1_000_000 => scaled(bytes as f64 / 1e3, "kB"),
        _ => scaled(bytes as f64 / 1e6, "MB"),
    }
}

pub fn short_time(ms: f64) -> String {
    let tenths = |seconds: f64| (seconds * 10.0).floor() / 10.0;
    match ms {
        ms if ms < 1_998.0 => format!("{}ms", ms.floor()),
        ms if ms < 60_000.0 => format!("{}s", tenths(ms / 1e3)),
        ms => format!("{}m {}s", (ms / 60_000.0).floor(), tenths(ms % 60_000.0 / 1e3)),
    }
}

/// A text of several lines, those after the first indented.
pub fn hanging(text: &str, indent: &str) -> String {
    tame(text.trim_end()).replace('\n', &format!("\n{indent}"))
}

/// Text from outside without the characters that would steer a terminal: controls, and those that turn the direction of
/// the text after them (Unicode, UAX #9).
pub fn tame(text: &str) -> String {
    let steers = |c: char| c.is_control() && c != '\n' && c != '\t' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_cannot_steer_the_terminal() {
        assert_eq!(tame("a\u{1b}[2Jb\tc\n"), "a\u{fffd}[2Jb\tc\n");
        assert_eq!(tame("exe.\u{202e}gpj\u{2066}"), "exe.\u{fffd}gpj\u{fffd}");
    }

    #[test]
    fn bytes_are_short() {
        assert_eq!([size(999), size(1_250), size(2_000_000)], ["999 B", "1.2 kB", "2.0 MB"]);
        assert_eq!(
            [short_size(239), short_size(1_254), short_size(2_000_000)],
            ["239B", "1.25kB", "2MB"]
        );
        assert_eq!(
            [short_time(14.9), short_time(2_560.0), short_time(63_210.0)],
            ["14ms", "2.5s", "1m 3.2s"]
        );
    }
}
