// Twin: go/pair/out.go

use std::{
    fmt::Display,
    io::{self, BufWriter, Stdout, Write},
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{Stop, reason};

/// Where a program prints: buffered, shared by its clones, flushed by [`Out::finish`].
#[derive(Clone)]
pub struct Out(Arc<Mutex<State>>);

struct State {
    sink: Sink,
    failure: Option<io::Error>,
}

enum Sink {
    Stdout(BufWriter<Stdout>),
    Memory(Vec<u8>),
}

impl Out {
    /// Prints to standard output.
    pub fn stdout() -> Self {
        Out::to(Sink::Stdout(BufWriter::with_capacity(
            1 << 16,
            io::stdout(),
        )))
    }

    /// Keeps what is printed for [`Out::take`].
    pub fn memory() -> Self {
        Out::to(Sink::Memory(Vec::new()))
    }

    fn to(sink: Sink) -> Self {
        Out(Arc::new(Mutex::new(State {
            sink,
            failure: None,
        })))
    }

    /// Prints one line.
    pub fn line(&self, text: impl Display) {
        self.write(format!("{text}\n").as_bytes());
    }

    /// Prints bytes as they are.
    pub fn write(&self, bytes: &[u8]) {
        let mut state = self.state();
        if state.failure.is_some() {
            return;
        }
        let written = match &mut state.sink {
            Sink::Stdout(stdout) => stdout.write_all(bytes),
            Sink::Memory(memory) => memory.write_all(bytes),
        };
        state.failure = written.err();
    }

    /// Takes what was printed into memory.
    pub fn take(&self) -> Vec<u8> {
        match &mut self.state().sink {
            Sink::Memory(memory) => mem::take(memory),
            Sink::Stdout(_) => Vec::new(),
        }
    }

    /// Fails once nobody reads the output any more, or it cannot be written.
    pub fn check(&self) -> Result<(), Stop> {
        match &self.state().failure {
            None => Ok(()),
            Some(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Stop::Closed),
            Some(error) => Err(Stop::Failed(format!(
                "cannot write the output: {}",
                reason(error)
            ))),
        }
    }

    /// Flushes; fails like [`Out::check`].
    pub fn finish(&self) -> Result<(), Stop> {
        {
            let State { sink, failure } = &mut *self.state();
            if let (None, Sink::Stdout(stdout)) = (&failure, sink) {
                *failure = stdout.flush().err();
            }
        }
        self.check()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
