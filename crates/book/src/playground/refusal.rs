//! Why a request is refused: a status and a sentence.

use std::{error::Error, fmt};

use actix_web::{HttpResponse, ResponseError, http::StatusCode};

/// The refusal of a request.
#[derive(Debug)]
pub struct Refusal {
    /// The status of the answer.
    pub status: StatusCode,
    /// The reason, as a sentence.
    pub why: String,
}

impl Refusal {
    /// Makes a refusal.
    pub fn new(status: StatusCode, why: impl Into<String>) -> Self {
        let why = why.into();
        Refusal { status, why }
    }
}

impl From<anyhow::Error> for Refusal {
    fn from(error: anyhow::Error) -> Self {
        let other = |error| {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            Refusal::new(status, format!("{error:#}"))
        };
        error.downcast().unwrap_or_else(other)
    }
}

impl Error for Refusal {}

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
        // The rest of a refused request is not read.
        response.force_close();
        response
            .content_type("text/plain; charset=utf-8")
            .body(format!("{}\n", self.why))
    }
}
