//! Users, their sessions at the page, and the tokens of the API.

mod sessions;
mod tokens;
mod users;

pub use sessions::{Session, delete_expired_sessions, delete_session, insert_session, session};
pub use tokens::{ApiToken, delete_token, insert_token, token_by_hash, tokens, touch_token};
pub use users::{User, insert_user, set_password, user_by_email, user_by_id, user_id_is_free, users_count};

// Members are shown as users.
pub(super) use users::{columns as user_columns, read as user_read};
