//! Templates and routes together: every link leads somewhere, nothing is inline.

use std::{collections::BTreeSet, fs, path::PathBuf};

fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == ending) {
                found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

/// Paths of the router, their parameters as `{}`.
fn routes() -> BTreeSet<String> {
    let source = include_str!("../pages.rs");
    // A long one has its path on the next line.
    let routes = source
        .split(".route(")
        .skip(1)
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
    routes.map(|route| shape(route, '{', '}')).collect()
}

/// A path without query and fragment, each `open…close` turned into `{}`.
fn shape(path: &str, open: char, close: char) -> String {
    let mut shape = String::new();
    let mut depth = 0;
    for c in path.chars() {
        if c == open {
            depth += 1;
            if depth == 1 {
                shape.push_str("{}");
            }
        } else if c == close {
            depth -= 1;
        } else if depth == 0 {
            shape.push(c);
        }
    }
    shape.split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// Values of an attribute that start with `/`.
fn paths(html: &str) -> Vec<String> {
    let attributes = ["href=\"/", "action=\"/"];
    let after = attributes.iter().flat_map(|attribute| html.split(attribute).skip(1));
    after
        .map(|rest| format!("/{}", rest.split('"').next().unwrap_or_default()))
        .map(|path| shape(&path, '{', '}'))
        .collect()
}

#[test]
fn every_link_of_a_template_has_a_route() {
    let routes = routes();
    assert!(routes.len() > 40, "{routes:?}");
    let elsewhere = ["/api/docs"];
    let mut links = 0;
    for (file, html) in files("templates", "html") {
        for path in paths(&html) {
            links += 1;
            assert!(
                routes.contains(&path) || elsewhere.contains(&path.as_str()),
                "{file}: no route for `{path}`"
            );
        }
    }
    assert!(links > 50, "only {links} links were found");
}

#[test]
fn every_path_in_the_handlers_has_a_route() {
    let routes = routes();
    for (file, source) in files("src/pages", "rs").into_iter().filter(|(file, _)| !file.ends_with("tests.rs")) {
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        for start in ["done(\"/", "done(&format!(\"/", "format!(\"/", "href: \"/"] {
            for rest in code.split(start).skip(1) {
                let path = shape(&format!("/{}", rest.split('"').next().unwrap_or_default()), '{', '}');
                let known = routes.contains(&path) || path.ends_with("/{}") || path.starts_with("/in/");
                assert!(known, "{file}: no route for `{path}`");
            }
        }
    }
}

#[test]
fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
    for (file, html) in files("templates", "html")
        .into_iter()
        .chain(files("src/pages", "rs"))
        .filter(|(file, _)| !file.ends_with("tests.rs"))
    {
        let html = html.split("#[cfg(test)]").next().unwrap_or_default().to_lowercase();
        for forbidden in [
            " style=",
            "<style",
            " onclick=",
            " onload=",
            " onchange=",
            "javascript:",
            "src=\"http",
            "href=\"http",
        ] {
            assert!(!html.contains(forbidden), "{file} holds `{forbidden}`");
        }
        for script in html.split("<script").skip(1) {
            assert!(script.starts_with(" src="), "{file} has an inline script");
        }
    }
    for (file, text) in files("assets", "css").into_iter().chain(files("assets", "js")) {
        assert!(!text.contains("://") && !text.contains("@import"), "{file} names something outside");
    }
}

#[test]
fn every_form_carries_its_token() {
    for (file, html) in files("templates", "html")
        .into_iter()
        .filter(|(file, _)| !file.ends_with("login.html") && !file.ends_with("setup.html"))
    {
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap_or_default();
            if form.contains("method=\"post\"") {
                assert!(form.contains("name=\"csrf\""), "{file}: a form without a token: {form}");
            }
        }
    }
}
