//! What every request passes before it is routed: whether it is for this instance, how long its body may take, and the headers
//! of its answer. In one place and not in layers, because each layer costs every request its boxes.
//!
//! Publishing one event is the path that must be cheap: it is answered here without asking the router, by the same handler
//! that the router has for it.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::Method,
    response::{IntoResponse as _, Response},
};
use tower::{Service, ServiceExt as _};
use tower_http::timeout::DeadlineBody;

use crate::{
    api::{self, input},
    app::App,
    guard::{headers, host},
    problem,
};

/// The router with what stands before it.
#[derive(Clone)]
pub(crate) struct Front {
    pub app: App,
    pub router: Router,
}

impl Service<Request> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Self { app, router } = self.clone();
        Box::pin(async move { Ok(answer(app, router, request).await) })
    }
}

async fn answer(app: App, router: Router, request: Request) -> Response {
    let policy = headers::policy(host::of(&request), request.uri().path());
    let response = match host::refuse(&request, app.own_host()) {
        Some(problem) => problem::respond(&problem).into_response(),
        None if is_publish(&request) => api::publish(app, request).await,
        None => routed(router, request).await,
    };
    headers::add(response, policy)
}

fn is_publish(request: &Request) -> bool {
    request.method() == Method::POST && request.uri().path() == api::PUBLISH
}

async fn routed(router: Router, request: Request) -> Response {
    match router
        .oneshot(request.map(|body| Body::new(DeadlineBody::new(input::BODY_DEADLINE, body))))
        .await
    {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
