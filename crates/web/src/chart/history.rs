//! The summary chart of a monitor or webhook: a bar a run, as high as it took long, red and
//! crossed where it failed; each bar leads to its run.

use super::{Bar, Outcome, at, picture, summary};
use crate::pages::ui::{self, Html, escape};

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 190.0;
const LEFT: f64 = 52.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 170.0;

/// Draws `bars` (oldest first); values are ms. `first` and `last` are written under the axis.
pub fn history(bars: &[Bar], label: &str, first: &str, last: &str) -> Html {
    let top = ceiling(bars.iter().filter_map(|b| b.value).fold(0.0, f64::max));
    let mut svg = grid(top);
    // At least 40 slots, so that the first runs are not drawn as wide as a door.
    #[allow(clippy::cast_precision_loss, reason = "a few hundred bars")]
    let (slots, count) = (bars.len().max(40) as f64, bars.len() as f64);
    let step = (WIDTH - LEFT) / slots;
    let mut x = LEFT + (slots - count) * step;
    for bar in bars {
        svg.push_str(&column(bar, x, step, top));
        x += step;
    }
    if !bars.is_empty() {
        let y = at(BOTTOM + 16.0);
        svg.push_str(&format!(
            "<text x=\"{}\" y=\"{y}\">{}</text>",
            at(LEFT + (slots - count) * step),
            escape(first)
        ));
        if count > 8.0 || slots - count > 8.0 {
            svg.push_str(&format!(
                "<text x=\"{}\" y=\"{y}\" text-anchor=\"end\">{}</text>",
                at(WIDTH),
                escape(last)
            ));
        }
    }
    let picture = picture("history", WIDTH, HEIGHT, false, &format!("{label}: {}", summary(bars)), &svg);
    // On a narrow screen it scrolls, from the newest on, rather than shrinking its text away.
    Html::raw(format!("<div class=\"chart-scroll\">{picture}</div>"))
}

/// The scale's end: 1, 2 or 5 times a power of ten, at or above the highest value.
pub(super) fn ceiling(highest: f64) -> f64 {
    if !highest.is_finite() || highest <= 1.0 {
        return 1.0;
    }
    let power = 10_f64.powf(highest.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .find(|s| s * power >= highest)
        .unwrap_or(10.0);
    step * power
}

fn grid(top: f64) -> String {
    let mut svg = String::new();
    for part in [0.0, 0.5, 1.0] {
        let y = BOTTOM - (BOTTOM - TOP) * part;
        svg.push_str(&format!(
            "<line class=\"grid\" x1=\"{}\" x2=\"{}\" y1=\"{2}\" y2=\"{2}\"/>",
            at(LEFT),
            at(WIDTH),
            at(y)
        ));
        let text = ui::milliseconds(top * part);
        svg.push_str(&format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{text}</text>",
            at(LEFT - 8.0),
            at(y + 4.0)
        ));
    }
    svg
}

fn column(bar: &Bar, x: f64, step: f64, top: f64) -> String {
    let gap = (step * 0.22).min(3.0);
    let wide = (step - gap).clamp(1.0, 22.0);
    let x = x + (step - wide) / 2.0;
    let value = bar.value.filter(|v| v.is_finite()).unwrap_or(0.0);
    let high = ((BOTTOM - TOP) * value / top).clamp(if bar.outcome == Outcome::Success { 2.0 } else { 14.0 }, BOTTOM - TOP);
    let y = BOTTOM - high;
    let mut inside = format!(
        "<title>{}</title><rect class=\"hit\" x=\"{}\" y=\"0\" width=\"{}\" height=\"{}\"/><rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
        escape(&bar.title),
        at(x - gap / 2.0),
        at(wide + gap),
        at(BOTTOM),
        bar.outcome.class(),
        at(x),
        at(y),
        at(wide),
        at(high),
        at((wide / 4.0).min(2.0)),
    );
    if bar.outcome.is_bad() {
        let (arm, cx, cy) = ((wide / 2.0 - 0.8).clamp(0.8, 3.0), x + wide / 2.0, y + 6.5);
        let (l, r, u, d) = (at(cx - arm), at(cx + arm), at(cy - arm), at(cy + arm));
        let cross = if bar.outcome == Outcome::Abort {
            format!("M{l} {0}H{r}", at(cy))
        } else {
            format!("M{l} {u}L{r} {d}M{r} {u}L{l} {d}")
        };
        inside.push_str(&format!("<path class=\"mark\" d=\"{cross}\"/>"));
    }
    match &bar.href {
        Some(href) => format!("<a href=\"{}\" tabindex=\"-1\">{inside}</a>", escape(href)),
        None => format!("<g>{inside}</g>"),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::bar, *};

    #[test]
    fn the_scale_ends_at_a_round_number() {
        assert_eq!(
            [0.0, 9.0, 11.0, 180.0, 230.0, 4_000.0, f64::NAN].map(ceiling),
            [1.0, 10.0, 20.0, 200.0, 250.0, 5_000.0, 1.0]
        );
    }

    #[test]
    fn failed_bars_are_marked_and_lead_to_their_run() {
        let mut failed = bar(Outcome::Failure, 120.0);
        failed.href = Some("/runs/run_1\"".to_owned());
        let svg = history(&[bar(Outcome::Success, 80.0), failed], "Runs", "", "").to_string();
        assert_eq!(svg.matches("class=\"mark\"").count(), 1);
        assert!(svg.contains("href=\"/runs/run_1&quot;\""), "{svg}");
    }

    #[test]
    fn every_coordinate_is_a_number() {
        for values in [vec![], vec![0.0], vec![f64::INFINITY, 1.0], vec![1e12]] {
            let bars: Vec<Bar> = values.into_iter().map(|v| bar(Outcome::Error, v)).collect();
            let svg = history(&bars, "Runs", "a", "b").to_string();
            assert!(!svg.contains("NaN") && !svg.contains("inf\""), "{svg}");
        }
    }
}
