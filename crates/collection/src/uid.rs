//! Postman's uids: `<user id>-<entity id>`.
//!
//! Documents, webhooks and feeds name an entity by its uid, so that one entity id may
//! live under several owners. The owner comes first and holds no `-`.

/// Joins an owner's number and an entity's id.
pub fn uid(owner: &str, entity: &str) -> String {
    format!("{owner}-{entity}")
}

/// Splits a uid into owner and entity id; `None` when it is a bare entity id.
///
/// The owner is all digits: an id such as `c0ffee00-0000-…` is not mistaken for a uid.
pub fn split(uid: &str) -> Option<(&str, &str)> {
    let (owner, entity) = uid.split_once('-')?;
    let digits = !owner.is_empty() && owner.bytes().all(|b| b.is_ascii_digit());
    // A bare UUID may begin with eight digits: a uid's entity part is itself a whole id.
    let whole = entity.len() >= 36 || !(owner.len() == 8 && entity.len() == 27);
    (digits && whole && !entity.is_empty()).then_some((owner, entity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_splits_into_its_parts_and_a_bare_uuid_does_not() {
        let id = "0fa12345-0000-4000-8000-000000000001";
        assert_eq!(split(&uid("12345678", id)), Some(("12345678", id)));
        assert_eq!(split("12345678-0000-4000-8000-000000000001"), None);
        assert_eq!(split(id), None);
    }
}
