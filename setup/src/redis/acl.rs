/// The line that makes a user who may do what session-redis does under this prefix, and nothing else. The password is
/// for the operator to fill in.
///
/// ```
/// assert!(session_setup::redis::acl_line("_alo_sess_").starts_with("ACL SETUSER sessions on >PASSWORD "));
/// ```
#[must_use]
pub fn acl_line(prefix: &str) -> String {
    let commands = "+get +getrange +set +setrange +exists +pttl +pexpire +del +unlink +zadd +zrange +zrem \
                    +zremrangebyscore +time +eval +evalsha +ping +info +select";
    format!("ACL SETUSER sessions on >PASSWORD resetkeys ~{prefix}* resetchannels -@all {commands}")
}
