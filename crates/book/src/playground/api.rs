//! The requests of pages to the playground, and its answers: JSON, both ways.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    rt::time,
    web::{self, Data, Payload, ServiceConfig},
};
use anyhow::Result;
use lab_verify::trace::Trace;
use lab_workspace::project::{Project, Topic};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    MAX_SCRIPT, judge, lock,
    measure::Measuring,
    refusal::Refusal,
    reply::{self, Comparison, Ending, Reply},
    runner::{Call, Finished, Runner},
    topic::{self, Description},
};
use crate::topic_output;

/// The longest request, in bytes: JSON may take six for each byte of a script.
const MAX_BODY: usize = 6 * MAX_SCRIPT + (1 << 10);

/// Time in which a request has to arrive.
const BODY_LIMIT: Duration = Duration::from_secs(5);

/// The playground of a project.
pub struct Playground {
    project: Mutex<Project>,
    /// The folder of the reader's own results.
    results: PathBuf,
    runner: Arc<Runner>,
    measuring: Arc<Measuring>,
    /// One request at a time judges.
    judging: Arc<Semaphore>,
    /// The topics that were asked for since the book was written.
    topics: Mutex<BTreeMap<String, Arc<Description>>>,
    /// How often the book was written since this program began.
    version: AtomicU64,
}

impl Playground {
    /// The playground of a project whose book is written.
    pub fn new(project: &Project, results: &Path) -> Result<Self> {
        Ok(Playground {
            project: Mutex::new(project.clone()),
            results: results.to_owned(),
            runner: Arc::new(Runner::new(project)?),
            measuring: Arc::new(Measuring::new(project)),
            judging: Arc::new(Semaphore::new(1)),
            topics: Mutex::default(),
            version: AtomicU64::new(0),
        })
    }

    /// The folder to remove when this process ends.
    pub fn scratch(&self) -> &Path {
        self.runner.scratch()
    }

    /// Tells open pages that the book was written again.
    pub fn renew(&self, project: &Project) {
        *lock(&self.project) = project.clone();
        lock(&self.topics).clear();
        self.runner.forget();
        self.version.fetch_add(1, Relaxed);
    }

    /// Whether a page measures a case: nothing else may run beside it.
    pub fn is_measuring(&self) -> bool {
        self.measuring.is_running()
    }

    /// The turn to write the book again; `None` while a page measures a case.
    pub fn turn_to_write(&self) -> Option<OwnedSemaphorePermit> {
        self.measuring.turn()
    }

    fn project(&self) -> Project {
        lock(&self.project).clone()
    }

    /// Runs both programs of the topic with this name, unless that would disturb a measurement.
    async fn run(&self, topic: &str, call: Call) -> Result<[Finished; 2], Refusal> {
        let topic = self.topic(topic)?.name;
        self.refuse_beside_measurement()?;
        Arc::clone(&self.runner).run(topic, call).await
    }

    fn refuse_beside_measurement(&self) -> Result<(), Refusal> {
        if self.is_measuring() {
            let why = "A case is being measured: this has to wait until it is done.";
            return Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, why));
        }
        Ok(())
    }

    /// The topic that a request names.
    fn topic(&self, name: &str) -> Result<Topic, Refusal> {
        let project = lock(&self.project);
        let found = project.topic(name);
        found
            .cloned()
            .map_err(|error| Refusal::new(StatusCode::NOT_FOUND, error.to_string()))
    }

    /// What an editor needs of a topic. The programs are asked once.
    fn describe(&self, topic: &Topic) -> Result<Arc<Description>> {
        let project = self.project();
        // Held meanwhile: many requests at once ask the programs once.
        let mut topics = lock(&self.topics);
        if let Some(known) = topics.get(&topic.name) {
            return Ok(Arc::clone(known));
        }
        let description = Arc::new(topic::describe(&project, topic)?);
        topics.insert(topic.name.clone(), Arc::clone(&description));
        Ok(description)
    }
}

/// The topic in the address of a request.
type Named = web::Path<String>;

/// The playground's part of the server.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/version", web::get().to(version))
        .route("/measured", web::get().to(measured))
        .route("/stop", web::post().to(stop))
        .route("/{topic}", web::get().to(describe))
        .route("/{topic}/expected", web::get().to(expected))
        .route("/{topic}/replay", web::post().to(replay))
        .route("/{topic}/trace", web::post().to(trace))
        .route("/{topic}/contrast", web::post().to(contrast))
        .route("/{topic}/measure", web::post().to(measure))
        .route("/{topic}/judge", web::post().to(judge));
}

async fn version(playground: Data<Playground>) -> HttpResponse {
    HttpResponse::Ok().json(playground.version.load(Relaxed))
}

async fn describe(topic: Named, playground: Data<Playground>) -> Result<HttpResponse, Refusal> {
    let topic = playground.topic(&topic)?;
    let description = in_thread(move || playground.describe(&topic)).await?;
    Ok(HttpResponse::Ok().json(&*description))
}

/// The seconds that each case of a topic is expected to take.
async fn expected(topic: Named, playground: Data<Playground>) -> Result<HttpResponse, Refusal> {
    playground.refuse_beside_measurement()?;
    let topic = playground.topic(&topic)?.name;
    let expected = in_thread(move || Ok(playground.measuring.expected(&topic))).await?;
    Ok(HttpResponse::Ok().json(expected))
}

/// A script for both programs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    script: String,
}

/// What both programs reply.
#[derive(Serialize)]
struct Replies {
    comparison: Comparison,
    go: Reply,
    rust: Reply,
}

async fn replay(
    request: HttpRequest,
    topic: Named,
    body: Payload,
    playground: Data<Playground>,
) -> Result<HttpResponse, Refusal> {
    let script = read_script(&request, body).await?;
    let both = playground.run(&topic, Call::replay(script)).await?;
    let [go, rust] = both.each_ref().map(Reply::new);
    Ok(HttpResponse::Ok().json(Replies {
        comparison: reply::compare(&go, &rust),
        go,
        rust,
    }))
}

/// What becomes of each value, if both programs stay within the limits.
async fn trace(
    request: HttpRequest,
    topic: Named,
    body: Payload,
    playground: Data<Playground>,
) -> Result<HttpResponse, Refusal> {
    let script = read_script(&request, body).await?;
    let both = playground.run(&topic, Call::trace(script)).await?;
    expect(
        &both,
        &[Ending::Done, Ending::Refused],
        "This script has no trace",
    )?;
    let [go, rust] = both.each_ref().map(|(outcome, _)| outcome);
    let trace = Trace::read([&go.stdout, &go.stderr], [&rust.stdout, &rust.stderr])?;
    Ok(HttpResponse::Ok().json(trace))
}

/// Refuses a request if one of its programs ended in another way than these.
fn expect(both: &[Finished; 2], endings: &[Ending], what: &str) -> Result<(), Refusal> {
    for (language, finished) in ["Go", "Rust"].into_iter().zip(both) {
        let reply = Reply::new(finished);
        if !endings.contains(&reply.end) {
            let why = format!("{what}: {language} {}.", reply.why.unwrap_or_default());
            return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, why));
        }
    }
    Ok(())
}

async fn read_script(request: &HttpRequest, body: Payload) -> Result<String, Refusal> {
    let Script { script } = read(request, body).await?;
    if script.len() > MAX_SCRIPT {
        let why = format!("A script has at most {} KiB.", MAX_SCRIPT >> 10);
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, why));
    }
    Ok(script)
}

/// A request without content.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn contrast(
    request: HttpRequest,
    topic: Named,
    body: Payload,
    playground: Data<Playground>,
) -> Result<HttpResponse, Refusal> {
    let Nothing {} = read(&request, body).await?;
    let both = playground.run(&topic, Call::contrast()).await?;
    expect(&both, &[Ending::Done], "These facts are not known")?;
    let [go, rust] = both
        .each_ref()
        .map(|(outcome, _)| String::from_utf8_lossy(&outcome.stdout));
    Ok(HttpResponse::Ok().json(topic_output::facts(&go, &rust)?))
}

/// A case to measure.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Measure {
    case: String,
}

async fn measure(
    request: HttpRequest,
    topic: Named,
    body: Payload,
    playground: Data<Playground>,
) -> Result<HttpResponse, Refusal> {
    let topic = playground.topic(&topic)?;
    let Measure { case } = read(&request, body).await?;
    let (data, asked) = (playground.clone(), topic.clone());
    let description = in_thread(move || data.describe(&asked)).await?;
    let topic = topic.name;
    if !description.cases.iter().any(|[name, ..]| *name == case) {
        let why = format!("{topic} has no case of this name.");
        return Err(Refusal::new(StatusCode::NOT_FOUND, why));
    }
    playground.measuring.begin(&topic, &case)?;
    Ok(HttpResponse::Accepted().json(playground.measuring.job()))
}

async fn measured(playground: Data<Playground>) -> Result<HttpResponse, Refusal> {
    let job = in_thread(move || Ok(playground.measuring.job())).await?;
    Ok(HttpResponse::Ok().json(job))
}

async fn stop(
    request: HttpRequest,
    body: Payload,
    playground: Data<Playground>,
) -> Result<HttpResponse, Refusal> {
    let Nothing {} = read(&request, body).await?;
    playground.measuring.stop();
    Ok(HttpResponse::NoContent().finish())
}

/// The verdicts on the claims of a topic, by the reader's own results.
async fn judge(
    request: HttpRequest,
    topic: Named,
    body: Payload,
    playground: Data<Playground>,
) -> Result<HttpResponse, Refusal> {
    let topic = playground.topic(&topic)?.name;
    let Nothing {} = read(&request, body).await?;
    playground.refuse_beside_measurement()?;
    let busy = |_| {
        let why = "Claims are being judged: try again in a moment.";
        Refusal::new(StatusCode::TOO_MANY_REQUESTS, why)
    };
    let judging = Arc::clone(&playground.judging);
    let turn = judging.try_acquire_owned().map_err(busy)?;
    let verdicts = in_thread(move || {
        // Held until the end, also if nobody waits for it.
        let _turn = turn;
        let (project, beside) = (playground.project(), playground.measuring.results());
        let files = judge::own_results(&project, &playground.results, beside)?;
        judge::judge_topic(&project, &topic, &files)
    });
    Ok(HttpResponse::Ok().json(verdicts.await?))
}

/// Does what may take a while in a thread that answers no other request.
async fn in_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T, Refusal> {
    Ok(web::block(work).await.map_err(anyhow::Error::from)??)
}

/// Reads a request that is neither too long nor too slow.
async fn read<T: DeserializeOwned>(request: &HttpRequest, body: Payload) -> Result<T, Refusal> {
    let refuse = |status, why: &str| Err(Refusal::new(status, why));
    // A request that announces too many bytes is not read.
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > MAX_BODY) {
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, "The request is too long.");
    }
    let whole = time::timeout(BODY_LIMIT, body.to_bytes_limited(MAX_BODY)).await;
    let bytes = match whole {
        Err(_) => return refuse(StatusCode::REQUEST_TIMEOUT, "The request took too long."),
        Ok(Err(_)) => return refuse(StatusCode::PAYLOAD_TOO_LARGE, "The request is too long."),
        Ok(Ok(Err(_))) => return refuse(StatusCode::BAD_REQUEST, "The request broke off."),
        Ok(Ok(Ok(bytes))) => bytes,
    };
    serde_json::from_slice(&bytes).map_err(|error| {
        let why = format!("This request has another form: {error}.");
        Refusal::new(StatusCode::BAD_REQUEST, why)
    })
}
