//! Users, sessions, tokens, members, settings, activities, notices.

use domain::{
    account::{Role, Scope},
    activity::{Action, Activity, Model},
};
use store::{
    Error, Page, Tx, params,
    tables::{
        accounts::{self, ApiToken, Session},
        activities::{self, ActivityRow},
        mails::{self, Mail},
        notices::{self, Notice},
        settings, workspaces,
    },
};

use crate::{fixture, on_each, read, write};

#[tokio::test]
async fn a_user_logs_in_until_the_session_ends() {
    on_each(|store, _database| async move {
        write(&store, |tx| {
            assert_eq!(accounts::users_count(tx)?, 0);
            fixture::account(tx)?;
            assert_eq!(accounts::users_count(tx)?, 1);
            assert!(!accounts::user_id_is_free(tx, fixture::USER)? && accounts::user_id_is_free(tx, "1")?);
            let session = Session {
                token_hash: "hash".into(),
                user_id: fixture::USER.into(),
                csrf: "csrf".into(),
                created_at: 1,
                expires_at: 100,
            };
            accounts::insert_session(tx, &session)?;
            let (found, user) = accounts::session(tx, "hash", 99)?.expect("a session");
            assert_eq!((found, user), (session, fixture::user(fixture::USER, "ada@example.org")));
            assert_eq!(accounts::session(tx, "hash", 100)?, None);
            assert_eq!(accounts::session(tx, "other", 99)?, None);
            assert!(accounts::set_password(tx, fixture::USER, "new")?);
            assert_eq!(
                accounts::user_by_email(tx, "ada@example.org")?.expect("a user").password_hash,
                "new"
            );
            assert_eq!(accounts::delete_expired_sessions(tx, 99, 10)?, 0);
            assert_eq!(accounts::delete_expired_sessions(tx, 100, 10)?, 1);
            assert!(!accounts::delete_session(tx, "hash")?);
            Ok(())
        })
        .await
        .expect("a write");
        let taken = write(&store, |tx| accounts::insert_user(tx, &fixture::user("2", "ada@example.org"))).await;
        assert!(
            taken.as_ref().is_err_and(|error| error.is_conflict_on("users", "email")),
            "{taken:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_token_is_worth_what_its_user_may_do_in_the_workspace() {
    on_each(|store, _database| async move {
        write(&store, |tx| {
            fixture::account(tx)?;
            let token = ApiToken {
                id: "tok_1".into(),
                workspace_id: fixture::WORKSPACE.into(),
                user_id: fixture::USER.into(),
                name: "CI".into(),
                token_hash: "hash".into(),
                hint: "wxyz".into(),
                scopes: vec![Scope::Read, Scope::Publish],
                created_at: 1,
                expires_at: Some(9),
                last_used_at: None,
            };
            accounts::insert_token(tx, &token)?;
            assert_eq!(accounts::token_by_hash(tx, "hash")?, None, "its user is no member");
            workspaces::set_member(tx, fixture::WORKSPACE, fixture::USER, Role::Viewer, 1)?;
            workspaces::set_member(tx, fixture::WORKSPACE, fixture::USER, Role::Editor, 2)?;
            let (found, user, role) = accounts::token_by_hash(tx, "hash")?.expect("a token");
            assert_eq!((found, user.id.as_str(), role), (token.clone(), fixture::USER, Role::Editor));
            accounts::touch_token(tx, "tok_1", 5)?;
            let listed = accounts::tokens(tx, fixture::WORKSPACE)?;
            assert_eq!(
                listed,
                [ApiToken {
                    last_used_at: Some(5),
                    ..token
                }]
            );
            assert!(!accounts::delete_token(tx, "wsp_other", "tok_1")?);
            assert!(accounts::delete_token(tx, fixture::WORKSPACE, "tok_1")?);
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn members_settings_and_notices() {
    on_each(|store, _database| async move {
        write(&store, |tx| {
            fixture::account(tx)?;
            workspaces::set_member(tx, fixture::WORKSPACE, fixture::USER, Role::Admin, 1)?;
            assert_eq!(workspaces::role(tx, fixture::WORKSPACE, fixture::USER)?, Some(Role::Admin));
            let workspace = workspaces::get(tx, fixture::WORKSPACE)?.expect("a workspace");
            assert_eq!(workspaces::of_user(tx, fixture::USER)?, [(workspace, Role::Admin)]);
            assert_eq!(workspaces::members(tx, fixture::WORKSPACE)?[0].user.email, "ada@example.org");
            assert!(workspaces::set_settings(tx, fixture::WORKSPACE, &serde_json::json!({"a": [1]}))?);
            let workspace = workspaces::get(tx, fixture::WORKSPACE)?.expect("a workspace");
            assert_eq!(workspace.settings["a"][0], 1);
            assert!(workspaces::remove_member(tx, fixture::WORKSPACE, fixture::USER)?);
            assert!(workspaces::of_user(tx, fixture::USER)?.is_empty());

            settings::set(tx, settings::INSTANCE, "days", &14)?;
            settings::set(tx, settings::INSTANCE, "days", &7)?;
            assert_eq!(settings::get::<i64>(tx, settings::INSTANCE, "days")?, Some(7));
            assert_eq!(settings::get::<i64>(tx, fixture::WORKSPACE, "days")?, None);

            let notice = Notice {
                id: "ntc_1".into(),
                workspace_id: fixture::WORKSPACE.into(),
                at: 5,
                kind: "webhook_disabled".into(),
                text: "`Chat` was disabled".into(),
                link: "/webhooks/1".into(),
                count: 1,
                read_at: None,
            };
            notices::insert(tx, &notice)?;
            assert!(notices::mark_read(tx, fixture::WORKSPACE, "ntc_1", 6)?);
            assert!(!notices::mark_read(tx, fixture::WORKSPACE, "ntc_1", 7)?);
            let listed = notices::list(tx, fixture::WORKSPACE, 10)?;
            assert_eq!(
                listed,
                [Notice {
                    read_at: Some(6),
                    ..notice.clone()
                }]
            );

            let open = Notice {
                id: "ntc_2".into(),
                at: 50,
                ..notice
            };
            notices::insert(tx, &open)?;
            let newest = |tx: &mut dyn Tx, kind, since| notices::newest(tx, fixture::WORKSPACE, kind, "/webhooks/1", since);
            assert_eq!(newest(tx, "webhook_disabled", 50)?.as_ref(), Some(&open));
            assert_eq!(newest(tx, "webhook_disabled", 51)?, None);
            assert_eq!(newest(tx, "webhook_recovered", 0)?, None);
            notices::recount(tx, "ntc_2", 9, "nine times")?;
            let told = newest(tx, "webhook_disabled", 0)?.expect("a notice");
            assert_eq!((told.count, told.text.as_str(), told.read_at), (9, "nine times", None));
            assert_eq!(notices::unread(tx, fixture::WORKSPACE)?, 1);
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn pages_of_a_list_hold_every_row_once_even_within_one_instant() {
    on_each(|store, _database| async move {
        write(&store, |tx| {
            fixture::account(tx)?;
            let activity = Activity::new(fixture::USER, "Ada", Action::Create, Model::Monitor, "uid", "Orders");
            for number in 0..25 {
                let row = ActivityRow {
                    id: format!("act_{number:02}"),
                    workspace_id: fixture::WORKSPACE.into(),
                    at: number / 10,
                    activity: activity.clone(),
                };
                activities::insert(tx, &row)?;
            }
            Ok(())
        })
        .await
        .expect("a write");
        let mut page = Page::first(7);
        let mut seen = Vec::new();
        loop {
            let asked = page.clone();
            let listed = read(&store, move |tx| activities::list(tx, fixture::WORKSPACE, &asked))
                .await
                .expect("a page");
            seen.extend(listed.items.into_iter().map(|row| row.id));
            let Some(next) = listed.next else { break };
            page.before = Some(next);
        }
        let expected: Vec<_> = (0..25).rev().map(|number| format!("act_{number:02}")).collect();
        assert_eq!(seen, expected);
        let page = Page {
            before: Some("nonsense".into()),
            limit: 7,
        };
        let refused = read(&store, move |tx| activities::list(tx, fixture::WORKSPACE, &page)).await;
        assert!(matches!(refused, Err(Error::Cursor(_))));
        let none = read(&store, |tx| tx.query("SELECT 1 WHERE 1 = $1", &params![2]))
            .await
            .expect("no rows");
        assert!(none.is_empty());
    })
    .await;
}

#[tokio::test]
async fn mails_wait_in_order_for_the_admins_who_want_them() {
    on_each(|store, _database| async move {
        write(&store, |tx| {
            fixture::account(tx)?;
            workspaces::set_member(tx, fixture::WORKSPACE, fixture::USER, Role::Editor, 1)?;
            assert!(mails::recipients(tx, fixture::WORKSPACE)?.is_empty(), "an editor gets none");
            workspaces::set_member(tx, fixture::WORKSPACE, fixture::USER, Role::Admin, 1)?;
            assert_eq!(mails::recipients(tx, fixture::WORKSPACE)?, ["ada@example.org"]);
            mails::set_wanted(tx, fixture::WORKSPACE, fixture::USER, false)?;
            assert_eq!(mails::wanted(tx, fixture::WORKSPACE, fixture::USER)?, Some(false));
            assert!(mails::recipients(tx, fixture::WORKSPACE)?.is_empty());
            assert_eq!(mails::wanted(tx, fixture::WORKSPACE, "nobody")?, None);

            for (id, due_at) in [("late", 9), ("early", 3)] {
                let mail = Mail {
                    id: id.into(),
                    workspace_id: None,
                    recipient: "ada@example.org".into(),
                    subject: "a".into(),
                    body: "b".into(),
                    attempts: 0,
                    due_at,
                    created_at: 1,
                };
                mails::insert(tx, &mail)?;
            }
            assert_eq!((mails::next_due(tx)?, mails::waiting(tx)?), (Some(3), 2));
            assert_eq!(mails::due(tx, 8, 9)?[0].id, "early");
            mails::begin_try(tx, "early", 20)?;
            let due: Vec<_> = mails::due(tx, 20, 9)?.into_iter().map(|mail| (mail.id, mail.attempts)).collect();
            assert_eq!(due, [("late".to_owned(), 0), ("early".to_owned(), 1)]);
            mails::delete(tx, "late")?;
            assert_eq!(mails::next_due(tx)?, Some(20));
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}
