// Twin: go/server/limits.go

//! Limits that Actix does not set: for the head of each request but a connection's first, for a body, for
//! an answer that nobody reads, for all connections together; and an end that takes no answer away.
//! `HttpServer` lets nothing come between it and its connections, so that the same services are put
//! together here.

use std::{io, rc::Rc, sync::Arc, time::Duration};

use actix_http::{HttpService, Protocol};
use actix_service::{apply_fn_factory, map_config};
use actix_web::{
    App, Error, HttpResponse,
    body::BoxBody,
    dev::{AppConfig, Server, Service as _, ServiceResponse},
    error::InternalError,
    http::{
        ConnectionType, StatusCode,
        header::{CONTENT_TYPE, ContentType, TryIntoHeaderValue as _},
    },
    rt::{net::TcpStream, time::timeout},
    web::ServiceConfig,
};
use tokio::sync::Semaphore;

use crate::{
    Limits,
    connection::{Limited, Turn},
};

/// Largest limit for connections; a larger one counts as this.
const MAX_CONNECTIONS: usize = 1_000_000;

/// What `HttpServer` builds, with limited connections.
pub(crate) fn listen(
    listener: std::net::TcpListener,
    workers: usize,
    limits: Limits,
    routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> io::Result<Server> {
    let (workers, limits) = (workers.max(1), sensible(limits));
    let server = Server::build()
        .workers(workers)
        // A worker's limit; what it takes beyond all workers' waits for its place.
        .max_concurrent_connections(limits.connections.div_ceil(workers))
        .disable_signals(); // SIGINT would cut off what has begun
    let places = Arc::new(Semaphore::new(limits.connections));
    let stopping = server.graceful_shutdown_signal();
    let server = server.listen("http", listener, move || {
        let app = App::new().configure(routes.clone());
        let app = app.wrap_fn(move |request, service| {
            let turn = Turn::of(&request);
            in_time(turn, limits, service.call(request))
        });
        let stopping = stopping.clone();
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .client_request_timeout(Duration::ZERO) // its clock stands still while a worker is busy
            .client_disconnect_timeout(Duration::ZERO) // what still comes is discarded here
            .keep_alive(limits.idle)
            .on_connect_ext(|connection: &Limited, data| {
                data.insert(connection.turn.clone());
            })
            .finish(map_config(app, |()| AppConfig::default()));
        let places = places.clone();
        apply_fn_factory(http, move |stream: TcpStream, http| {
            let peer = stream.peer_addr().ok();
            let (connection, ended) =
                Limited::new(stream, limits, places.clone());
            let talk = http.call((connection, Protocol::Http1, peer));
            async move {
                // However it ended: once the connection is dropped, the client is told that no more comes.
                let outcome = talk.await;
                ended.linger().await;
                outcome
            }
        })
    })?;
    Ok(server.run())
}

/// Limits that make sense: times from a millisecond to a day, and a number of connections in its range.
fn sensible(limits: Limits) -> Limits {
    let time = |time: Duration| {
        time.clamp(Duration::from_millis(1), Duration::from_hours(24))
    };
    Limits {
        head: time(limits.head),
        body: time(limits.body),
        idle: time(limits.idle),
        connections: limits.connections.clamp(1, MAX_CONNECTIONS),
    }
}

/// Answers a request in its time; what nobody will read of its body ends the connection.
async fn in_time(
    turn: Rc<Turn>,
    limits: Limits,
    answer: impl Future<Output = Result<ServiceResponse, Error>>,
) -> Result<ServiceResponse, Error> {
    // Nothing but a body can make a request wait.
    let mut answer = if turn.body.get() {
        let answer = timeout(limits.body, answer).await;
        answer.unwrap_or_else(|_| Err(too_slow().into()))
    } else {
        answer.await
    };
    if let (true, Ok(answer)) = (turn.body.get(), &mut answer) {
        let head = answer.response_mut().head_mut();
        head.set_connection_type(ConnectionType::Close);
    }
    turn.answered.set(true);
    let is_refusal = |status: StatusCode| {
        status.is_client_error() || status.is_server_error()
    };
    match answer {
        Ok(answer) if is_refusal(answer.status()) => Ok(explain(answer)),
        answer => answer,
    }
}

/// Gives a refusal net/http's words.
fn explain(mut refusal: ServiceResponse) -> ServiceResponse {
    let words = match refusal.status() {
        StatusCode::NOT_FOUND => "404 page not found",
        status => status.canonical_reason().unwrap_or_default(),
    };
    if let Ok(plain) = ContentType::plaintext().try_into_value() {
        refusal.headers_mut().insert(CONTENT_TYPE, plain);
    }
    refusal.map_body(|_, _| BoxBody::new(format!("{words}\n")))
}

/// The answer to a body that took too long.
fn too_slow() -> InternalError<&'static str> {
    let answer = HttpResponse::RequestTimeout()
        .force_close()
        .content_type(ContentType::plaintext())
        .body("Request Timeout\n");
    InternalError::from_response("the body took too long", answer)
}
