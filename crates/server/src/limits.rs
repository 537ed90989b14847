// Twin: go/server/limits.go

//! Limits that Actix does not set: for the head of each request but a connection's first, for a body, and
//! for an answer that nobody reads; and an end that takes no answer away. `HttpServer` lets nothing come
//! between it and its connections, so that the same services are put together here.

use std::{
    cell::Cell,
    future::ready,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
    time::Duration,
};

use actix_http::{HttpService, Protocol};
use actix_service::{ServiceFactoryExt as _, fn_service, map_config};
use actix_web::{
    App, HttpResponse,
    dev::{AppConfig, Server, Service as _, ServiceRequest},
    error::InternalError,
    http::header::ContentType,
    rt::{
        net::TcpStream,
        time::{Instant, Sleep, sleep_until, timeout},
    },
    web::ServiceConfig,
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::Limits;

/// How long a connection that ends discards what still comes.
const LINGERS: Duration = Duration::from_secs(1);
/// How much of it: about as much as the system's buffers hold.
const DISCARDS: usize = 16 << 20;

/// What `HttpServer` builds, with limited connections.
pub(crate) fn listen(
    listener: std::net::TcpListener,
    workers: usize,
    limits: Limits,
    routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> io::Result<Server> {
    let server = Server::build()
        .workers(workers)
        .max_concurrent_connections(limits.connections.div_ceil(workers))
        .disable_signals(); // SIGINT would cut off what has begun
    let stopping = server.graceful_shutdown_signal();
    let server = server.listen("http", listener, move || {
        let app = App::new().configure(routes.clone());
        let app = app.wrap_fn(move |request, service| {
            let doing = Doing::of(&request);
            doing.set(Doing::Request);
            let answer = service.call(request);
            async move {
                let answer = timeout(limits.body, answer).await;
                doing.set(Doing::Nothing);
                answer.unwrap_or_else(|_| Err(too_slow().into()))
            }
        });
        let stopping = stopping.clone();
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .client_request_timeout(Duration::ZERO) // its clock stands still while a worker is busy
            .client_disconnect_timeout(Duration::from_secs(1)) // as HttpServer
            .keep_alive(limits.idle)
            .on_connect_ext(|stream: &Limited, data| {
                data.insert(stream.doing.clone());
            })
            .finish(map_config(app, |()| AppConfig::default()));
        fn_service(move |stream: TcpStream| {
            let peer = stream.peer_addr().ok();
            ready(Ok((Limited::new(stream, limits), Protocol::Http1, peer)))
        })
        .and_then(http)
    })?;
    Ok(server.run())
}

/// The answer to a body that took too long.
fn too_slow() -> InternalError<&'static str> {
    let answer = HttpResponse::RequestTimeout()
        .force_close()
        .content_type(ContentType::plaintext())
        .body("Request Timeout\n");
    InternalError::from_response("the body took too long", answer)
}

/// What goes on on a connection.
#[derive(Clone, Copy)]
enum Doing {
    Nothing,
    /// A head has to come; it began then, the first one with the connection.
    Head(Instant),
    /// A handler is at work.
    Request,
}

impl Doing {
    fn of(request: &ServiceRequest) -> Rc<Cell<Self>> {
        let found = request.conn_data::<Rc<Cell<Self>>>();
        found.map_or_else(|| Rc::new(Cell::new(Doing::Nothing)), Rc::clone)
    }
}

/// A connection whose reads and writes fail when they have waited too long.
struct Limited {
    stream: TcpStream,
    limits: Limits,
    doing: Rc<Cell<Doing>>,
    /// Since when an answer could not be written on.
    stuck: Option<Instant>,
    head: Alarm,
    write: Alarm,
    linger: Option<Linger>,
}

impl Limited {
    fn new(stream: TcpStream, limits: Limits) -> Self {
        Limited {
            stream,
            limits,
            doing: Rc::new(Cell::new(Doing::Head(Instant::now()))),
            stuck: None,
            head: Alarm(None),
            write: Alarm(None),
            linger: None,
        }
    }

    fn wrote(
        &mut self,
        context: &mut Context<'_>,
        wrote: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if wrote.is_ready() {
            if self.stuck.take().is_some() {
                context.waker().wake_by_ref(); // now there may be something to read
            }
            return wrote;
        }
        let since = *self.stuck.get_or_insert_with(Instant::now);
        self.write.poll(context, since + self.limits.body)
    }
}

impl AsyncRead for Limited {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // Or whoever reads no answers could ask for more and more of them.
        if this.stuck.is_some() {
            return Poll::Pending;
        }
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        match (this.doing.get(), read) {
            (Doing::Nothing, Poll::Ready(read)) => {
                this.doing.set(Doing::Head(Instant::now()));
                Poll::Ready(read)
            }
            (Doing::Head(since), Poll::Pending) => {
                this.head.poll(context, since + this.limits.head)
            }
            (_, read) => read,
        }
    }
}

impl AsyncWrite for Limited {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let wrote = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.wrote(context, wrote)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let linger = match &mut this.linger {
            Some(linger) => linger,
            none => {
                ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
                none.insert(Linger::new())
            }
        };
        linger.poll(&mut this.stream, context).map(Ok)
    }
}

/// Discards what still comes until the client closes, too: if the connection was closed before that is
/// read, the system would reset it, and drop what the client has not taken yet.
struct Linger {
    until: Instant,
    bytes: usize,
    alarm: Alarm,
}

impl Linger {
    fn new() -> Self {
        Linger {
            until: Instant::now() + LINGERS,
            bytes: DISCARDS,
            alarm: Alarm(None),
        }
    }

    fn poll(&mut self, stream: &mut TcpStream, context: &mut Context<'_>) -> Poll<()> {
        let mut discarded = [0; 8 << 10];
        loop {
            let mut buffer = ReadBuf::new(&mut discarded);
            let read = Pin::new(&mut *stream).poll_read(context, &mut buffer);
            let bytes = buffer.filled().len();
            match read {
                Poll::Ready(Ok(())) if 0 < bytes && bytes < self.bytes => self.bytes -= bytes,
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => {
                    let late = self.alarm.poll::<()>(context, self.until);
                    return late.map(|_| ());
                }
            }
        }
    }
}

/// A timer that is set again only once it has rung: almost no request needs that.
struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    /// Fails at this time, which never lies before the one of an earlier call.
    fn poll<T>(&mut self, context: &mut Context<'_>, until: Instant) -> Poll<io::Result<T>> {
        let alarm = self.0.get_or_insert_with(|| Box::pin(sleep_until(until)));
        loop {
            ready!(alarm.as_mut().poll(context));
            if Instant::now() >= until {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            alarm.as_mut().reset(until);
        }
    }
}
