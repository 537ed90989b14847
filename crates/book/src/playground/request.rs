//! Reads what a page sends: JSON, neither too long nor too slow.

use std::time::Duration;

use actix_web::{
    HttpRequest,
    http::{StatusCode, header},
    rt::time,
    web::Payload,
};
use serde::{Deserialize, de::DeserializeOwned};

use super::{MAX_SCRIPT, refusal::Refusal};

/// The longest request, in bytes: JSON may take six for each byte of a script.
const MAX_BODY: usize = 6 * MAX_SCRIPT + (1 << 10);

/// Time in which a request has to arrive.
const BODY_LIMIT: Duration = Duration::from_secs(5);

/// A script for both programs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    script: String,
}

/// A request without content.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Reads a script.
pub async fn read_script(request: &HttpRequest, body: Payload) -> Result<String, Refusal> {
    let Script { script } = read(request, body).await?;
    if script.len() > MAX_SCRIPT {
        let why = format!("A script has at most {} KiB.", MAX_SCRIPT >> 10);
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, why));
    }
    Ok(script)
}

/// Reads a request that is neither too long nor too slow.
pub async fn read<T: DeserializeOwned>(request: &HttpRequest, body: Payload) -> Result<T, Refusal> {
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
