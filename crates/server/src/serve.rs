// Twin: go/server/serve.go

//! The command `serve`, and a server that runs beside the program.

use std::{
    ffi::OsString,
    fs, io,
    net::{SocketAddr, TcpListener},
    thread::{self, JoinHandle},
};

use actix_web::{
    rt::System,
    web::{Data, ServiceConfig},
};
use pair::{Command, Flags, Out, Stop, heap::Heap, quote, reason};
use server::{Figures, Site, serve};
use tokio::sync::oneshot;

use crate::experiment::{self, Experiment};

pub const COMMAND: Command = Command {
    usage: "serve [--listen ADDRESS] [--workers N] [--live-objects N] [--payload BYTES] \
            [--pooled | --pooled-uncleared] [--probe]",
    says: "serves until SIGTERM or SIGINT (127.0.0.1:8080, 4 workers)",
    run: command,
};

fn command(arguments: &[OsString], out: &Out) -> Result<(), Stop> {
    let names = [&["--listen", "--workers"], &experiment::FLAGS[..]].concat();
    let flags = Flags::parse(arguments, &names, &experiment::SWITCHES)?;
    flags.at_most(0)?;
    let workers = flags.number("--workers", 1, 64, 4)?;
    let address = address(flags.get("--listen").unwrap_or("127.0.0.1:8080"))?;
    // Who reads the address finds the long-lived objects built.
    let experiment = Data::new(Experiment::new(&flags)?);
    let site = site();
    let routes = move |config: &mut ServiceConfig| {
        config.app_data(site.clone());
        Experiment::routes(&experiment, config);
    };
    System::new().block_on(async {
        // Who reads the address may already send a signal.
        let stop = told_to_stop()?;
        let listener = TcpListener::bind(address).map_err(|error| {
            Stop::Failed(format!("cannot listen on {address}: {}", reason(&error)))
        })?;
        out.line(listener.local_addr()?);
        out.finish()?;
        Ok(serve(listener, workers, routes, stop).await?)
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
            let site = site();
            let routes = move |config: &mut ServiceConfig| {
                config.app_data(site.clone());
                server::routes(config);
            };
            System::new().block_on(serve(listener, workers, routes, stopped))
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

/// How many threads the process has.
pub fn threads() -> usize {
    status("Threads:")
}

/// A number that Linux tells of the process; 0 elsewhere.
pub fn status(label: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(label));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or(0)
}
