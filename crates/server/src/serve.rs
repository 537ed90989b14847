// Twin: go/server/serve.go

//! The command `serve`, and a server that runs beside the program.

use std::{
    ffi::OsString,
    fs, io,
    net::{SocketAddr, TcpListener},
    thread::{self, JoinHandle},
};

use actix_web::{rt::System, web::Data};
use pair::{Command, Flags, Out, Stop, heap::Heap, quote, reason};
use server::{Figures, Site, serve};
use tokio::sync::oneshot;

pub const COMMAND: Command = Command {
    usage: "serve [--listen ADDRESS] [--workers N]",
    says: "serves until SIGTERM or SIGINT (127.0.0.1:8080, 4 workers)",
    run: command,
};

fn command(arguments: &[OsString], out: &Out) -> Result<(), Stop> {
    let flags = Flags::parse(arguments, &["--listen", "--workers"], &[])?;
    flags.at_most(0)?;
    let workers = flags.number("--workers", 1, 64, 4)?;
    let address = address(flags.get("--listen").unwrap_or("127.0.0.1:8080"))?;
    System::new().block_on(async {
        // Who reads the address may already send a signal.
        let stop = told_to_stop()?;
        let listener = TcpListener::bind(address).map_err(|error| {
            Stop::Failed(format!("cannot listen on {address}: {}", reason(&error)))
        })?;
        out.line(listener.local_addr()?);
        out.finish()?;
        Ok(serve(listener, workers, site(), stop).await?)
    })
}

/// An address of digits: names and zones are read differently in the two languages.
fn address(text: &str) -> Result<SocketAddr, Stop> {
    let address = text.parse().ok().filter(|_| !text.contains('%'));
    let shown = quote(text.as_bytes());
    address.ok_or_else(|| {
        Stop::Usage(format!(
            "--listen: {shown} is not an address like 127.0.0.1:8080"
        ))
    })
}

#[cfg(unix)]
fn told_to_stop() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use std::{future::poll_fn, task::Poll};

    use actix_web::rt::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(poll_fn(move |context| {
        let told =
            terminate.poll_recv(context).is_ready() || interrupt.poll_recv(context).is_ready();
        if told { Poll::Ready(()) } else { Poll::Pending }
    }))
}

#[cfg(not(unix))]
fn told_to_stop() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        let _ = actix_web::rt::signal::ctrl_c().await;
    })
}

/// A server on loopback, in a thread of its own; it stops when it is dropped.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: JoinHandle<io::Result<()>>,
}

impl Running {
    pub fn start(address: SocketAddr, workers: usize) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            let stopped = async {
                let _ = stopped.await;
            };
            System::new().block_on(serve(listener, workers, site(), stopped))
        });
        Ok(Running {
            address,
            stop: Some(stop),
            thread,
        })
    }

    /// Tells the server to stop, and does not wait.
    pub fn stop(&mut self) {
        self.stop = None;
    }

    /// Stops the server and waits until every request has its answer.
    pub fn end(mut self) -> io::Result<()> {
        self.stop();
        self.thread
            .join()
            .map_err(|_| io::Error::other("the server panicked"))?
    }
}

pub fn site() -> Data<Site> {
    Data::new(Site {
        requests: 0.into(),
        measure: figures,
    })
}

fn figures(requests: usize) -> Figures {
    let heap = Heap::now();
    Figures {
        requests,
        threads: threads(),
        allocated_bytes: heap.allocated,
        freed_bytes: heap.freed,
        // No collector: nothing to count.
        collections: 0,
        paused_nanoseconds: 0,
    }
}

/// How many threads the process has, as Linux counts them; 0 elsewhere.
pub fn threads() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("Threads:"));
    line.and_then(|count| count.trim().parse().ok())
        .unwrap_or(0)
}
