use alo_session::CsrfToken;

use crate::error::Result;

/// A form, and a page whose scripts find the token in `<meta name="csrf-token">`.
pub async fn form(csrf: CsrfToken) -> Result<String> {
    //> csrf
    let (field, meta) = (csrf.input()?, csrf.text()?);
    //<
    Ok(format!(
        "{}<form method=post enctype=multipart/form-data>{field}<input type=file></form>",
        meta.as_str()
    ))
}
//> csrf-multipart
//<
