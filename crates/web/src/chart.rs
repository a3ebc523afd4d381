//! Charts as SVG text: pure functions from numbers to markup, so that a page needs no
//! script to draw. Colours come from the style sheet by class; what is bad is also told by
//! shape, and every chart carries a sentence for those who do not see it.

mod history;
mod meter;
mod sparkline;
mod strip;

pub use history::history;
pub use meter::meter;
pub use sparkline::sparkline;
pub use strip::strip;

use crate::pages::ui::Html;

/// What a bar stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Success,
    Failure,
    Error,
    Abort,
    /// Not finished yet.
    Running,
}

impl Outcome {
    /// Class in the style sheet.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Error => "error",
            Self::Abort => "abort",
            Self::Running => "running",
        }
    }

    const fn is_bad(self) -> bool {
        matches!(self, Self::Failure | Self::Error | Self::Abort)
    }
}

/// One run (or attempt) in a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    pub outcome: Outcome,
    /// Its height in [`history`], for instance ms; `None` is not known.
    pub value: Option<f64>,
    /// What is said when it is pointed at.
    pub title: String,
    /// Where a click leads.
    pub href: Option<String>,
}

/// A coordinate with at most one decimal.
fn at(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    if rounded.fract() == 0.0 {
        format!("{rounded:.0}")
    } else {
        format!("{rounded:.1}")
    }
}

/// How many were good, bad and unfinished, as a sentence.
fn summary(bars: &[Bar]) -> String {
    let bad = bars.iter().filter(|b| b.outcome.is_bad()).count();
    let good = bars.iter().filter(|b| b.outcome == Outcome::Success).count();
    match (bars.len(), bad) {
        (0, _) => "no runs yet".to_owned(),
        (_, 0) => format!("{good} good, none failed"),
        _ => format!("{good} good, {bad} failed"),
    }
}

/// An SVG that is read as one picture.
fn picture(class: &str, width: f64, height: f64, stretch: bool, label: &str, inside: &str) -> Html {
    let stretch = if stretch { " preserveAspectRatio=\"none\"" } else { "" };
    Html::raw(format!(
        "<svg class=\"chart {class}\" viewBox=\"0 0 {} {}\"{stretch} role=\"img\" aria-label=\"{}\">{inside}</svg>",
        at(width),
        at(height),
        crate::pages::ui::escape(label)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn bar(outcome: Outcome, value: f64) -> Bar {
        Bar {
            outcome,
            value: Some(value),
            title: format!("{} at {value}", outcome.class()),
            href: None,
        }
    }

    #[test]
    fn coordinates_are_short() {
        assert_eq!([at(1.0), at(1.26), at(-0.04), at(12.5)], ["1", "1.3", "-0", "12.5"]);
    }

    #[test]
    fn the_sentence_counts() {
        assert_eq!(summary(&[]), "no runs yet");
        assert_eq!(summary(&[bar(Outcome::Success, 1.0), bar(Outcome::Abort, 1.0)]), "1 good, 1 failed");
    }
}
