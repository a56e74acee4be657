//! JSON whose member names are compared without their case, as ASP.NET does.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserialize, Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Value};

/// Reads a value. If the names of two members differ in case only, the later member counts.
pub(super) fn from_value<T: for<'de> Deserialize<'de>>(value: Value) -> Result<T, Error> {
    T::deserialize(AnyCase(value))
}

struct AnyCase(Value);

impl IntoDeserializer<'_, Error> for AnyCase {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for AnyCase {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(items) => visitor.visit_seq(SeqDeserializer::new(items.into_iter().map(AnyCase))),
            Value::Object(members) => {
                visitor.visit_map(MapDeserializer::new(members.into_iter().map(|(name, value)| (name, AnyCase(value)))))
            }
            value => value.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let Value::Object(members) = self.0 else {
            // serde would read an array as a struct's members in order.
            return Err(Error::custom("an object is expected"));
        };
        let mut known = serde_json::Map::new();
        for (name, value) in members {
            let field = fields.iter().find(|field| field.eq_ignore_ascii_case(&name));
            known.insert(field.map_or(name, |field| (*field).to_owned()), value);
        }
        AnyCase(Value::Object(known)).deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use acs_identity_protocol::models::{CreateIdentityRequest, EntraAssignmentsPatch};
    use serde_json::json;

    #[test]
    fn the_case_of_member_names_is_ignored_at_every_depth() {
        let read: CreateIdentityRequest =
            from_value(json!({"CustomId": "a", "CREATETOKENWITHSCOPES": ["chat"], "other": 1})).unwrap();
        assert_eq!(read.custom_id.as_deref(), Some("a"));
        assert_eq!(read.create_token_with_scopes.map(|scopes| scopes.len()), Some(1));
        let read: EntraAssignmentsPatch = from_value(json!({"Object": {"TenantID": "t"}, "Gone": null})).unwrap();
        assert_eq!(read["Object"].as_ref().and_then(|request| request.tenant_id.as_deref()), Some("t"));
        assert!(read["Gone"].is_none());
    }

    #[test]
    fn the_later_of_two_members_with_the_same_name_counts() {
        let read: CreateIdentityRequest = from_value(json!({"customId": "a", "CustomID": "b"})).unwrap();
        assert_eq!(read.custom_id.as_deref(), Some("b"));
    }
}
