use std::error::Error;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

//> error
#[derive(Debug)]
pub struct AppError(Box<dyn Error + Send + Sync>);

impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for AppError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, format!("Something went wrong: {}", self.0)).into_response()
    }
}
//<

pub type Result<T> = std::result::Result<T, AppError>;
