//! What is entered for a monitor.

use domain::{run::RunOptions, schedule::Schedule};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{actions::patch::nullable, schema};

/// A new monitor.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MonitorInput {
    pub name: String,
    pub collection_id: String,
    #[serde(default)]
    pub environment_id: Option<String>,
    #[schema(value_type = schema::Schedule)]
    pub schedule: Schedule,
    #[serde(default)]
    #[schema(value_type = Option<schema::RunOptions>)]
    pub options: RunOptions,
    #[serde(default)]
    pub tags: Vec<String>,
    /// False: created paused.
    #[serde(default = "yes")]
    pub active: bool,
}

const fn yes() -> bool {
    true
}

/// A change of a monitor; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MonitorPatch {
    pub name: Option<String>,
    pub collection_id: Option<String>,
    /// `null`: none.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub environment_id: Option<Option<String>>,
    #[schema(value_type = Option<schema::Schedule>)]
    pub schedule: Option<Schedule>,
    #[schema(value_type = Option<schema::RunOptions>)]
    pub options: Option<RunOptions>,
    pub tags: Option<Vec<String>>,
    pub active: Option<bool>,
}
