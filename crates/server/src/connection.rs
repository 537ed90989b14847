// Twin: go/server/connection.go

//! A connection that reads one request at a time, waits only so long, and ends without taking an answer
//! away.

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

use actix_web::{
    dev::ServiceRequest,
    rt::{
        net::TcpStream,
        time::{Instant, Sleep, sleep_until, timeout},
    },
    web::BytesMut,
};
use memchr::memchr;
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
/// Says that a connection ends: the rest of a refusal behind its first line.
const CLOSING: &[u8] = b"connection: close\r\ncontent-length: 0\r\n\r\n";

/// What a connection and the handler of its request tell each other.
#[derive(Default)]
pub(crate) struct Turn {
    /// Whether there is a body of which something has to come.
    pub(crate) body: Cell<bool>,
    /// Whether the handler is done.
    pub(crate) answered: Cell<bool>,
}

impl Turn {
    pub(crate) fn of(request: &ServiceRequest) -> Rc<Self> {
        request.conn_data().cloned().unwrap_or_default()
    }
}

/// A connection whose reads and writes fail when they have waited too long. It reads one request, and the
/// next only when that one is answered: Actix keeps a single note of whether an answer has a body and
/// whether the connection stays, and the last request that it has read decides.
pub(crate) struct Limited {
    reader: Rc<RefCell<OwnedReadHalf>>,
    /// When it is dropped, the client is told that nothing more comes.
    writer: OwnedWriteHalf,
    limits: Limits,
    place: Rc<Place>,
    pub(crate) turn: Rc<Turn>,
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
    /// What has to be written in place of Actix's own refusal.
    refusal: BytesMut,
    head: Alarm,
    write: Alarm,
}

impl Limited {
    /// The connection for Actix, and what is left of it when Actix has dropped it.
    pub(crate) fn new(
        stream: TcpStream,
        limits: Limits,
        places: Arc<Semaphore>,
    ) -> (Self, Ended) {
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
            refusal: BytesMut::new(),
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
        let mut reader = self.reader.borrow_mut();
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
                    ready!(
                        Pin::new(&mut *reader).poll_read(context, &mut come)
                    )?;
                    if come.filled().is_empty() {
                        return Poll::Ready(Ok(()));
                    }
                    self.held.extend_from_slice(come.filled());
                }
            }
        }
    }
}

impl Limited {
    /// Writes; what Actix itself refuses also says that the connection ends, as net/http does.
    fn write_closing(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut writer = Pin::new(&mut self.writer);
        let refuses =
            !self.turn.answered.get() && bytes.get(8..10) == Some(b" 4");
        let Some(line) = memchr(b'\n', bytes).filter(|_| refuses) else {
            return writer.poll_write(context, bytes);
        };
        if self.refusal.is_empty() {
            self.refusal.extend_from_slice(&bytes[..=line]);
            self.refusal.extend_from_slice(CLOSING);
        }
        while !self.refusal.is_empty() {
            let written =
                ready!(writer.as_mut().poll_write(context, &self.refusal))?;
            let _ = self.refusal.split_to(written);
        }
        Poll::Ready(Ok(bytes.len()))
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
        } else if read.is_pending()
            && (this.head_since.is_some() || this.framing.has_begun())
        {
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
        let wrote = this.write_closing(context, bytes);
        if wrote.is_ready() {
            this.stuck = None;
            return wrote;
        }
        let since = *this.stuck.get_or_insert_with(Instant::now);
        this.write.poll(context, since + this.limits.body)
    }

    /// Actix flushes when it has written all that it has: once its handler is done, that is a whole answer.
    fn poll_flush(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
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

    fn poll_shutdown(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().writer).poll_shutdown(context)
    }
}

/// A place that will be free at some time.
type Waiting =
    Pin<Box<dyn Future<Output = Result<OwnedSemaphorePermit, AcquireError>>>>;

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
pub(crate) struct Ended {
    reader: Rc<RefCell<OwnedReadHalf>>,
    _place: Rc<Place>,
}

impl Ended {
    /// Discards what still comes until the client closes, too: if the connection was closed before that is
    /// read, the system would reset it, and drop what the client has not taken yet.
    pub(crate) async fn linger(self) {
        let mut discarded = [0; 8 << 10];
        let mut bytes = 0;
        let discard = poll_fn(|context| {
            let mut reader = self.reader.borrow_mut();
            while bytes < DISCARDS {
                let mut buffer = ReadBuf::new(&mut discarded);
                let read = ready!(
                    Pin::new(&mut *reader).poll_read(context, &mut buffer)
                );
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
    fn poll<T>(
        &mut self,
        context: &mut Context<'_>,
        until: Instant,
    ) -> Poll<io::Result<T>> {
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
