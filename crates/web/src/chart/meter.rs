//! A horizontal meter with three parts: good, bad, and not known.

use super::{at, picture};
use crate::pages::ui::Html;

/// Shares of the whole, each 0 to 1; what is left over is not known.
pub fn meter(good: f64, bad: f64, label: &str) -> Html {
    let good = share(good);
    let bad = share(bad).min(1.0 - good);
    let svg = format!(
        "<rect class=\"track\" width=\"100\" height=\"6\"/><rect class=\"fill\" width=\"{}\" height=\"6\"/><rect class=\"fail\" x=\"{}\" width=\"{}\" height=\"6\"/>",
        at(good * 100.0),
        at(good * 100.0),
        at(bad * 100.0)
    );
    picture("meter", 100.0, 6.0, true, label, &svg)
}

fn share(part: f64) -> f64 {
    if part.is_finite() { part.clamp(0.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_never_exceed_the_whole() {
        let svg = meter(0.7, 0.9, "uptime").to_string();
        assert!(svg.contains("width=\"70\"") && svg.contains("x=\"70\" width=\"30\""), "{svg}");
        assert!(!meter(f64::NAN, -1.0, "uptime").to_string().contains("NaN"));
    }
}
