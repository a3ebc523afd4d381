//! A line without axes: how the latency went.

use super::{at, picture};
use crate::pages::ui::{self, Html};

const WIDTH: f64 = 92.0;
const HEIGHT: f64 = 26.0;
const PAD: f64 = 3.0;

/// Draws `points` in ms, oldest first; fewer than two draw nothing but say what is known.
pub fn sparkline(points: &[f64], label: &str) -> Html {
    let points: Vec<f64> = points.iter().copied().filter(|p| p.is_finite()).collect();
    let (Some(newest), true) = (points.last(), points.len() > 1) else {
        return picture("spark", WIDTH, HEIGHT, true, &format!("{label}: not enough runs yet"), "");
    };
    let lowest = points.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = points.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // A line that hardly moves must look calm: the scale spans at least a third of the height's value.
    let span = (highest - lowest).max(highest.abs() / 3.0).max(1.0);
    #[allow(clippy::cast_precision_loss, reason = "a few dozen points")]
    let step = WIDTH / (points.len() - 1) as f64;
    let mut x = 0.0;
    let mut line = String::new();
    for point in &points {
        let y = HEIGHT - PAD - (point - lowest) / span * (HEIGHT - 2.0 * PAD);
        line.push_str(&format!("{}{} {}", if line.is_empty() { "M" } else { "L" }, at(x), at(y)));
        x += step;
    }
    let svg = format!(
        "<path class=\"area\" d=\"{line}L{} {}L0 {}Z\"/><path class=\"line\" d=\"{line}\"/>",
        at(WIDTH),
        at(HEIGHT),
        at(HEIGHT)
    );
    let label = format!(
        "{label}: now {}, between {} and {}",
        ui::milliseconds(*newest),
        ui::milliseconds(lowest),
        ui::milliseconds(highest)
    );
    picture("spark", WIDTH, HEIGHT, true, &label, &svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_inside_its_box() {
        let svg = sparkline(&[10.0, 900.0, 30.0], "Latency").to_string();
        assert!(svg.contains("M0 ") && svg.contains("L92 "), "{svg}");
        assert!(svg.contains("now 30 ms, between 10 ms and 900 ms"), "{svg}");
    }

    #[test]
    fn too_little_is_said_not_drawn() {
        for points in [&[][..], &[5.0], &[f64::NAN, 5.0]] {
            let svg = sparkline(points, "Latency").to_string();
            assert!(svg.contains("not enough runs yet") && !svg.contains("<path"), "{svg}");
        }
    }
}
