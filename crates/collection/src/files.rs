//! The door to files that a request's body names.
//!
//! The command line gives access below a working directory; the server gives none, since
//! a collection of one user must not read the machine's files.

use bytes::Bytes;

/// Reads files for form-data and file bodies.
pub trait FileAccess: Send + Sync {
    /// Content of a file named by a document, relative to the working directory.
    ///
    /// # Errors
    /// Why it cannot be read, as a sentence for the run's report.
    fn read(&self, path: &str) -> Result<Bytes, String>;
}

/// No files at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFiles;

impl FileAccess for NoFiles {
    fn read(&self, path: &str) -> Result<Bytes, String> {
        Err(format!("`{path}` is not sent: runs on the server have no access to files"))
    }
}

/// The content type of a file by its extension, as multipart parts carry it.
pub fn content_type(path: &str) -> &'static str {
    let extension = path.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "txt" | "text" | "log" | "conf" | "ini" => "text/plain",
        "md" | "markdown" => "text/markdown",
        "html" | "htm" => "text/html",
        "css" => "text/css",
        "csv" => "text/csv",
        "js" | "mjs" => "application/javascript",
        "json" | "map" => "application/json",
        "xml" | "xsl" => "application/xml",
        "yaml" | "yml" => "text/yaml",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "gz" => "application/gzip",
        "tar" => "application/x-tar",
        "doc" => "application/msword",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xls" => "application/vnd.ms-excel",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "ppt" => "application/vnd.ms-powerpoint",
        "rtf" => "application/rtf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "svg" => "image/svg+xml",
        "webp" => "image/webp",
        "bmp" => "image/bmp",
        "ico" => "image/vnd.microsoft.icon",
        "tif" | "tiff" => "image/tiff",
        "mp3" => "audio/mpeg",
        "wav" => "audio/wave",
        "ogg" => "audio/ogg",
        "mp4" => "video/mp4",
        "mpeg" => "video/mpeg",
        "webm" => "video/webm",
        "avi" => "video/x-msvideo",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        "epub" => "application/epub+zip",
        "7z" => "application/x-7z-compressed",
        "rar" => "application/vnd.rar",
        "bz2" => "application/x-bzip2",
        "xz" => "application/x-xz",
        "jar" => "application/java-archive",
        "apk" => "application/vnd.android.package-archive",
        "sql" => "application/x-sql",
        "sh" => "application/x-sh",
        "tsv" => "text/tab-separated-values",
        "ics" => "text/calendar",
        "vcf" => "text/x-vcard",
        "eml" => "message/rfc822",
        "xhtml" => "application/xhtml+xml",
        "xsd" => "application/xml",
        "wsdl" => "application/wsdl+xml",
        "jsonld" => "application/ld+json",
        "geojson" => "application/geo+json",
        "toml" => "application/toml",
        "p12" | "pfx" => "application/x-pkcs12",
        "pem" | "crt" | "der" => "application/x-x509-ca-cert",
        "mov" => "video/quicktime",
        "m4a" => "audio/mp4",
        "flac" => "audio/x-flac",
        "heic" => "image/heic",
        "avif" => "image/avif",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}
