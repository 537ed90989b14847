// Twin: go/server/serve.go

//! The command `serve`, and a server that runs beside the program.

use std::{
    ffi::OsString,
    fs::File,
    io,
    net::{SocketAddr, TcpListener},
    thread::{self, JoinHandle},
    time::Duration,
};

use actix_web::{
    rt::System,
    web::{Data, ServiceConfig},
};
use pair::{Command, Flags, Out, Stop, heap::Heap, quote, reason};
use server::{Figures, Limits, Site, serve};
use tokio::sync::oneshot;

use crate::{
    experiment::{self, Experiment},
    process::threads,
};

pub const COMMAND: Command = Command {
    usage: "serve [OPTION]...",
    says: "serves until SIGTERM or SIGINT",
    operations: &[],
    options: &[
        ("--listen ADDRESS", "where, usually 127.0.0.1:8080"),
        ("--workers N", "1 to 64 workers, usually 4"),
        (
            "--head-limit MS",
            "how long a request's head may take, usually 5000",
        ),
        (
            "--body-limit MS",
            "how long its body may take, usually 30000",
        ),
        (
            "--idle-limit MS",
            "how long a connection may idle, usually 60000",
        ),
        (
            "--connections N",
            "how many connections there may be, usually 16384",
        ),
        (
            "--live-objects N",
            "long-lived objects in memory, usually 0",
        ),
        ("--payload BYTES", "what a request touches, usually 1048576"),
        ("--pooled", "takes that memory from a pool, and clears it"),
        (
            "--pooled-uncleared",
            "takes it from a pool, and leaves it as it is",
        ),
        (
            "--mixed N",
            "takes either at random; /times reports the last N requests",
        ),
        ("--probe", "measures how late a thread wakes"),
    ],
    run: command,
};

/// The options with a value that belong to no experiment.
const FLAGS: [&str; 6] = [
    "--listen",
    "--workers",
    "--head-limit",
    "--body-limit",
    "--idle-limit",
    "--connections",
];

/// How many descriptors a server has beside those of its workers: listener, acceptor, signals, a runtime,
/// and one for a connection.
const OWN_DESCRIPTORS: usize = 10;
/// How many a worker has: its event loop twice, what wakes it, signals.
const WORKER_DESCRIPTORS: usize = 4;

fn command(arguments: &[OsString], out: &Out) -> Result<(), Stop> {
    let names = [&FLAGS[..], &experiment::FLAGS].concat();
    let flags = Flags::parse(arguments, &names, &experiment::SWITCHES)?;
    flags.at_most(0)?;
    let workers = flags.number("--workers", 1, 64, 4)?;
    let address = address(flags.get("--listen").unwrap_or("127.0.0.1:8080"))?;
    let limits = limits(&flags)?;
    // Who reads the address finds the long-lived objects built.
    let experiment = Data::new(Experiment::new(&flags)?);
    let site = site();
    let routes = move |config: &mut ServiceConfig| {
        config.app_data(site.clone());
        Experiment::routes(&experiment, config);
    };
    allow_descriptors();
    reserve_descriptors(workers).map_err(|error| {
        let why = reason(&error);
        Stop::Failed(format!("cannot serve with {workers} workers: {why}"))
    })?;
    System::new().block_on(async {
        // Who reads the address may already send a signal.
        let stop = told_to_stop()?;
        let listener = listen(address).map_err(|error| {
            Stop::Failed(format!(
                "cannot listen on {address}: {}",
                reason(&error)
            ))
        })?;
        out.line(listener.local_addr()?);
        out.finish()?;
        Ok(serve(listener, workers, limits, routes, stop).await?)
    })
}

fn limits(flags: &Flags) -> Result<Limits, Stop> {
    let usual = Limits::usual();
    let time = |flag: &str, usual: Duration| {
        let milliseconds =
            flags.number(flag, 1, 3_600_000, usual.as_millis() as usize)?;
        Ok::<_, Stop>(Duration::from_millis(milliseconds as u64))
    };
    Ok(Limits {
        head: time("--head-limit", usual.head)?,
        body: time("--body-limit", usual.body)?,
        idle: time("--idle-limit", usual.idle)?,
        connections: flags.number(
            "--connections",
            1,
            1_000_000,
            usual.connections,
        )?,
    })
}

/// Takes as many descriptors as the system allows, which Go's runtime does by itself.
fn allow_descriptors() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

        let maximum = getrlimit(Resource::Nofile).maximum;
        let current = maximum;
        // Where that is refused, there are fewer.
        let _ = setrlimit(Resource::Nofile, Rlimit { current, maximum });
    }
}

/// Fails where there are not as many descriptors as a server has before its first connection: Actix panics
/// where one is missing.
fn reserve_descriptors(workers: usize) -> io::Result<()> {
    let needed = OWN_DESCRIPTORS + workers * WORKER_DESCRIPTORS;
    let all = (0..needed).map(|_| File::open("/dev/null"));
    all.collect::<io::Result<Vec<_>>>().map(drop)
}

/// Lets as many connections wait as Go does, not the 128 of the standard library.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    #[cfg(unix)]
    rustix::net::listen(&listener, i32::from(u16::MAX))?;
    Ok(listener)
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
        let told = terminate.poll_recv(context).is_ready()
            || interrupt.poll_recv(context).is_ready();
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
    pub fn start(
        address: SocketAddr,
        workers: usize,
        limits: Limits,
    ) -> io::Result<Self> {
        reserve_descriptors(workers)?;
        let listener = listen(address)?;
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
            System::new()
                .block_on(serve(listener, workers, limits, routes, stopped))
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
