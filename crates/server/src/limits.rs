// Twin: go/server/limits.go

//! Limits that Actix does not set: for the head of each request but a connection's first, for a body, for
//! an answer that nobody reads, for all connections together; and an end that takes no answer away.
//! `HttpServer` lets nothing come between it and its connections, so that the same services are put
//! together here.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    io,
    mem::MaybeUninit,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use actix_http::{HttpService, Protocol};
use actix_service::{apply_fn_factory, map_config};
use actix_web::{
    App, HttpResponse,
    dev::{AppConfig, Server, Service as _, ServiceRequest},
    error::InternalError,
    http::{ConnectionType, header::ContentType},
    rt::{
        net::TcpStream,
        time::{Instant, Sleep, sleep_until, timeout},
    },
    web::{BytesMut, ServiceConfig},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::tcp::{OwnedReadHalf, OwnedWriteHalf},
    sync::{AcquireError, OwnedSemaphorePermit, Semaphore},
};

use crate::{
    Limits,
    framing::{Framing, Part},
};

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
        // A worker's limit; what it takes beyond all workers' waits for its place.
        .max_concurrent_connections(limits.connections.div_ceil(workers))
        .disable_signals(); // SIGINT would cut off what has begun
    let places = Arc::new(Semaphore::new(limits.connections));
    let stopping = server.graceful_shutdown_signal();
    let server = server.listen("http", listener, move || {
        let app = App::new().configure(routes.clone());
        let app = app.wrap_fn(move |request, service| {
            let turn = Turn::of(&request);
            let answer = service.call(request);
            async move {
                // Nothing but a body can make a request wait.
                let mut answer = if turn.body.get() {
                    let answer = timeout(limits.body, answer).await;
                    answer.unwrap_or_else(|_| Err(too_slow().into()))
                } else {
                    answer.await
                };
                if let (true, Ok(answer)) = (turn.body.get(), &mut answer) {
                    let head = answer.response_mut().head_mut();
                    head.set_connection_type(ConnectionType::Close); // nobody will read the rest
                }
                turn.answered.set(true);
                answer
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
            .on_connect_ext(|connection: &Limited, data| {
                data.insert(connection.turn.clone());
            })
            .finish(map_config(app, |()| AppConfig::default()));
        let places = places.clone();
        apply_fn_factory(http, move |stream: TcpStream, http| {
            let peer = stream.peer_addr().ok();
            let (connection, ended) = Limited::new(stream, limits, places.clone());
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

/// The answer to a body that took too long.
fn too_slow() -> InternalError<&'static str> {
    let answer = HttpResponse::RequestTimeout()
        .force_close()
        .content_type(ContentType::plaintext())
        .body("Request Timeout\n");
    InternalError::from_response("the body took too long", answer)
}

/// What a connection and the handler of its request tell each other.
#[derive(Default)]
struct Turn {
    /// Whether there is a body of which something has to come.
    body: Cell<bool>,
    /// Whether the handler is done.
    answered: Cell<bool>,
}

impl Turn {
    fn of(request: &ServiceRequest) -> Rc<Self> {
        request.conn_data().cloned().unwrap_or_default()
    }
}

/// A connection whose reads and writes fail when they have waited too long. It reads one request, and the
/// next only when that one is answered: Actix keeps a single note of whether an answer has a body and
/// whether the connection stays, and the last request that it has read decides.
struct Limited {
    reader: Rc<RefCell<OwnedReadHalf>>,
    /// When it is dropped, the client is told that nothing more comes.
    writer: OwnedWriteHalf,
    limits: Limits,
    place: Rc<Place>,
    turn: Rc<Turn>,
    framing: Framing,
    /// What has come and is not handed on yet.
    held: BytesMut,
    /// How much of it can be handed on.
    free: usize,
    /// Whether something may have come that has to wait for its turn.
    waits: bool,
    /// Since when a head has to come, the first one with the connection.
    head_since: Option<Instant>,
    /// Since when an answer could not be written on.
    stuck: Option<Instant>,
    head: Alarm,
    write: Alarm,
}

impl Limited {
    /// The connection for Actix, and what is left of it when Actix has dropped it.
    fn new(stream: TcpStream, limits: Limits, places: Arc<Semaphore>) -> (Self, Ended) {
        let (reader, writer) = stream.into_split();
        let reader = Rc::new(RefCell::new(reader));
        let place = Rc::new(Place::new(places));
        let ended = Ended {
            reader: reader.clone(),
            _place: place.clone(),
        };
        let connection = Limited {
            reader,
            writer,
            limits,
            place,
            turn: Rc::default(),
            framing: Framing::new(),
            held: BytesMut::new(),
            free: 0,
            waits: false,
            head_since: None,
            stuck: None,
            head: Alarm(None),
            write: Alarm(None),
        };
        (connection, ended)
    }

    /// Hands on what has come of the present request; nothing stands for the end.
    fn read(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let reader = self.reader.clone();
        let mut reader = reader.borrow_mut();
        loop {
            if self.free > 0 {
                let bytes = self.free.min(buffer.remaining());
                buffer.put_slice(&self.held.split_to(bytes));
                self.free -= bytes;
                return Poll::Ready(Ok(()));
            }
            match self.framing.part() {
                Part::Broken => return Poll::Ready(Ok(())),
                Part::Whole => {
                    self.waits = !self.held.is_empty()
                        || reader.as_ref().poll_read_ready(context).is_ready();
                    return Poll::Pending;
                }
                _ => {}
            }
            if self.held.is_empty() {
                let before = buffer.filled().len();
                ready!(Pin::new(&mut *reader).poll_read(context, buffer))?;
                let come = &mut buffer.filled_mut()[before..];
                let free = self.framing.take(come);
                self.held.extend_from_slice(&come[free..]);
                let ended = come.is_empty();
                buffer.set_filled(before + free);
                if free > 0 || ended {
                    return Poll::Ready(Ok(()));
                }
            } else {
                self.free = self.framing.take(&mut self.held);
                if self.free == 0 && self.framing.part() != Part::Broken {
                    let mut space = [MaybeUninit::uninit(); 8 << 10];
                    let mut come = ReadBuf::uninit(&mut space);
                    ready!(Pin::new(&mut *reader).poll_read(context, &mut come))?;
                    if come.filled().is_empty() {
                        return Poll::Ready(Ok(()));
                    }
                    self.held.extend_from_slice(come.filled());
                }
            }
        }
    }
}

impl AsyncRead for Limited {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.place.is_taken() {
            ready!(this.place.poll(context));
            this.head_since = Some(Instant::now());
        }
        let read = this.read(context, buffer);
        this.turn.body.set(this.framing.in_body());
        if !this.framing.in_head() {
            this.head_since = None;
        } else if read.is_pending() && (this.head_since.is_some() || this.framing.has_begun()) {
            let since = *this.head_since.get_or_insert_with(Instant::now);
            return this.head.poll(context, since + this.limits.head);
        }
        read
    }
}

impl AsyncWrite for Limited {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let wrote = Pin::new(&mut this.writer).poll_write(context, bytes);
        if wrote.is_ready() {
            this.stuck = None;
            return wrote;
        }
        let since = *this.stuck.get_or_insert_with(Instant::now);
        this.write.poll(context, since + this.limits.body)
    }

    /// Actix flushes when it has written all that it has: once its handler is done, that is a whole answer.
    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.turn.answered.take() {
            if this.framing.part() == Part::Whole {
                this.framing.next();
            } else {
                this.framing.break_off();
                this.waits = true; // for the end
            }
            if this.waits {
                this.waits = false;
                context.waker().wake_by_ref();
            }
        }
        Pin::new(&mut this.writer).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().writer).poll_shutdown(context)
    }
}

/// A place that will be free at some time.
type Waiting = Pin<Box<dyn Future<Output = Result<OwnedSemaphorePermit, AcquireError>>>>;

/// A place among the connections: until it is free, nothing is read.
struct Place {
    waiting: RefCell<Waiting>,
    taken: RefCell<Option<OwnedSemaphorePermit>>,
}

impl Place {
    fn new(places: Arc<Semaphore>) -> Self {
        Place {
            waiting: RefCell::new(Box::pin(places.acquire_owned())),
            taken: RefCell::new(None),
        }
    }

    fn is_taken(&self) -> bool {
        self.taken.borrow().is_some()
    }

    fn poll(&self, context: &mut Context<'_>) -> Poll<()> {
        let place = ready!(self.waiting.borrow_mut().as_mut().poll(context));
        *self.taken.borrow_mut() = place.ok();
        Poll::Ready(())
    }
}

/// What is left of a connection that has ended.
struct Ended {
    reader: Rc<RefCell<OwnedReadHalf>>,
    _place: Rc<Place>,
}

impl Ended {
    /// Discards what still comes until the client closes, too: if the connection was closed before that is
    /// read, the system would reset it, and drop what the client has not taken yet.
    async fn linger(self) {
        let mut discarded = [0; 8 << 10];
        let mut bytes = 0;
        let discard = poll_fn(|context| {
            let mut reader = self.reader.borrow_mut();
            while bytes < DISCARDS {
                let mut buffer = ReadBuf::new(&mut discarded);
                let read = ready!(Pin::new(&mut *reader).poll_read(context, &mut buffer));
                if read.is_err() || buffer.filled().is_empty() {
                    break;
                }
                bytes += buffer.filled().len();
            }
            Poll::Ready(())
        });
        let _ = timeout(LINGERS, discard).await;
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
