//! Activities: one change that a person made, as Postman's feeds tell it.

use serde::{Deserialize, Serialize};

crate::run::text_enum!(/// What was done.
Action {
    Create = "create", Update = "update", Delete = "delete", Restore = "restore", Share = "share",
    Unshare = "unshare", Join = "join", Leave = "leave", Fork = "fork", Import = "import",
});
crate::run::text_enum!(/// To what. Webhooks, sources and tokens are shown in the page's activity log only.
Model {
    Collection = "collection", Folder = "folder", Request = "request", Environment = "environment",
    Workspace = "workspace", Monitor = "monitor", User = "user",
    Webhook = "webhook", Source = "source", Token = "token", Incident = "incident", Bin = "bin",
});

/// The activity document: nine strings, always all nine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    pub action: String,
    pub collection_name: String,
    pub collection_uid: String,
    pub message: String,
    pub model: String,
    pub model_name: String,
    pub model_uid: String,
    pub user_id: String,
    pub user_name: String,
}

impl Activity {
    /// `message` reads as a sentence: `Ada created monitor "Orders hourly"`.
    pub fn new(user_id: &str, user_name: &str, action: Action, model: Model, model_uid: &str, model_name: &str) -> Self {
        let verb = match action {
            Action::Create => "created",
            Action::Update => "updated",
            Action::Delete => "deleted",
            Action::Restore => "restored",
            Action::Share => "shared",
            Action::Unshare => "unshared",
            Action::Join => "joined",
            Action::Leave => "left",
            Action::Fork => "forked",
            Action::Import => "imported",
        };
        Self {
            action: action.as_str().to_owned(),
            collection_name: String::new(),
            collection_uid: String::new(),
            message: format!("{user_name} {verb} {model} \"{model_name}\""),
            model: model.as_str().to_owned(),
            model_name: model_name.to_owned(),
            model_uid: model_uid.to_owned(),
            user_id: user_id.to_owned(),
            user_name: user_name.to_owned(),
        }
    }

    /// Names the collection that the change was in.
    #[must_use]
    pub fn in_collection(mut self, uid: &str, name: &str) -> Self {
        uid.clone_into(&mut self.collection_uid);
        name.clone_into(&mut self.collection_name);
        self
    }
}
