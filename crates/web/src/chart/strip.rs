//! The bar of the last runs in a list: one thin column a run, newest at the right. A good
//! run is a plain column, a bad one is taller and has a gap like an exclamation mark.

use super::{Bar, Outcome, at, picture, summary};
use crate::pages::ui::{Html, escape};

const STEP: f64 = 6.0;
const WIDE: f64 = 4.0;
const HIGH: f64 = 26.0;

/// Draws the newest `slots` of `bars` (given oldest first); slots without a run are dots.
pub fn strip(bars: &[Bar], slots: usize, label: &str) -> Html {
    let shown = &bars[bars.len().saturating_sub(slots)..];
    let empty = slots - shown.len();
    let mut svg = String::new();
    for slot in 0..empty {
        svg.push_str(&column("unknown", left(slot), HIGH - 3.0, 3.0));
    }
    for (index, bar) in shown.iter().enumerate() {
        let x = left(empty + index);
        svg.push_str("<g><title>");
        svg.push_str(&escape(&bar.title));
        svg.push_str("</title>");
        let class = bar.outcome.class();
        match bar.outcome {
            Outcome::Success => svg.push_str(&column(class, x, 7.0, 19.0)),
            Outcome::Running => svg.push_str(&column(class, x, 17.0, 9.0)),
            Outcome::Failure | Outcome::Error => {
                svg.push_str(&column(class, x, 0.0, 19.0));
                svg.push_str(&column(class, x, 22.0, 4.0));
            }
            Outcome::Abort => {
                svg.push_str(&column(class, x, 0.0, 11.0));
                svg.push_str(&column(class, x, 15.0, 11.0));
            }
        }
        svg.push_str("</g>");
    }
    #[allow(clippy::cast_precision_loss, reason = "a few dozen slots")]
    let width = slots as f64 * STEP - (STEP - WIDE);
    picture("strip", width, HIGH, true, &format!("{label}: {}", summary(shown)), &svg)
}

fn left(slot: usize) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "a few dozen slots")]
    let slot = slot as f64;
    slot * STEP
}

fn column(class: &str, x: f64, y: f64, height: f64) -> String {
    format!(
        "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
        at(x),
        at(y),
        at(WIDE),
        at(height)
    )
}

#[cfg(test)]
mod tests {
    use super::{super::tests::bar, *};

    #[test]
    fn shows_the_newest_and_fills_with_dots() {
        let bars: Vec<Bar> = (0..5)
            .map(|n| bar(if n == 4 { Outcome::Failure } else { Outcome::Success }, f64::from(n)))
            .collect();
        let three = strip(&bars, 3, "Orders").to_string();
        assert!(
            !three.contains("success at 1<") && three.contains("success at 2<") && three.contains("failure at 4<"),
            "{three}"
        );
        assert!(three.contains("aria-label=\"Orders: 2 good, 1 failed\""), "{three}");
        let seven = strip(&bars, 7, "Orders").to_string();
        assert_eq!(seven.matches("class=\"unknown\"").count(), 2);
        assert_eq!(seven.matches("class=\"failure\"").count(), 2, "a failure is told by its gap too");
    }

    #[test]
    fn hostile_titles_stay_text() {
        let mut hostile = bar(Outcome::Success, 1.0);
        hostile.title = "</title><script>alert(1)</script>".to_owned();
        let svg = strip(&[hostile], 1, "\"><script>").to_string();
        assert!(!svg.contains("<script>"), "{svg}");
    }
}
