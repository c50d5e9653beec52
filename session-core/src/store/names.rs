use crate::id::StoreKey;

/// Checks what the name of every key in Redis begins with: visible ASCII without braces, at most 255 bytes.
///
/// # Errors
/// A sentence that says what the prefix must be; its subject is the name of the setting.
pub fn check_prefix(prefix: &str) -> Result<(), &'static str> {
    // Braces mark the hash tag of a Redis Cluster.
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'{' && byte != b'}';
    if prefix.len() <= 255 && prefix.bytes().all(is_allowed) {
        Ok(())
    } else {
        Err("must be visible ASCII without braces, at most 255 bytes")
    }
}

/// Checks the name of a table in MySQL: `table` or `database.table`, each of at most 64 ASCII letters, digits and `_`. The store must
/// quote both.
///
/// # Errors
/// A sentence that says what the table must be; its subject is the name of the setting.
pub fn check_table(table: &str) -> Result<(), &'static str> {
    let is_name = |name: &str| {
        (1..=64).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if table.split('.').count() <= 2 && table.split('.').all(is_name) {
        Ok(())
    } else {
        Err("must be `table` or `database.table`, each of at most 64 ASCII letters, digits and `_`")
    }
}

/// Checks the keys of a rotation, which must be two of one family.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn check_rotation(from: &StoreKey, to: &StoreKey) -> Result<(), &'static str> {
    if from.family != to.family {
        Err("a rotation stays in its family; create the new session and delete the old one instead")
    } else if from == to {
        Err("a rotation needs a new key")
    } else {
        Ok(())
    }
}
