use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use zeroize::Zeroizing;

/// A value of a configuration file before anybody knows whether it fits its field: a wrong type is then a problem of
/// that field like any other, not the end of reading.
///
/// It has no `Debug`, because one of the texts is the secret.
pub(super) enum Raw {
    Flag(bool),
    Number(u64),
    Text(Zeroizing<String>),
    List(Vec<Raw>),
    /// Negative numbers, fractions, tables: no setting is one.
    Other,
}

/// A value that should be a table.
pub(super) enum Table<T> {
    Fields(T),
    Other(Raw),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Table<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TableVisitor(std::marker::PhantomData))
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a setting")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Raw, E> {
        Ok(Raw::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Raw, E> {
        Ok(number.try_into().map_or(Raw::Other, Raw::Number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Raw, E> {
        Ok(Raw::Number(number))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Raw, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E>(self, text: String) -> Result<Raw, E> {
        Ok(Raw::Text(Zeroizing::new(text)))
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Raw, A::Error> {
        let mut raw = Vec::new();
        while let Some(value) = list.next_element()? {
            raw.push(value);
        }
        Ok(Raw::List(raw))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Raw::Other)
    }
}

struct TableVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for TableVisitor<T> {
    type Value = Table<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of settings")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Table<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Table::Fields)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Table<T>, E> {
        Ok(Table::Other(Raw::Other))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Table<T>, E> {
        Ok(Table::Other(Raw::Other))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Table<T>, E> {
        Ok(Table::Other(Raw::Other))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Table<T>, E> {
        Ok(Table::Other(Raw::Other))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Table<T>, E> {
        RawVisitor.visit_str(text).map(Table::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Table<T>, A::Error> {
        RawVisitor.visit_seq(list).map(Table::Other)
    }
}
