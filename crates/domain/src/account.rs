//! Who may do what: roles in a workspace and scopes of a token.

use crate::Problem;

crate::run::text_enum!(/// A member's role.
Role { Viewer = "viewer", Editor = "editor", Admin = "admin" });
crate::run::text_enum!(/// What a token may do; each includes those before it, `publish` stands alone.
Scope { Read = "read", Write = "write", Admin = "admin", Publish = "publish" });

/// What an action needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// See.
    View,
    /// Change monitors, webhooks, sources, collections, incidents.
    Edit,
    /// Members, tokens, settings.
    Administer,
    /// Publish events.
    Publish,
}

/// Whether a role, narrowed by a token's scopes (`None`: a person at the page), may do it.
pub fn may(role: Role, scopes: Option<&[Scope]>, need: Need) -> Result<(), Problem> {
    let by_role = match need {
        Need::View => true,
        Need::Edit | Need::Publish => matches!(role, Role::Editor | Role::Admin),
        Need::Administer => role == Role::Admin,
    };
    if !by_role {
        return Err(Problem::forbidden(format!("a {role} may not do this")).hint("ask an admin of the workspace for another role"));
    }
    let Some(scopes) = scopes else { return Ok(()) };
    let has = |wanted: &[Scope]| scopes.iter().any(|s| wanted.contains(s));
    let by_scope = match need {
        Need::View => has(&[Scope::Read, Scope::Write, Scope::Admin]),
        Need::Edit => has(&[Scope::Write, Scope::Admin]),
        Need::Administer => has(&[Scope::Admin]),
        Need::Publish => has(&[Scope::Publish, Scope::Write, Scope::Admin]),
    };
    if by_scope {
        Ok(())
    } else {
        Err(Problem::forbidden("the token's scopes do not allow this").hint("make a token with a wider scope"))
    }
}

/// A password that a person chose.
pub fn check_password(password: &str) -> Result<(), Problem> {
    match password.chars().count() {
        0..12 => Err(Problem::invalid("password", "the password is shorter than 12 characters")),
        12..=1_024 => Ok(()),
        _ => Err(Problem::invalid("password", "the password is longer than 1024 characters")),
    }
}

/// An e-mail address as an account's name, lower case.
pub fn check_email(email: &str) -> Result<String, Problem> {
    let email = email.trim().to_lowercase();
    let good = email.len() <= 254
        && !email.chars().any(|c| c.is_control() || c.is_whitespace())
        && email
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    if good {
        Ok(email)
    } else {
        Err(Problem::invalid("email", format!("`{email}` is no e-mail address")))
    }
}
