//! Mistakes in requests to `/sim`.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

/// A mistake in a request to `/sim`, answered 400.
pub(crate) struct Mistake(pub(crate) String);

impl IntoResponse for Mistake {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, Json(json!({ "message": self.0 }))).into_response()
    }
}

impl<E: std::error::Error> From<E> for Mistake {
    fn from(error: E) -> Mistake {
        Mistake(error.to_string())
    }
}
