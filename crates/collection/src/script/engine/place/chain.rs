//! Chains of names, indices and calls in a script's source (`pm.response.json().foo`), read backwards from their end.

pub(super) fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// Where the parenthesis with which `text` begins is closed.
pub(super) fn close_of(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth == 1 => return Some(at),
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Where the chain of names, indices and calls that ends at `end` begins.
pub(super) fn chain_start(source: &str, end: usize) -> usize {
    let mut start = source[..end].trim_end().len();
    loop {
        let before = &source[..start];
        let Some(last) = before.chars().next_back() else { return start };
        if last == ')' || last == ']' {
            let Some(open) = open_of(before) else { return start };
            start = open;
            // What is indexed or called belongs to it.
            if !source[..start].ends_with(|c: char| is_name(c) || c == ')' || c == ']') {
                return start;
            }
            continue;
        }
        if is_name(last) {
            start = before.trim_end_matches(is_name).len();
        } else {
            return start;
        }
        let rest = source[..start].trim_end();
        let Some(owner) = rest.strip_suffix("?.").or_else(|| rest.strip_suffix('.')) else {
            return start;
        };
        let owner = owner.trim_end();
        if !owner.ends_with(|c: char| is_name(c) || c == ')' || c == ']') {
            return start;
        }
        start = owner.len();
    }
}

/// Where the bracket with which `text` ends is opened.
fn open_of(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, byte) in text.bytes().enumerate().rev() {
        match byte {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth == 1 => return Some(at),
            b'(' | b'[' | b'{' => depth -= 1,
            _ => {}
        }
    }
    None
}
