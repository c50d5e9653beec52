use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;

/// A part of a file.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Node {
    Table(Table),
    Value(Value),
}

/// A table of a file. Unlike a map it has every name that was given, in its order.
#[derive(Clone)]
pub(super) struct Table(pub(super) Vec<(String, Node)>);

impl Node {
    pub(super) const fn is_text(&self) -> bool {
        matches!(self, Self::Value(Value::String(_)))
    }
}

impl From<Node> for Value {
    fn from(node: Node) -> Self {
        match node {
            Node::Value(value) => value,
            Node::Table(Table(pairs)) => {
                Self::Object(pairs.into_iter().map(|(name, node)| (name, node.into())).collect())
            }
        }
    }
}

impl<'de> Deserialize<'de> for Table {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Table;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of settings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Table, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Table(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}
