//! Addresses, images, files, agents, versions.

use super::{Draw, people, words};

const DOMAIN_SUFFIX: &[&str] = &["biz", "com", "info", "io", "name", "net", "org"];
const TOPICS: &[(&str, &str)] = &[
    ("AbstractImage", "abstract"),
    ("AnimalsImage", "animals"),
    ("BusinessImage", "business"),
    ("CatsImage", "cats"),
    ("CityImage", "city"),
    ("FoodImage", "food"),
    ("NightlifeImage", "nightlife"),
    ("FashionImage", "fashion"),
    ("PeopleImage", "people"),
    ("NatureImage", "nature"),
    ("SportsImage", "sports"),
    ("TransportImage", "transport"),
];
/// `(type of file, extension, MIME type)`.
const FILES: &[(&str, &str, &str)] = &[
    ("application", "bin", "application/octet-stream"),
    ("application", "doc", "application/msword"),
    ("application", "gz", "application/gzip"),
    ("application", "jar", "application/java-archive"),
    ("application", "json", "application/json"),
    ("application", "xlsx", "application/vnd.ms-excel"),
    ("audio", "flac", "audio/flac"),
    ("audio", "ogg", "audio/ogg"),
    ("chemical", "cif", "chemical/x-cif"),
    ("font", "ttf", "font/ttf"),
    ("font", "woff2", "font/woff2"),
    ("image", "bmp", "image/bmp"),
    ("image", "svg", "image/svg+xml"),
    ("image", "webp", "image/webp"),
    ("message", "eml", "message/rfc822"),
    ("model", "stl", "model/stl"),
    ("text", "csv", "text/csv"),
    ("text", "ics", "text/calendar"),
    ("text", "vcf", "text/x-vcard"),
    ("video", "3gp", "video/3gpp"),
    ("video", "mov", "video/quicktime"),
];
const COMMON_TYPE: &[&str] = &["application", "audio", "image", "text", "video"];
const COMMON_EXT: &[&str] = &["gif", "html", "jpeg", "jpg", "m1v", "mp3", "mp4", "mpeg", "pdf", "png", "wav"];
const DIRECTORY: &[&str] = &[
    "bin",
    "etc",
    "home",
    "lib",
    "media",
    "mnt",
    "opt",
    "srv",
    "usr/share",
    "var/log",
    "var/spool",
];
const AGENTS: &[&str] = &[
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
];
const PASSWORD: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

/// `name` without `$random`.
pub fn value(draw: &mut Draw<'_>, name: &str) -> Option<String> {
    if let Some((_, topic)) = TOPICS.iter().find(|(n, _)| *n == name) {
        return Some(format!("http://placeimg.com/640/480/{topic}"));
    }
    Some(match name {
        "Email" => mail(draw, None),
        "ExampleEmail" => {
            let host = format!("example.{}", draw.pick(&["com", "net", "org"]));
            mail(draw, Some(host))
        }
        "UserName" => user(draw),
        "Protocol" => draw.pick(&["http", "https"]).into(),
        "Url" => format!("{}://{}", draw.pick(&["http", "https"]), domain(draw)),
        "DomainName" => domain(draw),
        "DomainSuffix" => draw.pick(DOMAIN_SUFFIX).into(),
        "DomainWord" => domain_word(draw),
        "IP" => (0..4).map(|_| draw.range(0, 255).to_string()).collect::<Vec<_>>().join("."),
        "IPV6" => (0..8).map(|_| draw.chars("0123456789abcdef", 4)).collect::<Vec<_>>().join(":"),
        "MACAddress" => (0..6).map(|_| draw.chars("0123456789abcdef", 2)).collect::<Vec<_>>().join(":"),
        "UserAgent" => draw.pick(AGENTS).into(),
        "HexColor" => format!("#{}", draw.chars("0123456789abcdef", 6)),
        "Password" => draw.chars(PASSWORD, 15),
        "AvatarImage" => format!("https://example.com/avatars/{}.jpg", draw.range(1, 999)),
        "ImageUrl" => "http://placeimg.com/640/480".into(),
        "ImageDataUri" => image_data(draw),
        "Semver" => format!("{}.{}.{}", draw.range(0, 9), draw.range(0, 9), draw.range(0, 9)),
        _ => return file(draw, name),
    })
}

fn file(draw: &mut Draw<'_>, name: &str) -> Option<String> {
    let index = draw.range(0, FILES.len() as i64 - 1) as usize;
    let (kind, extension, mime) = FILES.get(index).copied().unwrap_or(("text", "csv", "text/csv"));
    Some(match name {
        "MimeType" => mime.into(),
        "FileType" => kind.into(),
        "FileExt" => extension.into(),
        "FileName" => format!("{}.{extension}", stem(draw)),
        "CommonFileName" => format!("{}.{}", stem(draw), draw.pick(COMMON_EXT)),
        "CommonFileType" => draw.pick(COMMON_TYPE).into(),
        "CommonFileExt" => draw.pick(COMMON_EXT).into(),
        "FilePath" => format!("/{}/{}.{extension}", draw.pick(DIRECTORY), stem(draw)),
        "DirectoryPath" => format!("/{}", draw.pick(DIRECTORY)),
        _ => return None,
    })
}

fn stem(draw: &mut Draw<'_>) -> String {
    words::word(draw).replace(' ', "_")
}

fn user(draw: &mut Draw<'_>) -> String {
    let (first, last) = (draw.pick(people::FIRST), draw.pick(people::LAST));
    match draw.range(0, 2) {
        0 => format!("{first}{}", draw.range(1, 99)),
        1 => format!("{first}.{last}"),
        _ => format!("{first}_{last}{}", draw.range(1, 99)),
    }
}

fn mail(draw: &mut Draw<'_>, host: Option<String>) -> String {
    let user = user(draw);
    let host = host.unwrap_or_else(|| draw.pick(&["gmail.com", "hotmail.com", "yahoo.com"]).into());
    format!("{user}@{host}")
}

fn domain_word(draw: &mut Draw<'_>) -> String {
    draw.pick(people::FIRST).to_lowercase()
}

fn domain(draw: &mut Draw<'_>) -> String {
    format!("{}.{}", domain_word(draw), draw.pick(DOMAIN_SUFFIX))
}

fn image_data(draw: &mut Draw<'_>) -> String {
    let (width, height) = (draw.range(16, 640), draw.range(16, 480));
    format!(
        "data:image/svg+xml;charset=UTF-8,%3Csvg%20xmlns%3D%22http%3A%2F%2Fwww.w3.org%2F2000%2Fsvg%22%20width%3D%22{width}%22%20\
         height%3D%22{height}%22%3E%3Crect%20width%3D%22100%25%22%20height%3D%22100%25%22%20fill%3D%22grey%22%2F%3E%3C%2Fsvg%3E"
    )
}
