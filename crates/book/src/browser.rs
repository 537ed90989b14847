//! A page in a headless Chromium.

mod chromium;

use std::{
    sync::{
        Arc,
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Error, Result, bail, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

pub use chromium::Chromium;
use chromium::ENDED;

/// No answer takes longer; a browser that hangs is a failure.
const LIMIT: Duration = Duration::from_mins(5);

/// A page of a browser, closed at its end.
pub struct Browser {
    chromium: Arc<Chromium>,
    listener: Sender<Value>,
    from: Receiver<Value>,
    context: Value,
    session: Value,
    /// What came unasked: errors of the console, requests.
    pub events: Vec<Value>,
}

impl Browser {
    /// Starts a browser with one page; none if there is no Chromium.
    pub fn start() -> Result<Option<Self>> {
        let chromium = Chromium::start()?;
        chromium.map(Browser::open_page).transpose()
    }

    /// Opens a page, which shares nothing with the browser's other pages.
    fn open_page(chromium: Arc<Chromium>) -> Result<Self> {
        let (listener, from) = mpsc::channel();
        let mut browser = Browser {
            chromium,
            listener,
            from,
            context: Value::Null,
            session: Value::Null,
            events: Vec::new(),
        };
        let context = browser.call("Target.createBrowserContext", &json!({}))?;
        browser.context = context["browserContextId"].clone();
        browser.attach()?;
        Ok(browser)
    }

    /// Opens a second tab, in which all that follows happens; the first one goes on behind it.
    pub fn open_tab(&mut self) -> Result<()> {
        self.session = Value::Null;
        self.attach()
    }

    fn attach(&mut self) -> Result<()> {
        let parameters = json!({ "url": "about:blank", "browserContextId": self.context });
        let target = self.call("Target.createTarget", &parameters)?;
        let parameters = json!({ "targetId": target["targetId"], "flatten": true });
        self.session = self.call("Target.attachToTarget", &parameters)?["sessionId"].clone();
        let session = self.session.as_str().context("the page has no session")?;
        self.chromium.listen(session, &self.listener);
        for domain in ["Page", "Runtime", "Network", "Log"] {
            self.call(&format!("{domain}.enable"), &json!({}))?;
        }
        Ok(())
    }

    /// Calls a method and returns its result.
    pub fn call(&mut self, method: &str, parameters: &Value) -> Result<Value> {
        let mut message = json!({ "method": method, "params": parameters });
        if !self.session.is_null() {
            message["sessionId"] = self.session.clone();
        }
        let id = self.chromium.send(message, &self.listener)?;
        let deadline = Instant::now() + LIMIT;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let answer = self.from.recv_timeout(left);
            let answer = answer.with_context(|| format!("the browser does not answer {method}"))?;
            ensure!(
                answer != ENDED,
                "the browser ended before it answered {method}"
            );
            if answer["id"] == id {
                ensure!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return Ok(answer["result"].clone());
            }
            self.events.push(answer);
        }
    }

    /// Sets the size of the page, in its own pixels and in how many of the screen each is.
    pub fn size(&mut self, width: u32, height: u32, scale: u32) -> Result<()> {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", &size)?;
        Ok(())
    }

    /// Opens an address and waits until it is loaded.
    pub fn open(&mut self, address: &str) -> Result<()> {
        self.call("Page.navigate", &json!({ "url": "about:blank" }))?;
        self.wait("location.href === 'about:blank'")?;
        self.call("Page.navigate", &json!({ "url": address }))?;
        self.wait("location.href !== 'about:blank' && document.readyState === 'complete'")
    }

    /// What an expression of the page says, once it is there.
    pub fn eval(&mut self, expression: &str) -> Result<Value> {
        let parameters =
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let result = self.call("Runtime.evaluate", &parameters)?;
        let wrong = &result["exceptionDetails"];
        ensure!(wrong.is_null(), "{expression}: {wrong}");
        Ok(result["result"]["value"].clone())
    }

    /// Waits until an expression is true.
    pub fn wait(&mut self, expression: &str) -> Result<()> {
        let deadline = Instant::now() + LIMIT;
        loop {
            match self.eval(expression) {
                Ok(Value::Bool(true)) => return Ok(()),
                Err(error) if !is_between_pages(&error) => return Err(error),
                _ => {}
            }
            if Instant::now() > deadline {
                bail!("never true: {expression}");
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Presses and releases a key.
    pub fn key(&mut self, key: &str, code: u32) -> Result<()> {
        let text = match key {
            "Enter" => "\r",
            key if key.chars().count() == 1 => key,
            _ => "",
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({ "type": kind, "key": key, "windowsVirtualKeyCode": code });
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = text.into();
            }
            self.call("Input.dispatchKeyEvent", &event)?;
        }
        Ok(())
    }

    /// Types a text into what has the focus.
    pub fn type_in(&mut self, text: &str) -> Result<()> {
        self.call("Input.insertText", &json!({ "text": text }))?;
        Ok(())
    }

    /// Presses the mouse button at one point of the window, and releases it at another.
    pub fn drag(&mut self, from: [f64; 2], to: [f64; 2]) -> Result<()> {
        for (kind, [x, y], button) in [
            ("mouseMoved", from, "none"),
            ("mousePressed", from, "left"),
            ("mouseMoved", to, "left"),
            ("mouseReleased", to, "left"),
        ] {
            let event = json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", &event)?;
        }
        Ok(())
    }

    /// Does what a menu's command does, such as `copy` or `paste`.
    pub fn command(&mut self, name: &str) -> Result<()> {
        let event = json!({ "type": "rawKeyDown", "key": "F24", "commands": [name] });
        self.call("Input.dispatchKeyEvent", &event)?;
        Ok(())
    }

    /// What the page looks like, as PNG; as high as asked, or as its window.
    pub fn picture(&mut self, clip: Option<[f64; 4]>) -> Result<Vec<u8>> {
        let mut parameters = json!({ "format": "png", "captureBeyondViewport": clip.is_some() });
        if let Some([x, y, width, height]) = clip {
            parameters["clip"] =
                json!({ "x": x, "y": y, "width": width, "height": height, "scale": 1 });
        }
        let result = self.call("Page.captureScreenshot", &parameters)?;
        decoded(&result["data"])
    }

    /// The page as it is printed, as PDF.
    pub fn printed(&mut self) -> Result<Vec<u8>> {
        let parameters = json!({ "preferCSSPageSize": true, "printBackground": true });
        let result = self.call("Page.printToPDF", &parameters)?;
        decoded(&result["data"])
    }
}

/// Whether an expression had no page to say something of, because one page went and the next was not there yet.
fn is_between_pages(error: &Error) -> bool {
    let said = error.to_string();
    [
        "navigated or closed",
        "context was destroyed",
        "Cannot find context",
    ]
    .iter()
    .any(|words| said.contains(words))
}

fn decoded(data: &Value) -> Result<Vec<u8>> {
    let text = data.as_str().context("the browser sent no data")?;
    Ok(BASE64_STANDARD.decode(text)?)
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.session = Value::Null;
        let context = json!({ "browserContextId": self.context });
        let _ = self.call("Target.disposeBrowserContext", &context);
    }
}
