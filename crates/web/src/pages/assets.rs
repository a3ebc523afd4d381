//! Style sheets, scripts and pictures: part of the binary, with the hash of their content in
//! the address, so that a browser may keep them for ever and still sees a new version.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

/// Style sheets in the order that they build upon each other.
pub const STYLES: [&str; 5] = ["tokens.css", "layout.css", "components.css", "forms.css", "pages.css"];

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/assets"]
struct Files;

/// The address of an asset, such as `/assets/1f2e3d4c5b6a/page.js`.
pub fn address(name: &str) -> String {
    let hash = Files::get(name).map_or_else(|| "missing".to_owned(), |file| hash(&file));
    format!("/assets/{hash}/{name}")
}

fn hash(file: &rust_embed::EmbeddedFile) -> String {
    hex::encode(&file.metadata.sha256_hash()[..6])
}

/// `GET /assets/{hash}/{name}`.
pub async fn serve(Path((wanted, name)): Path<(String, String)>) -> Response {
    let Some(file) = Files::get(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kept = if hash(&file) == wanted {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    (
        [(header::CONTENT_TYPE, content_type(&name)), (header::CACHE_CONTROL, kept)],
        file.data,
    )
        .into_response()
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_asset_is_kept_only_under_its_own_hash() {
        let good = address("page.js");
        let hash = good.split('/').nth(2).unwrap().to_owned();
        let kept = serve(Path((hash, "page.js".to_owned()))).await;
        assert_eq!(kept.status(), 200);
        assert!(kept.headers()["cache-control"].to_str().unwrap().contains("immutable"));
        let other = serve(Path(("0".to_owned(), "page.js".to_owned()))).await;
        assert_eq!(other.headers()["cache-control"], "no-cache");
        assert_eq!(serve(Path(("0".to_owned(), "../Cargo.toml".to_owned()))).await.status(), 404);
    }
}
