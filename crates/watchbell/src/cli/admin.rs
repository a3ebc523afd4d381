//! `watchbell admin`: what is done with a data folder while its server is stopped.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;
use web::{
    App,
    actions::{accounts, tokens},
};

use super::{Output, demo, opened};
use crate::config::Config;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create the first admin, a workspace and an API token with every scope
    Bootstrap {
        /// E-mail address of the admin
        #[arg(long)]
        email: String,
        /// Name of the admin
        #[arg(long, default_value = "Admin")]
        name: String,
        /// Password, at least 12 characters [default: a random one, printed]
        #[arg(long, env = "WATCHBELL_ADMIN_PASSWORD", hide_env_values = true)]
        password: Option<String>,
        #[arg(long, value_enum, default_value_t)]
        output: Output,
    },
    /// Copy the database to a file (SQLite)
    Backup {
        /// The file to make
        file: std::path::PathBuf,
    },
}

pub async fn run(config: &Config, command: Command) -> Result<ExitCode> {
    let store = opened::store(config).await?;
    let done = match command {
        Command::Bootstrap {
            email,
            name,
            password,
            output,
        } => {
            let app = opened::app(config, store.clone(), config.server.listen, false)?;
            bootstrap(&app, &email, &name, password, output).await
        }
        Command::Backup { file } => store.backup_to(&file).await.map_err(Into::into),
    };
    store.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn bootstrap(app: &App, email: &str, name: &str, password: Option<String>, output: Output) -> Result<()> {
    let password = password.unwrap_or_else(|| domain::secret::generate_token("")[..20].to_owned());
    let setup = demo::input(json!({"email": email, "name": name, "password": password}))?;
    let logged_in = accounts::setup_first_admin(app, setup).await?;
    let caller = demo::caller(app, &logged_in.token).await?;
    let every_scope = demo::input(json!({"name": "bootstrap", "scopes": ["read", "write", "admin", "publish"]}))?;
    let made = tokens::create(app, &caller, every_scope).await?;
    let (user, workspace) = (&caller.user.id, &caller.workspace.id);
    if output == Output::Json {
        let shown = json!({"email": email, "password": password, "workspace_id": workspace, "user_id": user, "token": made.token});
        anstream::println!("{shown}");
    } else {
        anstream::println!(
            "login     {email}\npassword  {password}\nworkspace {workspace}\ntoken     {}",
            made.token
        );
    }
    Ok(())
}
