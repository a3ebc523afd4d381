//! The nearest known words to one that is not known: for hints that say what was meant.

/// The known words nearest to `word`, at most three, nearest first. Words that differ in more than a third of their
/// characters are not near.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Vec<&'k str> {
    let mut near: Vec<(usize, &str)> = known
        .into_iter()
        .map(|known| (distance(word, known), known))
        .filter(|(distance, known)| *distance <= known.chars().count() / 3)
        .collect();
    near.sort_unstable();
    near.into_iter().take(3).map(|(_, known)| known).collect()
}

/// A sentence that names the nearest words, or else what `otherwise` says.
pub fn hint<'k>(word: &str, known: impl IntoIterator<Item = &'k str>, otherwise: &str) -> String {
    let near: Vec<String> = nearest(word, known).iter().map(|known| format!("`{known}`")).collect();
    if near.is_empty() {
        otherwise.to_owned()
    } else {
        format!("did you mean {}? {otherwise}", near.join(" or "))
    }
}

/// Levenshtein distance, in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, of_a) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, of_b) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(of_a != *of_b);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_come_nearest_first_and_far_ones_not_at_all() {
        let known = ["issue-created", "issue-updated", "risk-created"];
        assert_eq!(nearest("issue-craeted", known), ["issue-created", "issue-updated"]);
        assert_eq!(nearest("isue-created", known)[0], "issue-created");
        assert!(nearest("deployment", known).is_empty());
        assert_eq!(distance("kitten", "sitting"), 3);
        assert!(hint("x", known, "register it first").starts_with("register"));
    }
}
