//! The bounds that hold everywhere, in one place, each with its unit.

/// A name that a person gives, in characters.
pub const NAME_CHARACTERS: usize = 200;
/// A URL, in bytes.
pub const URL_BYTES: usize = 8_192;
/// An event's data, in bytes.
pub const EVENT_BYTES: usize = 1_048_576;
/// An event type, in bytes.
pub const EVENT_TYPE_BYTES: usize = 128;
/// A publish key, in bytes.
pub const PUBLISH_KEY_BYTES: usize = 256;
/// A body that a source takes, in bytes after decompression.
pub const RECEIPT_BYTES: usize = 1_048_576;
/// Nesting of a received JSON document.
pub const RECEIPT_DEPTH: usize = 64;
/// The key of an observation (a monitor's uid), in bytes.
pub const KEY_BYTES: usize = 512;
/// Bytes of a receiver's response that the attempt log keeps.
pub const RESPONSE_KEPT_BYTES: usize = 65_536;
/// Requests in flight to one webhook.
pub const LANE_IN_FLIGHT: usize = 8;
/// How many Watchbells an event may pass through before the loop is cut.
pub const HOPS: i64 = 4;
/// A collection document, in bytes.
pub const COLLECTION_BYTES: usize = 64 * 1_048_576;
/// Longest `Retry-After` that is honoured, in seconds.
pub const RETRY_AFTER_SECONDS: i64 = 86_400;

/// Checks a name that a person gave: not blank, not too long, no control characters.
pub fn check_name(field: &str, name: &str) -> Result<(), crate::Problem> {
    if name.trim().is_empty() {
        return Err(crate::Problem::invalid(field, format!("`{field}` is empty")).hint("give it a name"));
    }
    if name.chars().count() > NAME_CHARACTERS {
        return Err(crate::Problem::invalid(
            field,
            format!("`{field}` is longer than {NAME_CHARACTERS} characters"),
        ));
    }
    if name.chars().any(char::is_control) {
        return Err(crate::Problem::invalid(field, format!("`{field}` holds a control character")));
    }
    Ok(())
}
