//! Words, lorem text, booleans and plain random characters.

use super::{Draw, capital};

const NOUNS: &[&str] = &[
    "anchor", "bridge", "candle", "circuit", "cloud", "compass", "copper", "daemon", "engine", "feather", "garden", "hammer", "harbor",
    "island", "kernel", "ladder", "lantern", "matrix", "meadow", "mirror", "monitor", "needle", "network", "orchard", "panel", "pencil",
    "pixel", "pocket", "protocol", "river", "sensor", "signal", "socket", "stream", "system", "timber", "tunnel", "valley", "window",
    "whistle",
];
const ADJECTIVES: &[&str] = &[
    "able",
    "amber",
    "auxiliary",
    "bold",
    "brisk",
    "calm",
    "clear",
    "crisp",
    "digital",
    "distant",
    "early",
    "fair",
    "fresh",
    "gentle",
    "hollow",
    "honest",
    "keen",
    "light",
    "mellow",
    "mobile",
    "narrow",
    "neat",
    "online",
    "open",
    "plain",
    "primary",
    "quick",
    "quiet",
    "redundant",
    "rustic",
    "sharp",
    "silver",
    "solid",
    "steady",
    "virtual",
    "warm",
    "wireless",
    "young",
];
const VERBS: &[&str] = &[
    "back up",
    "bridge",
    "build",
    "carry",
    "connect",
    "copy",
    "draw",
    "follow",
    "gather",
    "generate",
    "guide",
    "index",
    "input",
    "lift",
    "measure",
    "navigate",
    "open",
    "override",
    "parse",
    "print",
    "program",
    "quantify",
    "reboot",
    "send",
    "sort",
    "sync",
    "synthesize",
    "test",
    "transmit",
    "turn",
];
const INGVERBS: &[&str] = &[
    "backing up",
    "bridging",
    "building",
    "carrying",
    "connecting",
    "copying",
    "drawing",
    "following",
    "gathering",
    "generating",
    "guiding",
    "indexing",
    "lifting",
    "measuring",
    "navigating",
    "opening",
    "overriding",
    "parsing",
    "programming",
    "quantifying",
    "rebooting",
    "sending",
    "sorting",
    "synthesizing",
    "testing",
    "transmitting",
    "turning",
];
const ABBREVIATIONS: &[&str] = &[
    "API", "ASCII", "CPU", "CSS", "DNS", "EXE", "FTP", "GB", "HDD", "HTTP", "IP", "JSON", "PNG", "RAM", "RSS", "SDD", "SMTP", "SQL", "SSL",
    "TCP", "THX", "UDP", "USB", "XML",
];
const LOREM: &[&str] = &[
    "ad",
    "alias",
    "aliquam",
    "amet",
    "animi",
    "aperiam",
    "at",
    "aut",
    "beatae",
    "commodi",
    "consectetur",
    "culpa",
    "debitis",
    "dicta",
    "dolor",
    "dolorem",
    "ducimus",
    "ea",
    "eius",
    "enim",
    "error",
    "est",
    "et",
    "ex",
    "facere",
    "fuga",
    "hic",
    "id",
    "illo",
    "in",
    "ipsa",
    "ipsum",
    "iste",
    "labore",
    "laudantium",
    "libero",
    "magnam",
    "maxime",
    "minus",
    "modi",
    "nam",
    "nemo",
    "nihil",
    "non",
    "nulla",
    "odio",
    "omnis",
    "pariatur",
    "porro",
    "quae",
    "quam",
    "qui",
    "quia",
    "quo",
    "ratione",
    "rem",
    "rerum",
    "sed",
    "sint",
    "sit",
    "sunt",
    "tempora",
    "ut",
    "vel",
    "velit",
    "vero",
    "voluptas",
];

/// `name` without `$random`.
pub fn value(draw: &mut Draw<'_>, name: &str) -> Option<String> {
    Some(match name {
        "Int" => draw.range(0, 1000).to_string(),
        "Boolean" => draw.chance().to_string(),
        "AlphaNumeric" => draw.chars("0123456789abcdefghijklmnopqrstuvwxyz", 1),
        "Word" => word(draw),
        "Words" => {
            let count = draw.range(2, 5);
            (0..count).map(|_| word(draw)).collect::<Vec<_>>().join(" ")
        }
        "Noun" => draw.pick(NOUNS).into(),
        "Adjective" => draw.pick(ADJECTIVES).into(),
        "Verb" => draw.pick(VERBS).into(),
        "Ingverb" => draw.pick(INGVERBS).into(),
        "Abbreviation" => draw.pick(ABBREVIATIONS).into(),
        "Phrase" => phrase(draw),
        "LoremWord" => draw.pick(LOREM).into(),
        "LoremWords" => draw.several(LOREM, 3, " "),
        "LoremSlug" => draw.several(LOREM, 3, "-"),
        "LoremSentence" => sentence(draw),
        "LoremSentences" => sentences(draw, " "),
        "LoremParagraph" => paragraph(draw),
        "LoremParagraphs" => (0..3).map(|_| paragraph(draw)).collect::<Vec<_>>().join("\n \r"),
        "LoremText" => {
            if draw.chance() {
                paragraph(draw)
            } else {
                sentences(draw, " ")
            }
        }
        "LoremLines" => (0..draw.range(1, 5)).map(|_| sentence(draw)).collect::<Vec<_>>().join("\n"),
        _ => return None,
    })
}

pub fn word(draw: &mut Draw<'_>) -> String {
    let list = match draw.range(0, 2) {
        0 => NOUNS,
        1 => ADJECTIVES,
        _ => VERBS,
    };
    draw.pick(list).into()
}

fn phrase(draw: &mut Draw<'_>) -> String {
    let (verb, short) = (draw.pick(VERBS), draw.pick(ABBREVIATIONS));
    let (adjective, noun) = (draw.pick(ADJECTIVES), draw.pick(NOUNS));
    match draw.range(0, 2) {
        0 => format!("We need to {verb} the {adjective} {short} {noun}!"),
        1 => format!(
            "{} the {short} {noun}, maybe it will {} the {adjective} panel!",
            capital(verb),
            draw.pick(VERBS)
        ),
        _ => format!(
            "{} the {noun} won't do anything, we need to {verb} the {adjective} {short} {noun}!",
            capital(draw.pick(INGVERBS))
        ),
    }
}

fn sentence(draw: &mut Draw<'_>) -> String {
    let count = draw.range(3, 10);
    format!("{}.", capital(&draw.several(LOREM, count, " ")))
}

fn sentences(draw: &mut Draw<'_>, separator: &str) -> String {
    let count = draw.range(2, 6);
    (0..count).map(|_| sentence(draw)).collect::<Vec<_>>().join(separator)
}

fn paragraph(draw: &mut Draw<'_>) -> String {
    sentences(draw, " ")
}
