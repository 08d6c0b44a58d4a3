//! How single values are stored, for `serde(with)`.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A list of values with a remote form: `list!(module, Form, "Form", Model)`.
macro_rules! list {
    ($module:ident, $form:ident, $form_text:literal, $model:ty) => {
        pub(super) mod $module {
            use super::*;
            use serde::{Deserializer, Serializer};

            #[derive(Serialize)]
            struct Borrowed<'a>(#[serde(with = $form_text)] &'a $model);

            #[derive(Deserialize)]
            struct Owned(#[serde(with = $form_text)] $model);

            pub(crate) fn serialize<S: Serializer>(list: &[$model], to: S) -> Result<S::Ok, S::Error> {
                to.collect_seq(list.iter().map(Borrowed))
            }

            pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<$model>, D::Error> {
                let list = Vec::<Owned>::deserialize(from)?;
                Ok(list.into_iter().map(|owned| owned.0).collect())
            }
        }
    };
}

pub(super) use list;

/// A timestamp as milliseconds since the Unix epoch.
pub(super) mod millis {
    use super::*;
    use model::Timestamp;

    pub(crate) fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        at.as_millis().serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        i64::deserialize(from).map(Timestamp::from_millis)
    }
}

/// A timestamp that may be absent.
pub(super) mod millis_or_none {
    use super::*;
    use model::Timestamp;

    pub(crate) fn serialize<S: Serializer>(at: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
        at.map(Timestamp::as_millis).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
        Ok(Option::<i64>::deserialize(from)?.map(Timestamp::from_millis))
    }
}

/// A value of an enumeration by its name.
pub(super) mod named {
    use super::*;
    use crate::names::Named;

    pub(crate) fn serialize<T: Named, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(value.name())
    }

    pub(crate) fn deserialize<'de, T: Named, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        T::from_name(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// A value of an enumeration that may be absent.
pub(super) mod named_or_none {
    use super::*;
    use crate::names::Named;

    pub(crate) fn serialize<T: Named, S: Serializer>(value: &Option<T>, to: S) -> Result<S::Ok, S::Error> {
        value.map(Named::name).serialize(to)
    }

    pub(crate) fn deserialize<'de, T: Named, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
        Option::<String>::deserialize(from)?
            .map(|name| T::from_name(&name).map_err(D::Error::custom))
            .transpose()
    }
}

/// Sealed notes that may be absent.
pub(super) mod sealed_or_none {
    use super::*;
    use model::SealedNotes;

    pub(crate) fn serialize<S: Serializer>(notes: &Option<SealedNotes>, to: S) -> Result<S::Ok, S::Error> {
        notes.as_ref().map(SealedNotes::ciphertext).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SealedNotes>, D::Error> {
        Ok(Option::<String>::deserialize(from)?.map(SealedNotes::from_ciphertext))
    }
}

/// A phone number as text.
pub(super) mod phone_number {
    use super::*;
    use model::PhoneNumber;

    pub(crate) fn serialize<S: Serializer>(number: &PhoneNumber, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(number.as_str())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PhoneNumber, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// An emergency number as text.
pub(super) mod emergency_number {
    use super::*;
    use model::EmergencyNumber;

    pub(crate) fn serialize<S: Serializer>(number: &EmergencyNumber, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(number.as_str())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<EmergencyNumber, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}
