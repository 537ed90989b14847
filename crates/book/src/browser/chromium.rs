//! A headless Chromium over the `DevTools` protocol, by pipe: messages of JSON, each ended by a zero.

use std::{
    collections::HashMap,
    fs,
    io::{BufRead as _, BufReader, Read, Write as _},
    path::PathBuf,
    process::{ChildStdin, Command, Stdio},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::Sender,
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use lab_workspace::{process_group::ProcessGroup, toolchain};
use serde_json::Value;

use super::Browser;

/// Starts Chromium, which reads from descriptor 3 and writes to 4: only a shell can name these here. The shell removes
/// the profile when Chromium has ended, so that nothing is left even where this process was killed.
const SHELL: &str = "profile=$1; shift; \
    \"$0\" --user-data-dir=\"$profile\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null; \
    rm -rf \"$profile\"";

/// The time that Chromium has to end by itself.
const GRACE: Duration = Duration::from_secs(30);

/// What a listener gets when the browser has ended.
pub(super) const ENDED: Value = Value::Null;

/// The process. It ends when its input does: at the latest with this process.
pub struct Chromium {
    to: Mutex<Option<ChildStdin>>,
    listeners: Arc<Mutex<Listeners>>,
    count: AtomicU64,
    group: ProcessGroup,
    profile: PathBuf,
}

/// Who waits for messages.
#[derive(Default)]
struct Listeners {
    /// For the answers to calls, by their numbers.
    calls: HashMap<u64, Sender<Value>>,
    /// For what sessions report unasked.
    sessions: HashMap<String, Sender<Value>>,
    /// Whether the browser has ended: nobody answers any more.
    is_over: bool,
}

impl Chromium {
    /// Starts it; none if there is no Chromium.
    pub fn start() -> Result<Option<Arc<Self>>> {
        let names = ["chromium", "chromium-browser", "google-chrome"];
        let Some(name) = names.into_iter().find_map(toolchain::on_path) else {
            return Ok(None);
        };
        let profile = tempfile::tempdir()?.keep();
        let mut command = Command::new("sh");
        command.args(["-c", SHELL]).arg(name).arg(&profile);
        command.args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            // A container may have little of it.
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--remote-debugging-pipe",
        ]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut group = ProcessGroup::start(&mut command).context("cannot start the browser")?;
        let to = group.child.stdin.take();
        let from = group.child.stdout.take();
        let from = from.context("the browser says nothing")?;
        let listeners = Arc::default();
        let heard = Arc::clone(&listeners);
        thread::spawn(move || pass_on(from, &heard));
        Ok(Some(Arc::new(Chromium {
            to: Mutex::new(to),
            listeners,
            count: AtomicU64::new(0),
            group,
            profile,
        })))
    }

    /// A page of it, which shares neither storage nor cookies with the others.
    pub fn page(self: &Arc<Self>) -> Result<Browser> {
        Browser::open_page(Arc::clone(self))
    }

    /// Sends a call, whose answer goes to this listener. The answer has the number that is returned.
    pub(super) fn send(&self, mut message: Value, listener: &Sender<Value>) -> Result<u64> {
        let id = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        message["id"] = id.into();
        {
            let mut listeners = self.listeners();
            ensure!(!listeners.is_over, "the browser has ended");
            listeners.calls.insert(id, listener.clone());
        }
        let mut to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        let to = to.as_mut().context("the browser takes no input")?;
        let sent = to.write_all(format!("{message}\0").as_bytes());
        sent.context("the browser is gone")?;
        Ok(id)
    }

    /// Sends what a session reports to this listener.
    pub(super) fn listen(&self, session: &str, listener: &Sender<Value>) {
        let mut listeners = self.listeners();
        listeners
            .sessions
            .insert(session.to_owned(), listener.clone());
    }

    fn listeners(&self) -> MutexGuard<'_, Listeners> {
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Passes each message to the listener that waits for it, until the browser ends, and tells all that it has.
fn pass_on(from: impl Read, listeners: &Mutex<Listeners>) {
    for message in BufReader::new(from).split(0) {
        let Ok(message) = message else { break };
        let Ok(message) = serde_json::from_slice::<Value>(&message) else {
            break;
        };
        let mut listeners = listeners.lock().unwrap_or_else(PoisonError::into_inner);
        let listener = if let Some(id) = message["id"].as_u64() {
            listeners.calls.remove(&id)
        } else {
            let session = message["sessionId"].as_str();
            session.and_then(|session| listeners.sessions.get(session).cloned())
        };
        // A page that is closed listens no more.
        let _ = listener.map(|listener| listener.send(message));
    }
    let mut listeners = listeners.lock().unwrap_or_else(PoisonError::into_inner);
    listeners.is_over = true;
    for listener in listeners.calls.values().chain(listeners.sessions.values()) {
        let _ = listener.send(ENDED);
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // The end of its input ends it.
        let to = self.to.get_mut().unwrap_or_else(PoisonError::into_inner);
        drop(to.take());
        let deadline = Instant::now() + GRACE;
        while matches!(self.group.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(10));
        }
        // The shell has removed it, unless it was ended before, or a part of the browser still wrote to it.
        while fs::remove_dir_all(&self.profile).is_err()
            && self.profile.exists()
            && Instant::now() < deadline
        {
            thread::sleep(Duration::from_millis(10));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use serde_json::json;

    use super::*;

    #[test]
    fn it_ends_with_its_last_page_and_leaves_nothing_behind() {
        let Some(chromium) = Chromium::start().unwrap() else {
            return;
        };
        let [mut one, other] = [(), ()].map(|()| chromium.page().unwrap());
        let profile = chromium.profile.clone();
        drop((chromium, other));
        assert_eq!(one.eval("1 + 1").unwrap(), json!(2));
        assert!(profile.exists());
        let began = Instant::now();
        drop(one);
        assert!(!profile.exists() && began.elapsed() < GRACE);
    }

    #[test]
    fn who_waits_for_a_browser_that_ended_is_told_at_once() {
        let (listener, from) = mpsc::channel();
        let listeners = Mutex::default();
        let waiting = |listeners: &mut Listeners| {
            listeners.calls.insert(1, listener.clone());
            listeners.sessions.insert("x".to_owned(), listener.clone());
        };
        waiting(&mut listeners.lock().unwrap());
        pass_on(&b"{\"id\":1,\"result\":2}\0"[..], &listeners);
        let answers: Vec<Value> = from.try_iter().collect();
        assert_eq!(answers, [json!({ "id": 1, "result": 2 }), ENDED]);
        assert!(listeners.lock().unwrap().is_over);
    }

    #[test]
    fn pages_share_neither_storage_nor_events() {
        let Some(chromium) = Chromium::start().unwrap() else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.html");
        fs::write(&path, "<title>x</title>").unwrap();
        let address = format!("file://{}", path.display());
        let [mut one, mut other] = [(), ()].map(|()| chromium.page().unwrap());
        for page in [&mut one, &mut other] {
            page.open(&address).unwrap();
            page.events.clear();
        }
        one.eval("console.error('no'), localStorage.setItem('a', 'b')")
            .unwrap();
        let stored = other.eval("localStorage.getItem('a')").unwrap();
        assert_eq!(stored, Value::Null);
        assert!(other.events.is_empty(), "{:?}", other.events);
        assert!(!one.events.is_empty());
    }
}
