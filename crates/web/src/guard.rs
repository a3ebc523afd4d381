//! Who may come in: sessions and their cookies, tokens, passwords, and the brakes on guessing.

pub mod auth;
pub mod headers;
pub mod host;
pub mod password;
pub mod rate;
pub mod remote;
pub mod session;
pub mod throttle;
pub mod token_cache;
