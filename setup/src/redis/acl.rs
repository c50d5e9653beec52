/// The line that makes a user who may do what sessions need under this prefix, and nothing else. The password is for the
/// operator to fill in.
///
/// ```
/// assert!(session_setup::redis::acl_line("_alo_sess_").starts_with("ACL SETUSER sessions on >PASSWORD "));
/// ```
#[must_use]
pub fn acl_line(prefix: &str) -> String {
    format!("ACL SETUSER sessions on >PASSWORD {}", session_redis::acl_rules(prefix))
}
