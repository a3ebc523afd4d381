//! Icons: own drawings on a 16 × 16 grid, lines only, so that they take the text's colour.

use super::Html;

/// The drawing of `name`; an unknown name draws a ring, which a test forbids.
pub fn icon(name: &str) -> Html {
    Html::raw(format!(
        "<svg class=\"icon\" viewBox=\"0 0 16 16\" aria-hidden=\"true\" focusable=\"false\">{}</svg>",
        shape(name).unwrap_or(RING)
    ))
}

const RING: &str = "<circle cx=\"8\" cy=\"8\" r=\"5.5\"/>";

fn shape(name: &str) -> Option<&'static str> {
    Some(match name {
        "overview" => "<path d=\"M2 2.5h5v6H2zM9 2.5h5v3.5H9zM9 8.5h5v5H9zM2 11h5v2.5H2z\"/>",
        "monitor" => "<path d=\"M1.5 8.5h3l2-5 3 9 2-4h3\"/>",
        "run" => "<path d=\"M5 3v10l8-5z\"/>",
        "incident" => "<path d=\"M8 2 14.5 13.5h-13zM8 6.5v3.2M8 11.8v.1\"/>",
        "webhook" => {
            "<path d=\"M8.9 5.6 11 9.7M6.3 5.6 4.2 9.7M5.6 11.5h4.8\"/><circle cx=\"7.6\" cy=\"3.7\" r=\"1.9\"/><circle cx=\"3.6\" cy=\"11.5\" r=\"1.9\"/><circle cx=\"12.4\" cy=\"11.5\" r=\"1.9\"/>"
        }
        "source" => "<path d=\"M2 9.5h3.5l1 2h3l1-2H14M2 9.5v3.5a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1V9.5M8 1.8v5.4M5.7 5 8 7.3 10.3 5\"/>",
        "collection" => "<path d=\"M2 4.5a1 1 0 0 1 1-1h3.2l1.5 1.7H13a1 1 0 0 1 1 1v6.3a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1z\"/>",
        "environment" => {
            "<path d=\"M2.5 4.5h7M12.5 4.5h1M2.5 8h1M6.5 8h7M2.5 11.5h6M11.5 11.5h2\"/><circle cx=\"11\" cy=\"4.5\" r=\"1.5\"/><circle cx=\"5\" cy=\"8\" r=\"1.5\"/><circle cx=\"10\" cy=\"11.5\" r=\"1.5\"/>"
        }
        "activity" => "<path d=\"M8 4.5V8l2.5 1.6\"/><path d=\"M2.6 6.2A5.7 5.7 0 1 1 2.3 8.6M2.3 3.2v3.2h3.2\"/>",
        "bin" => "<path d=\"M2.5 5 8 2l5.5 3v6L8 14l-5.5-3zM2.5 5 8 8l5.5-3M8 8v6\"/>",
        "notice" => {
            "<path d=\"M8 2.2a3.7 3.7 0 0 1 3.7 3.7c0 3 .8 4.1 1.5 4.9H2.8c.7-.8 1.5-1.9 1.5-4.9A3.7 3.7 0 0 1 8 2.2zM6.5 13.3a1.6 1.6 0 0 0 3 0\"/>"
        }
        "settings" => {
            "<circle cx=\"8\" cy=\"8\" r=\"2\"/><path d=\"M8 1.8v1.9M8 12.3v1.9M1.8 8h1.9M12.3 8h1.9M3.6 3.6l1.4 1.4M11 11l1.4 1.4M3.6 12.4 5 11M11 5l1.4-1.4\"/>"
        }
        "integration" => "<path d=\"M6 2v3.5M10 2v3.5M4 5.5h8v2.3a4 4 0 0 1-8 0zM8 11.8V14\"/>",
        "check" => "<path d=\"m3 8.5 3.3 3.3L13 4.8\"/>",
        "cross" => "<path d=\"m4 4 8 8M12 4l-8 8\"/>",
        "alert" => "<path d=\"M8 3v6M8 12.3v.2\"/>",
        "stop" => "<path d=\"M5.3 1.8h5.4l3.5 3.5v5.4l-3.5 3.5H5.3l-3.5-3.5V5.3zM5.3 8h5.4\"/>",
        "pause" => "<path d=\"M5.5 3.5v9M10.5 3.5v9\"/>",
        "play" => "<path d=\"M5 3v10l8-5z\"/>",
        "clock" => "<circle cx=\"8\" cy=\"8\" r=\"6\"/><path d=\"M8 4.7V8l2.3 1.6\"/>",
        "busy" => "<path d=\"M8 2a6 6 0 1 1-5.7 4.1\"/>",
        "question" => "<path d=\"M5.8 6a2.3 2.3 0 1 1 3.4 2c-.8.5-1.2 1-1.2 1.9M8 12.3v.1\"/>",
        "minus" => "<path d=\"M3.5 8h9\"/>",
        "plus" => "<path d=\"M8 3v10M3 8h10\"/>",
        "dots" => "<path d=\"M3.2 8h.01M8 8h.01M12.8 8h.01\" stroke-width=\"2.6\"/>",
        "search" => "<circle cx=\"7\" cy=\"7\" r=\"4.5\"/><path d=\"m10.5 10.5 3.3 3.3\"/>",
        "copy" => "<path d=\"M5.5 5.5h7.5v8H5.5zM3 10.5v-8h7.5\"/>",
        "upload" => "<path d=\"M8 10.5V2.5M4.7 5.5 8 2.3l3.3 3.2M2.5 10.5V13a.8.8 0 0 0 .8.8h9.4a.8.8 0 0 0 .8-.8v-2.5\"/>",
        "download" => "<path d=\"M8 2.3v8M4.7 7.3 8 10.5l3.3-3.2M2.5 10.5V13a.8.8 0 0 0 .8.8h9.4a.8.8 0 0 0 .8-.8v-2.5\"/>",
        "trash" => "<path d=\"M2.5 4.3h11M6 4.3V2.5h4v1.8M4 4.3l.6 9.2h6.8l.6-9.2M6.8 7v4M9.2 7v4\"/>",
        "edit" => "<path d=\"M10.5 3.2 12.8 5.5 5.8 12.5 2.8 13.2 3.5 10.2zM9 4.7l2.3 2.3\"/>",
        "refresh" => "<path d=\"M13.5 8a5.5 5.5 0 1 1-1.7-4M13.5 2v3.3h-3.3\"/>",
        "theme" => "<circle cx=\"8\" cy=\"8\" r=\"5.7\"/><path d=\"M8 2.3v11.4a5.7 5.7 0 0 0 0-11.4z\" fill=\"currentColor\"/>",
        "nav" => "<path d=\"M2.5 4.5h11M2.5 8h11M2.5 11.5h11\"/>",
        "key" => "<circle cx=\"5\" cy=\"11\" r=\"2.7\"/><path d=\"m7 9 6-6M10.5 5.5l2 2\"/>",
        "people" => {
            "<circle cx=\"6\" cy=\"5.5\" r=\"2.5\"/><path d=\"M1.5 13.5c.3-2.7 2-4.2 4.5-4.2s4.2 1.5 4.5 4.2M10.5 3.3a2.4 2.4 0 0 1 0 4.5M12 9.7c1.5.6 2.3 1.9 2.5 3.8\"/>"
        }
        "exit" => "<path d=\"M6.5 2.5H3.3a.8.8 0 0 0-.8.8v9.4c0 .4.4.8.8.8h3.2M10 5l3 3-3 3M13 8H6\"/>",
        "note" => "<path d=\"M2.5 3h11v7.5H8L5 13.5v-3H2.5z\"/>",
        "send" => "<path d=\"M14 2 7 9M14 2 9.5 14 7 9 2 6.5z\"/>",
        "link" => {
            "<path d=\"M6.7 9.3a2.8 2.8 0 0 0 4 0l2.2-2.2a2.8 2.8 0 0 0-4-4l-.7.7M9.3 6.7a2.8 2.8 0 0 0-4 0L3.1 8.9a2.8 2.8 0 0 0 4 4l.7-.7\"/>"
        }
        "info" => "<circle cx=\"8\" cy=\"8\" r=\"6\"/><path d=\"M8 7.5v3.5M8 5v.1\"/>",
        "shield" => "<path d=\"M8 1.8 13.5 4v3.8c0 3-2.2 5.3-5.5 6.4-3.3-1.1-5.5-3.4-5.5-6.4V4z\"/>",
        "lock" => "<path d=\"M3.5 7.5h9v6h-9zM5.5 7.5v-2a2.5 2.5 0 0 1 5 0v2\"/>",
        "example" => "<path d=\"M6 2h4M6.8 2v4L3 12.5a1 1 0 0 0 .9 1.5h8.2a1 1 0 0 0 .9-1.5L9.2 6V2M4.8 10h6.4\"/>",
        "arrow" => "<path d=\"M3 8h10M9 4l4 4-4 4\"/>",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that templates and code ask for: `icon("name")`.
    fn asked_for() -> Vec<String> {
        let mut names = Vec::new();
        let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/templates"))];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(path).unwrap();
                names.extend(
                    text.split("icon(\"")
                        .skip(1)
                        .filter_map(|rest| rest.split('"').next())
                        .map(str::to_owned),
                );
            }
        }
        names
    }

    #[test]
    fn every_icon_that_a_template_names_is_drawn() {
        let names = asked_for();
        assert!(names.len() > 20, "only {names:?}");
        for name in names {
            assert!(shape(&name).is_some(), "no icon `{name}`");
        }
    }
}
