/// Every command that a store sends or that its scripts call. The last five are for databases other than 0, sentinels, the
/// name of a connection, and clusters.
const COMMANDS: &str = "+get +set +pttl +getrange +setrange +exists +pexpire +del +unlink +zadd +zrem +zcard \
    +zcount +zscore +zmscore +zrange +time +eval +evalsha +info +select +role +client|setname +cluster|slots +asking";

/// The fewest rights that a user of Redis needs for the sessions under this prefix, as the rules of `ACL SETUSER`:
///
/// ```
/// let rules = session_redis::acl_rules("_alo_sess_");
/// let line = format!("ACL SETUSER sessions on >password {rules}");
/// assert!(line.starts_with("ACL SETUSER sessions on >password resetkeys resetchannels -@all ~_alo_sess_{* +get "));
/// ```
///
/// Sentinels have users of their own, which need `+sentinel|get-master-addr-by-name`.
#[must_use]
pub fn acl_rules(prefix: &str) -> String {
    let mut rules = String::from("resetkeys resetchannels -@all ~");
    for letter in prefix.chars() {
        if matches!(letter, '*' | '?' | '[' | ']' | '^' | '\\') {
            rules.push('\\');
        }
        rules.push(letter);
    }
    rules.push_str("{* ");
    rules.push_str(COMMANDS);
    rules
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_prefix_is_no_pattern() {
        assert!(super::acl_rules(r"a*b[c]?\").contains(r"~a\*b\[c\]\?\\{* +get "));
    }
}
