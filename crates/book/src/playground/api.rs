//! The requests of pages to the playground, and its answers: JSON, both ways.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{self, Data, Payload, ServiceConfig},
};
use anyhow::{Context as _, Result};
use lab_verify::trace::Trace;
use lab_workspace::project::{Project, Topic};
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    judge, lock,
    measure::Measuring,
    refusal::Refusal,
    reply::{self, Comparison, Ending, Reply},
    request::{Nothing, read, read_script},
    runner::{Call, Finished, Runner},
    topic::{self, Description},
};
use crate::topic_output;

/// The playground of a project.
pub struct Playground {
    project: Mutex<Project>,
    /// The folder of the book.
    book: PathBuf,
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
    /// Whether the code of this program changed since it was built.
    is_outdated: AtomicBool,
}

impl Playground {
    /// The playground of a project whose book is written.
    pub fn new(project: &Project, book: &Path, results: &Path) -> Result<Self> {
        Ok(Playground {
            project: Mutex::new(project.clone()),
            book: book.to_owned(),
            results: results.to_owned(),
            runner: Arc::new(Runner::new(project)?),
            measuring: Arc::new(Measuring::new(project)),
            judging: Arc::new(Semaphore::new(1)),
            topics: Mutex::default(),
            version: AtomicU64::new(0),
            is_outdated: AtomicBool::new(false),
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

    /// Tells open pages that the code of this program changed: it goes on as it was built.
    pub fn outdate(&self) {
        self.is_outdated.store(true, Relaxed);
    }

    /// Whether it does.
    pub fn is_outdated(&self) -> bool {
        self.is_outdated.load(Relaxed)
    }

    /// Whether the programs of all topics are there.
    pub fn has_programs(&self) -> bool {
        let project = self.project();
        let mut names = project.names().into_iter();
        names.all(|topic| self.runner.programs_of(topic).is_ok())
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
        self.runner.prepare(&topic.name)?;
        let page = self.book.join(format!("{}.html", topic.name));
        let page = fs::read(&page).with_context(|| format!("cannot read {}", page.display()))?;
        let version = self.version.load(Relaxed);
        let description = Arc::new(topic::describe(&project, topic, &page, version)?);
        topics.insert(topic.name.clone(), Arc::clone(&description));
        Ok(description)
    }
}

/// The topic in the address of a request.
type Named = web::Path<String>;

/// The playground's part of the server.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/measured", web::get().to(measured))
        .route("/stop", web::post().to(stop))
        .route("/{topic}", web::get().to(describe))
        .route("/{topic}/version", web::get().to(version))
        .route("/{topic}/expected", web::get().to(expected))
        .route("/{topic}/replay", web::post().to(replay))
        .route("/{topic}/trace", web::post().to(trace))
        .route("/{topic}/contrast", web::post().to(contrast))
        .route("/{topic}/measure", web::post().to(measure))
        .route("/{topic}/judge", web::post().to(judge));
}

async fn describe(topic: Named, playground: Data<Playground>) -> Result<HttpResponse, Refusal> {
    let topic = playground.topic(&topic)?;
    let description = in_thread(move || playground.describe(&topic)).await?;
    Ok(HttpResponse::Ok().json(&*description))
}

/// What an open page compares with what it shows.
#[derive(Serialize)]
struct Served {
    /// How often the book was written since this program began.
    version: u64,
    /// The hash of the page and of what its editor got.
    page: String,
    /// Whether the code of this program changed since it was built.
    is_outdated: bool,
}

async fn version(topic: Named, playground: Data<Playground>) -> Result<HttpResponse, Refusal> {
    let topic = playground.topic(&topic)?;
    let is_outdated = playground.is_outdated();
    let description = in_thread(move || playground.describe(&topic)).await?;
    Ok(HttpResponse::Ok().json(Served {
        version: description.version,
        page: description.page.clone(),
        is_outdated,
    }))
}

/// The seconds that each case of a topic is expected to take.
async fn expected(topic: Named, playground: Data<Playground>) -> Result<HttpResponse, Refusal> {
    playground.refuse_beside_measurement()?;
    let topic = playground.topic(&topic)?.name;
    let expected = in_thread(move || Ok(playground.measuring.expected(&topic))).await?;
    Ok(HttpResponse::Ok().json(expected))
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
    let (data, described) = (playground.clone(), topic.clone());
    let description = in_thread(move || data.describe(&described)).await?;
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
