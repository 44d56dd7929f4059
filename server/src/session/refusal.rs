//! How a request over HTTP is refused.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hubbub_shared::api::Refused;
use hubbub_shared::name::NameError;
use hubbub_shared::{ApiError, ErrorCode};

use super::json::json;
use crate::metrics;

/// In how many milliseconds to come back to a server that doesn't know it either.
const A_WHILE: u64 = 1_000;

/// A refusal, to be sent.
#[derive(Debug)]
pub(super) struct Refusal(pub(super) ApiError);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(mut error) = self;
        metrics::refused(error.code);
        let status = status(error.code);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            error.retry_after_ms.get_or_insert(A_WHILE);
        }
        let wait = error.retry_after_ms;
        let mut response = json(status, &Refused { error });
        let headers = response.headers_mut();
        if let Some(ms) = wait {
            headers.insert(header::RETRY_AFTER, ms.div_ceil(1_000).into());
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::Unauthorized => StatusCode::UNAUTHORIZED,
        ErrorCode::NameTaken => StatusCode::CONFLICT,
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::TryAgain => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self(code.into())
    }
}

impl From<NameError> for Refusal {
    fn from(error: NameError) -> Self {
        Self(ApiError { message: error.to_string(), ..ErrorCode::InvalidName.into() })
    }
}

/// Without randomness there are no secrets.
impl From<getrandom::Error> for Refusal {
    fn from(error: getrandom::Error) -> Self {
        tracing::error!(%error, "the system has no randomness for a secret");
        ErrorCode::TryAgain.into()
    }
}
