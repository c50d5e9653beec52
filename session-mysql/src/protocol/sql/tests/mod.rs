mod explain;
mod golden;

use std::time::Duration;

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Page, Revision, Write},
};

use super::{
    NOW, Sql,
    statement_builder::{OWNER_ROW, millis},
    statements::TEXTS,
};
use crate::protocol::{
    Parameter::{self, Bytes, Number},
    Statement, Table,
};
