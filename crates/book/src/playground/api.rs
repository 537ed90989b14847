//! What pages ask the playground, and what they are answered: JSON, both ways.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    rt::time,
    web::{self, Data, Path, Payload, ServiceConfig},
};
use anyhow::Result;
use lab_results::query::Case;
use lab_verify::trace::Trace;
use lab_workspace::{
    project::{Project, Topic},
    run::{End, Outcome},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    MAX_SCRIPT,
    measure::Lab,
    refusal::Refusal,
    runner::{Call, Runner, Timed},
    side::{self, Comparison, Side},
    topic::{self, Known},
};
use crate::told;

/// The longest request: each byte of a script may be written in six.
const MAX_BODY: usize = 6 * MAX_SCRIPT + (1 << 10);

/// A request is whole by then.
const BODY_LIMIT: Duration = Duration::from_secs(5);

/// The playground of a project.
pub struct Playground {
    project: Project,
    runner: Arc<Runner>,
    lab: Arc<Lab>,
    /// How often the book was written since this program began.
    version: AtomicU64,
}

impl Playground {
    /// The playground of a project whose book is written.
    pub fn new(project: &Project) -> Result<Self> {
        Ok(Playground {
            project: project.clone(),
            runner: Arc::new(Runner::new(project)?),
            lab: Arc::new(Lab::new(project)),
            version: AtomicU64::new(0),
        })
    }

    /// The folder that has to be removed when this process ends.
    pub fn scratch(&self) -> &std::path::Path {
        self.runner.scratch()
    }

    /// Tells the pages that are open that the book was written again.
    pub fn renew(&self) {
        self.version.fetch_add(1, Relaxed);
    }

    /// What both programs answer, unless that disturbed a measurement.
    async fn ask(&self, topic: &str, call: Call) -> Result<[Timed; 2], Refusal> {
        if self.lab.is_busy() {
            let why = "A case is being measured: scripts wait until it is done.";
            return Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, why));
        }
        Arc::clone(&self.runner).ask(topic.to_owned(), call).await
    }

    /// The topic that a request names.
    fn topic(&self, name: &str) -> Result<&Topic, Refusal> {
        let found = self.project.topic(name);
        found.map_err(|error| Refusal::new(StatusCode::NOT_FOUND, error.to_string()))
    }
}

/// The playground's part of the server.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/version", web::get().to(version))
        .route("/measured", web::get().to(measured))
        .route("/stop", web::post().to(stop))
        .route("/{topic}", web::get().to(know))
        .route("/{topic}/replay", web::post().to(replay))
        .route("/{topic}/trace", web::post().to(trace))
        .route("/{topic}/contrast", web::post().to(contrast))
        .route("/{topic}/measure", web::post().to(measure));
}

async fn version(playground: Data<Playground>) -> HttpResponse {
    HttpResponse::Ok().json(playground.version.load(Relaxed))
}

async fn know(topic: Path<String>, playground: Data<Playground>) -> Result<HttpResponse, Refusal> {
    let topic = playground.topic(&topic)?.clone();
    let known = know_topic(&playground, topic).await?;
    Ok(HttpResponse::Ok().json(known))
}

async fn know_topic(playground: &Data<Playground>, topic: Topic) -> Result<Known, Refusal> {
    let playground = playground.clone();
    let read = move || topic::read(&playground.project, &topic);
    Ok(web::block(read).await.map_err(anyhow::Error::from)??)
}

/// A script that both programs are to perform.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    script: String,
}

/// What both programs answer.
#[derive(Serialize)]
struct Replayed {
    comparison: Comparison,
    go: Side,
    rust: Side,
}

async fn replay(
    request: HttpRequest,
    topic: Path<String>,
    body: Payload,
    playground: Data<Playground>,
) -> Result<HttpResponse, Refusal> {
    let topic = playground.topic(&topic)?.name.clone();
    let script = read_script(&request, body).await?;
    let answers = playground.ask(&topic, Call::replay(script)).await?;
    let [go, rust] = answers.map(|(outcome, milliseconds)| Side::of(&outcome, milliseconds));
    Ok(HttpResponse::Ok().json(Replayed {
        comparison: side::compare(&go, &rust),
        go,
        rust,
    }))
}

/// What becomes of each value, where both programs tell it within the limits.
async fn trace(
    request: HttpRequest,
    topic: Path<String>,
    body: Payload,
    playground: Data<Playground>,
) -> Result<HttpResponse, Refusal> {
    let topic = playground.topic(&topic)?.name.clone();
    let script = read_script(&request, body).await?;
    let [(go, _), (rust, _)] = playground.ask(&topic, Call::trace(script)).await?;
    for outcome in [&go, &rust] {
        if !matches!(outcome.end, End::Exit(0 | 2)) {
            let why = format!("There is no trace: a program {}.", outcome.end);
            return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, why));
        }
    }
    let printed = |outcome: &Outcome| [outcome.stdout.clone(), outcome.stderr.clone()];
    let (go, rust) = (printed(&go), printed(&rust));
    let trace = Trace::read(
        go.each_ref().map(Vec::as_slice),
        rust.each_ref().map(Vec::as_slice),
    )?;
    Ok(HttpResponse::Ok().json(trace))
}

async fn read_script(request: &HttpRequest, body: Payload) -> Result<String, Refusal> {
    let Script { script } = read(request, body).await?;
    if script.len() > MAX_SCRIPT {
        let why = format!("A script has at most {} KiB.", MAX_SCRIPT >> 10);
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, why));
    }
    Ok(script)
}

/// A request that says nothing more.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn contrast(
    request: HttpRequest,
    topic: Path<String>,
    body: Payload,
    playground: Data<Playground>,
) -> Result<HttpResponse, Refusal> {
    let topic = playground.topic(&topic)?.name.clone();
    let Nothing {} = read(&request, body).await?;
    let answers = playground.ask(&topic, Call::contrast()).await?;
    let [go, rust] = answers.map(|(outcome, milliseconds)| Side::of(&outcome, milliseconds));
    for (name, side) in [("Go", &go), ("Rust", &rust)] {
        if let Some(said) = &side.said {
            let why = format!("{name} {said}");
            return Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, why));
        }
    }
    Ok(HttpResponse::Ok().json(told::facts(&go.output, &rust.output)?))
}

/// A case that is to be measured.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Measure {
    case: String,
}

async fn measure(
    request: HttpRequest,
    topic: Path<String>,
    body: Payload,
    playground: Data<Playground>,
) -> Result<HttpResponse, Refusal> {
    let topic = playground.topic(&topic)?.clone();
    let Measure { case } = read(&request, body).await?;
    let known = know_topic(&playground, topic.clone()).await?;
    let mut cases = known.cases.into_iter();
    let found = cases.find(|[name, ..]| *name == case).ok_or_else(|| {
        let why = format!("{} has no case of this name.", topic.name);
        Refusal::new(StatusCode::NOT_FOUND, why)
    })?;
    let [name, unit, says] = found;
    let topic = topic.name;
    playground.lab.begin(&Case {
        topic,
        name,
        unit,
        says,
    })?;
    Ok(HttpResponse::Accepted().json(playground.lab.told()))
}

async fn measured(playground: Data<Playground>) -> HttpResponse {
    HttpResponse::Ok().json(playground.lab.told())
}

async fn stop(
    request: HttpRequest,
    body: Payload,
    playground: Data<Playground>,
) -> Result<HttpResponse, Refusal> {
    let Nothing {} = read(&request, body).await?;
    playground.lab.stop();
    Ok(HttpResponse::Ok().json(playground.lab.told()))
}

/// Reads a request that is neither too long nor too slow.
async fn read<T: DeserializeOwned>(request: &HttpRequest, body: Payload) -> Result<T, Refusal> {
    let refuse = |status, why: &str| Err(Refusal::new(status, why));
    // Nothing is read of a request that says itself that it is too long.
    let said = request.headers().get(header::CONTENT_LENGTH);
    let said = said.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if said.is_some_and(|length| length > MAX_BODY) {
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
        let why = format!("The request is not what is asked for here: {error}.");
        Refusal::new(StatusCode::BAD_REQUEST, why)
    })
}
