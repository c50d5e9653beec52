mod explain;
mod golden;

use std::time::Duration;

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Page, Revision, Write},
};

use session_sql::{
    OWNER_ROW,
    Parameter::{self, Bytes, Number},
    Sql, Statement, Table,
};

use super::NOW;
use crate::Mysql;
