//! Text in the charsets that servers still send, by the names that the reference knows.

use encoding_rs::{Encoding, UTF_8};

/// Decodes bytes by the name of a charset. As the reference: names are compared without case
/// and punctuation, unknown ones are UTF-8, broken text is replaced.
pub fn decode(bytes: &[u8], charset: &str) -> String {
    let name: String = charset.chars().filter(char::is_ascii_alphanumeric).collect();
    match name.to_ascii_lowercase().as_str() {
        "latin1" | "iso88591" | "cp28591" | "28591" | "l1" | "binary" => bytes.iter().copied().map(char::from).collect(),
        "ascii" | "usascii" => bytes
            .iter()
            .map(|&b| if b.is_ascii() { char::from(b) } else { char::REPLACEMENT_CHARACTER })
            .collect(),
        "utf16" | "utf16le" | "ucs2" => utf16(bytes, u16::from_le_bytes),
        "utf16be" => utf16(bytes, u16::from_be_bytes),
        name => label(name).map_or_else(
            || String::from_utf8_lossy(bytes).into_owned(),
            |known| known.decode_without_bom_handling(bytes).0.into_owned(),
        ),
    }
}

fn utf16(bytes: &[u8], read: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
    char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// The encoding of a name without case and punctuation; `None` for UTF-8 and what the reference
/// does not know.
fn label(name: &str) -> Option<&'static Encoding> {
    let number = |prefixes: &[&str]| {
        let digits = prefixes.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
        digits.parse::<u16>().ok()
    };
    let label = match name {
        "latin2" | "latin3" | "latin4" => format!("iso-8859-{}", &name[5..]),
        "latin5" => "windows-1254".into(),
        "latin6" => "iso-8859-10".into(),
        "latin8" => "iso-8859-14".into(),
        "latin9" => "iso-8859-15".into(),
        "latin10" => "iso-8859-16".into(),
        "cyrillic" => "iso-8859-5".into(),
        "arabic" => "iso-8859-6".into(),
        "greek" => "iso-8859-7".into(),
        "hebrew" => "iso-8859-8".into(),
        "koi8r" => "koi8-r".into(),
        "koi8u" => "koi8-u".into(),
        "macintosh" => "macintosh".into(),
        "maccyrillic" | "xmaccyrillic" => "x-mac-cyrillic".into(),
        "tis620" => "windows-874".into(),
        "shiftjis" | "sjis" | "mskanji" | "csshiftjis" | "windows31j" | "ms31j" | "xsjis" | "windows932" | "ms932" | "cp932" | "932" => {
            "shift_jis".into()
        }
        "eucjp" => "euc-jp".into(),
        "gbk" | "gb2312" | "gb231280" | "csgb2312" | "windows936" | "ms936" | "cp936" | "936" | "xgbk" | "chinese" => "gbk".into(),
        "gb18030" => "gb18030".into(),
        "euckr" | "cp949" | "949" | "windows949" | "ms949" | "korean" | "ksc56011987" | "ksc5601" => "euc-kr".into(),
        "big5" | "big5hkscs" | "cp950" | "950" | "windows950" | "ms950" | "cnbig5" => "big5".into(),
        _ => match (
            number(&["windows", "win", "cp", "ms"]),
            name.strip_prefix("iso8859").and_then(|n| n.parse::<u8>().ok()),
        ) {
            (Some(page @ (1250..=1258 | 874)), _) => format!("windows-{page}"),
            (Some(866), _) => "ibm866".into(),
            (_, Some(part @ (2..=8 | 10 | 13..=16))) => format!("iso-8859-{part}"),
            (_, Some(9)) => "windows-1254".into(),
            (_, Some(11)) => "windows-874".into(),
            _ => return None,
        },
    };
    Encoding::for_label(label.as_bytes()).filter(|known| *known != UTF_8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charsets_are_told_apart() {
        assert_eq!(decode(b"caf\xe9", "iso-8859-1"), "café");
        assert_eq!(decode("é".as_bytes(), "utf-8"), "é");
        assert_eq!(decode(b"a\0b\0", "utf-16le"), "ab");
        assert_eq!(decode(b"\xff", "unknown"), "\u{fffd}");
        assert_eq!(decode(b"\x80", "windows-1252"), "€");
        assert_eq!(decode(b"\x93\xfa\x96\x7b", "Shift_JIS"), "日本");
        assert_eq!(decode(b"\xcf\xf0", "cp1251"), "Пр");
        assert_eq!(decode(b"\xa4", "ISO_8859-15"), "€");
        assert_eq!(decode(b"\x80", "iso-8859-1"), "\u{80}");
        assert_eq!(decode(b"a\xe9", "us-ascii"), "a\u{fffd}");
    }

    #[test]
    fn every_name_leads_to_an_encoding() {
        for name in [
            "latin2",
            "latin5",
            "latin10",
            "koi8u",
            "maccyrillic",
            "tis620",
            "eucjp",
            "gb18030",
            "euckr",
            "big5",
            "cp866",
            "win1258",
            "iso885916",
            "hebrew",
        ] {
            assert!(label(name).is_some(), "{name}");
        }
    }
}
