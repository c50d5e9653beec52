use std::num::NonZeroU32;

use serde::Deserialize;

use super::{
    ConfigError, SessionConfig, SessionConfigBuilder,
    raw::{Raw, Table},
    reader::Reader,
    settings::Settings,
};
use crate::store::{Cap, OnFull};

/// A configuration file: every field optional, the original's names beside ours.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    #[serde(alias = "timeout")]
    idle: Option<Raw>,
    absolute: Option<Raw>,
    touch_after: Option<Raw>,
    rotate_after: Option<Raw>,
    grace: Option<Raw>,
    on_reuse: Option<Raw>,
    #[serde(alias = "sessionAlgo")]
    algorithm: Option<Raw>,
    codec: Option<Raw>,
    limits: Option<Table<LimitsForm>>,
    secret: Option<Raw>,
    /// The original's is the cookie's name.
    cookie: Option<Table<CookieForm>>,
    /// The original's `cookie.secure`.
    secure: Option<Raw>,
    /// The original's is the reserved key.
    fingerprint: Option<Table<FingerprintForm>>,
    fingerprint_key: Option<Raw>,
    #[serde(alias = "tokenKey")]
    token_key: Option<Raw>,
    flash_key: Option<Raw>,
    prefix: Option<Raw>,
    table: Option<Raw>,
    gc: Option<Raw>,
    #[serde(alias = "saveCLI")]
    save_cli: Option<Raw>,
    conflict_retries: Option<Raw>,
    cap: Option<Table<CapForm>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsForm {
    max_bytes: Option<Raw>,
    max_keys: Option<Raw>,
    max_key_bytes: Option<Raw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CookieForm {
    name: Option<Raw>,
    path: Option<Raw>,
    domain: Option<Raw>,
    secure: Option<Raw>,
    same_site: Option<Raw>,
    partitioned: Option<Raw>,
    persistent: Option<Raw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FingerprintForm {
    properties: Option<Raw>,
    on_mismatch: Option<Raw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CapForm {
    max: Option<Raw>,
    on_full: Option<Raw>,
}

impl TryFrom<Form> for SessionConfig {
    type Error = ConfigError;

    fn try_from(form: Form) -> Result<Self, ConfigError> {
        let mut reader = Reader::default();
        let settings = &mut Settings::default();
        reader.duration("idle", form.idle, &mut settings.idle);
        reader.duration("absolute", form.absolute, &mut settings.absolute);
        reader.duration("touch_after", form.touch_after, &mut settings.touch_after);
        reader.duration("rotate_after", form.rotate_after, &mut settings.rotate_after);
        reader.duration("grace", form.grace, &mut settings.grace);
        reader.variant("on_reuse", form.on_reuse, &mut settings.on_reuse);
        reader.variant("algorithm", form.algorithm, &mut settings.algorithm);
        reader.variant("codec", form.codec, &mut settings.codec);
        reader.secret(form.secret, settings);
        reader.text("token_key", form.token_key, &mut settings.token_key);
        reader.text("flash_key", form.flash_key, &mut settings.flash_key);
        reader.text("prefix", form.prefix, &mut settings.prefix);
        reader.text("table", form.table, &mut settings.table);
        reader.flag("save_cli", form.save_cli, &mut settings.save_cli);
        reader.number("conflict_retries", form.conflict_retries, &mut settings.conflict_retries);
        reader.gc(form.gc, settings);
        reader.limits(form.limits, settings);
        reader.cookie(form.cookie, form.secure, settings);
        reader.fingerprint(form.fingerprint, form.fingerprint_key, settings);
        reader.cap(form.cap, settings);
        let settings = std::mem::take(settings);
        SessionConfigBuilder { settings }.build_with(reader.problems)
    }
}

/// The tables, and what is more than one value.
impl Reader {
    fn limits(&mut self, form: Option<Table<LimitsForm>>, settings: &mut Settings) {
        let limits = &mut settings.limits;
        match form {
            None => {}
            Some(Table::Other(_)) => self.problems.add("limits", "must be a table"),
            Some(Table::Fields(form)) => {
                self.number("limits.max_bytes", form.max_bytes, &mut limits.max_bytes);
                self.number("limits.max_keys", form.max_keys, &mut limits.max_keys);
                self.number("limits.max_key_bytes", form.max_key_bytes, &mut limits.max_key_bytes);
            }
        }
    }

    fn cookie(&mut self, form: Option<Table<CookieForm>>, secure: Option<Raw>, settings: &mut Settings) {
        let cookie = &mut settings.cookie;
        let twice =
            secure.is_some() && matches!(&form, Some(Table::Fields(CookieForm { secure: Some(_), .. })));
        self.problems.require(!twice, "secure", "is the same as cookie.secure: leave one of them out");
        self.flag("secure", secure, &mut cookie.secure);
        match form {
            None => {}
            Some(Table::Other(name @ Raw::Text(_))) => self.text("cookie.name", Some(name), &mut cookie.name),
            Some(Table::Other(_)) => self.problems.add("cookie", "must be a table, or a text: the name"),
            Some(Table::Fields(form)) => {
                self.text("cookie.name", form.name, &mut cookie.name);
                self.text("cookie.path", form.path, &mut cookie.path);
                self.text("cookie.domain", form.domain, &mut cookie.domain);
                self.flag("cookie.secure", form.secure, &mut cookie.secure);
                self.variant("cookie.same_site", form.same_site, &mut cookie.same_site);
                self.flag("cookie.partitioned", form.partitioned, &mut cookie.partitioned);
                self.flag("cookie.persistent", form.persistent, &mut cookie.persistent);
            }
        }
    }

    fn fingerprint(
        &mut self,
        form: Option<Table<FingerprintForm>>,
        key: Option<Raw>,
        settings: &mut Settings,
    ) {
        let twice = key.is_some() && matches!(form, Some(Table::Other(Raw::Text(_))));
        self.problems.require(
            !twice,
            "fingerprint",
            "as a text is the same as fingerprint_key: leave one of them out",
        );
        self.text("fingerprint_key", key, &mut settings.fingerprint_key);
        match form {
            None => {}
            Some(Table::Other(key @ Raw::Text(_))) => {
                self.text("fingerprint_key", Some(key), &mut settings.fingerprint_key);
            }
            Some(Table::Other(_)) => {
                self.problems.add("fingerprint", "must be a table, or a text: the reserved key");
            }
            Some(Table::Fields(form)) => {
                self.properties(form.properties, settings);
                let on_mismatch = &mut settings.fingerprint.on_mismatch;
                self.variant("fingerprint.on_mismatch", form.on_mismatch, on_mismatch);
            }
        }
    }

    fn properties(&mut self, raw: Option<Raw>, settings: &mut Settings) {
        const FIELD: &str = "fingerprint.properties";
        match raw {
            None => {}
            Some(Raw::List(list)) => {
                let chosen = list.into_iter().filter_map(|raw| self.parse_variant(FIELD, raw));
                settings.fingerprint.properties = chosen.collect();
            }
            Some(_) => self.problems.add(FIELD, "must be a list"),
        }
    }

    fn cap(&mut self, form: Option<Table<CapForm>>, settings: &mut Settings) {
        let form = match form {
            None => return,
            Some(Table::Fields(form)) => form,
            Some(Table::Other(_)) => return self.problems.add("cap", "must be a table with max and on_full"),
        };
        let mut on_full = OnFull::default();
        self.variant("cap.on_full", form.on_full, &mut on_full);
        let max = match form.max {
            Some(Raw::Number(max)) => u32::try_from(max).ok().and_then(NonZeroU32::new),
            _ => None,
        };
        match max {
            Some(max) => settings.cap = Some(Cap { max, on_full }),
            None => self.problems.add(
                "cap.max",
                "must be a whole number from 1 to 4,294,967,295 (leave cap out for no limit)",
            ),
        }
    }

    fn gc(&mut self, raw: Option<Raw>, settings: &mut Settings) {
        let mut one_in = settings.gc.map_or(0, NonZeroU32::get);
        self.number("gc", raw, &mut one_in);
        settings.gc = NonZeroU32::new(one_in);
    }
}
