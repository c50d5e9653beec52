mod explain;
mod golden;

use std::time::Duration;

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Page, Revision, Write},
};

use session_sql::{
    Dialect as _, OWNER_ROW,
    Parameter::{self, Bytes, Number},
    Sql, Statement, StatementKind, Table,
};

use super::NOW;
use crate::Mysql;
