//! Why a request is refused: a status, and a sentence for people.

use std::fmt;

use actix_web::{HttpResponse, ResponseError, http::StatusCode};

/// A request that is refused.
#[derive(Debug)]
pub struct Refusal {
    /// The status of the answer.
    pub status: StatusCode,
    /// A sentence.
    pub why: String,
}

impl Refusal {
    /// A refusal with this status, for this reason.
    pub fn new(status: StatusCode, why: impl Into<String>) -> Self {
        let why = why.into();
        Refusal { status, why }
    }
}

impl From<anyhow::Error> for Refusal {
    fn from(error: anyhow::Error) -> Self {
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}"))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        // What is left of a request that was refused is not read.
        response.force_close();
        response
            .content_type("text/plain; charset=utf-8")
            .body(format!("{}\n", self.why))
    }
}
