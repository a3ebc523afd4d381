//! The frame around every page: navigation, who is here, what they may do, what was just done.

use domain::account::Need;
use store::tables::{incidents, notices};

use crate::{
    actions::{ActionError, Caller, accounts::Session},
    app::App,
};

/// What a page says after a change, by the word in its address. A fixed list, so that an address
/// cannot put words into a page.
pub const TOASTS: &[(&str, &str)] = &[
    ("created", "Created."),
    ("saved", "Saved."),
    ("deleted", "Deleted."),
    ("imported", "Imported."),
    ("paused", "Paused. Its runs are kept."),
    ("resumed", "Resumed."),
    ("queued", "A run is on its way."),
    ("running", "One of its runs is not finished yet; no other was started."),
    ("tested", "A test event is on its way; see the log."),
    ("enabled", "Enabled."),
    ("disabled", "Disabled."),
    ("resent", "It is being sent again."),
    ("replaying", "It is being sent again; see below how far it is."),
    ("halted", "Paused. It goes on where it was when you resume it."),
    ("cancelled", "Cancelled."),
    ("connected", "Connected. The next result goes there."),
    ("acknowledged", "Acknowledged."),
    ("resolved", "Resolved."),
    ("reopened", "Reopened."),
    ("noted", "Note added."),
    ("welcome", "Welcome to Watchbell."),
];

/// One entry of the navigation.
#[derive(Debug, Clone, Copy)]
pub struct NavItem {
    pub href: &'static str,
    pub icon: &'static str,
    pub label: &'static str,
}

const fn item(href: &'static str, icon: &'static str, label: &'static str) -> NavItem {
    NavItem { href, icon, label }
}

const WATCH: &[NavItem] = &[
    item("/", "overview", "Overview"),
    item("/monitors", "monitor", "Monitors"),
    item("/incidents", "incident", "Incidents"),
];
const CONNECT: &[NavItem] = &[
    item("/integrations", "integration", "Integrations"),
    item("/sources", "source", "Sources"),
    item("/bins", "bin", "Request bins"),
];
const LIBRARY: &[NavItem] = &[
    item("/collections", "collection", "Collections"),
    item("/environments", "environment", "Environments"),
];
const WORKSPACE: &[NavItem] = &[
    item("/activity", "activity", "Activity"),
    item("/notices", "notice", "Notices"),
    item("/settings", "settings", "Settings"),
];

/// What the layout needs.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    pub title: String,
    /// The navigation's entry that is current.
    pub section: &'static str,
    pub user_name: String,
    pub user_email: String,
    pub workspace: String,
    pub role: String,
    pub csrf: String,
    pub theme: Option<&'static str>,
    pub toast: Option<&'static str>,
    /// Incidents that are not resolved.
    pub incidents: u64,
    /// Notices that are unread.
    pub notices: usize,
    pub may_edit: bool,
    pub may_admin: bool,
}

impl Frame {
    /// The frame for a caller.
    pub async fn of(
        app: &App,
        caller: &Caller,
        session: &Session,
        theme: Option<&'static str>,
        toast: Option<&'static str>,
    ) -> Result<Self, ActionError> {
        let workspace = caller.workspace.id.clone();
        let (incidents, notices) = app
            .read(move |tx| {
                let counts = incidents::counts(tx, &workspace)?;
                let unread = notices::unread(tx, &workspace)?;
                Ok((counts.open + counts.acknowledged, usize::try_from(unread).unwrap_or(usize::MAX)))
            })
            .await?;
        Ok(Self {
            user_name: caller.user.name.clone(),
            user_email: caller.user.email.clone(),
            workspace: caller.workspace.name.clone(),
            role: caller.role.to_string(),
            csrf: session.csrf.clone(),
            theme,
            toast,
            incidents,
            notices,
            may_edit: caller.may(Need::Edit),
            may_admin: caller.may(Need::Administer),
            ..Self::default()
        })
    }

    /// The frame of one page.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>, section: &'static str) -> Self {
        self.title = title.into();
        self.section = section;
        self
    }

    /// The navigation: headings with their entries.
    pub fn groups(&self) -> [(&'static str, &'static [NavItem]); 4] {
        [("", WATCH), ("Connect", CONNECT), ("Library", LIBRARY), ("Workspace", WORKSPACE)]
    }

    /// `2 open`, for narrow screens.
    pub fn incidents_words(&self) -> String {
        format!("{} open", self.incidents)
    }
}

/// The frame of pages that are seen without being logged in.
#[derive(Debug, Clone, Default)]
pub struct Gate {
    pub title: String,
    pub theme: Option<&'static str>,
}

/// The theme of a cookie, if it is one of the two.
pub fn theme(cookies: &str) -> Option<&'static str> {
    let value = cookies.split(';').find_map(|pair| pair.trim().strip_prefix("theme="))?;
    ["light", "dark"].into_iter().find(|known| *known == value)
}

/// The words for what was done.
pub fn toast(query: &str) -> Option<&'static str> {
    let wanted = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "done")?.1;
    TOASTS.iter().find(|(word, _)| *word == wanted).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_words_come_from_the_address() {
        assert_eq!(toast("a=b&done=saved"), Some("Saved."));
        assert_eq!(toast("done=%3Cb%3E"), None);
        assert_eq!(
            [theme("a=b; theme=dark"), theme("theme=\"><"), theme("")],
            [Some("dark"), None, None]
        );
    }
}
