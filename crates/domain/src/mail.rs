//! Mail: when one that could not be handed over is tried again, and what its text says.

use crate::clock::{DAY, HOUR, MINUTE, Micros, SECOND};

/// Waits after the first, second … try; the last one repeats.
const DELAYS: [Micros; 6] = [30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR];

/// A mail that is older is given up.
pub const GIVEN_UP_AFTER: Micros = DAY;

/// Longest subject, in characters.
const SUBJECT_CHARACTERS: usize = 150;

/// When a mail made at `created_at` is due again after its `tries`-th try at `now`; `None`: it is given up.
pub fn next_try(created_at: Micros, tries: u64, now: Micros) -> Option<Micros> {
    let place = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX).min(DELAYS.len() - 1);
    let due_at = now.saturating_add(DELAYS.get(place).copied().unwrap_or(2 * HOUR));
    (due_at.saturating_sub(created_at) <= GIVEN_UP_AFTER).then_some(due_at)
}

/// A subject out of any text: one line, no control characters, not too long.
pub fn subject(text: &str) -> String {
    let words = text
        .split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    if line.chars().count() <= SUBJECT_CHARACTERS {
        return line;
    }
    let mut cut: String = line.chars().take(SUBJECT_CHARACTERS - 1).collect();
    cut.push('…');
    cut
}

/// The text of a mail about a notice. `link`: absolute.
pub fn text(notice: &str, link: &str, workspace: &str, public_url: &str) -> String {
    format!(
        "{notice}\n\n{link}\n\n-- \nWatchbell at {public_url}/\nYou are an admin of the workspace \"{workspace}\". Mails can be switched off under Notices.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_grow_and_after_a_day_it_is_given_up() {
        let (mut now, mut tries, mut waits) = (0, 1, Vec::new());
        while let Some(due_at) = next_try(0, tries, now) {
            waits.push(due_at - now);
            (now, tries) = (due_at, tries + 1);
        }
        assert!(waits.is_sorted() && waits.len() > 10, "{waits:?}");
        assert!(now <= DAY && now > 20 * HOUR);
        assert_eq!(next_try(0, 1, DAY), None);
    }

    #[test]
    fn a_subject_is_one_line_whatever_the_name_holds() {
        assert_eq!(subject("a\r\nBcc: x@example.com\u{0}b"), "a Bcc: x@example.com b");
        assert_eq!(subject("Größe “läuft”"), "Größe “läuft”");
        let long = subject(&"é".repeat(500));
        assert_eq!(long.chars().count(), SUBJECT_CHARACTERS);
        assert!(long.ends_with('…'));
    }
}
