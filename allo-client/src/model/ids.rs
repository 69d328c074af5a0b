//! Ids, a type for each kind of thing. The text of an id is opaque: no format is checked, because the API promises none,
//! and ids compare byte by byte. That an id in a path is not empty is checked in `call::request`.

use std::fmt;

use super::text_type::text_type;
use crate::redact::Redactor;

/// Generates an id, whose `Debug` shows it.
macro_rules! id {
    ($(#[$attribute:meta])* $name:ident) => {
        text_type! {
            $(#[$attribute])*
            $name
        }

        impl $name {
            /// The text of the id.
            #[must_use]
            #[inline]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                debug(f, stringify!($name), &self.0)
            }
        }
    };
}

/// An address or number is easily passed as an id by mistake, so it is masked in it.
fn debug(f: &mut fmt::Formatter<'_>, name: &str, text: &str) -> fmt::Result {
    let shown = Redactor::without_key().clean_id(text).unwrap_or_default();
    f.debug_tuple(name).field(&shown).finish()
}

id! {
    /// Id of an account that a partner provisioned. It begins with `usr_`, but is not the id of a member of your own team.
    AccountId
}

id! {
    /// Id of an API key, which is not the key and not secret.
    ApiKeyId
}

id! {
    /// Id of a call. A call is a conversation item, so a [`ConversationItemId`] can be made from it.
    CallId
}

id! {
    /// Id of a company, in the CRM and elsewhere.
    CompanyId
}

id! {
    /// Id of a contact, as conversations and the first version of the API have it.
    ///
    /// The CRM may have the same human being as a person with a [`PersonId`]. The API does not say how the two ids belong
    /// together, so there is no conversion.
    ContactId
}

id! {
    /// Id of a call or text message.
    ///
    /// ```
    /// use allo_client::ids::{CallId, ConversationItemId};
    ///
    /// let call = CallId::from("cll-example");
    /// assert_eq!(ConversationItemId::from(&call), "cll-example");
    /// ```
    ConversationItemId
}

id! {
    /// Id of a deal of the CRM.
    ///
    /// ```
    /// use std::collections::HashMap;
    ///
    /// use allo_client::ids::DealId;
    ///
    /// let owners = HashMap::from([(DealId::from("dea-example"), "Marie")]);
    /// assert_eq!(owners.get("dea-example"), Some(&"Marie"));
    /// ```
    DealId
}

id! {
    /// Id of a person of the CRM.
    PersonId
}

id! {
    /// Id of a Power Dialer queue.
    QueueId
}

id! {
    /// Id of a summary template.
    SummaryTemplateId
}

id! {
    /// Id of a tag. Operations on the tags of a call take the tag's name instead.
    TagId
}

id! {
    /// Id of a team.
    TeamId
}

id! {
    /// Id of a member of the team.
    UserId
}

id! {
    /// Id of a webhook endpoint.
    WebhookId
}

impl From<CallId> for ConversationItemId {
    fn from(call: CallId) -> Self {
        Self(call.0)
    }
}

impl From<&CallId> for ConversationItemId {
    fn from(call: &CallId) -> Self {
        call.clone().into()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use super::*;
    use crate::model::nullable::Nullable;

    #[test]
    fn json_is_that_of_the_text() {
        for text in ["", "dea-1", "dea_1", "é\n\"quoted\"", "+12125550100"] {
            let json = serde_json::to_string(text).unwrap();
            let id: DealId = serde_json::from_str(&json).unwrap();
            assert_eq!(id.as_str(), text);
            assert_eq!(serde_json::to_string(&id).unwrap(), json);
            assert_eq!(id.to_string(), text);
            assert_eq!(id.clone().into_string().parse(), Ok(id));
        }
        for json in ["1", "null", "[]", "{}"] {
            assert!(serde_json::from_str::<DealId>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn it_is_the_key_of_maps_and_of_json_objects() {
        let json = r#"{"dea-1":1,"dea-2":2}"#;
        let sorted: BTreeMap<DealId, u8> = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&sorted).unwrap(), json);
        let hashed: HashMap<DealId, u8> = sorted.clone().into_iter().collect();
        for (text, expected) in [("dea-1", Some(&1)), ("dea-2", Some(&2)), ("dea-3", None)] {
            assert_eq!(sorted.get(text), expected);
            assert_eq!(hashed.get(text), expected);
        }
    }

    #[test]
    fn order_is_that_of_the_text() {
        let mut ids = ["dea-b", "Dea-a", "dea-10", "dea-9"].map(DealId::from);
        ids.sort();
        assert_eq!(ids, ["Dea-a", "dea-10", "dea-9", "dea-b"]);
    }

    #[test]
    fn every_text_becomes_an_id_and_a_nullable_one() {
        let text = "dea-1".to_owned();
        let id = DealId::from("dea-1");
        for same in [DealId::from(&text), text.clone().into(), (&id).into()] {
            assert_eq!(same, id);
        }
        let value = Nullable::Value(id.clone());
        for same in [
            Nullable::from("dea-1"),
            Nullable::from(&text),
            text.into(),
            Nullable::from(&id),
            id.into(),
        ] {
            assert_eq!(same, value);
        }
    }

    #[test]
    fn debug_shows_the_id_but_no_number_or_address_in_it() {
        for (text, shown) in [
            ("dea-1", "DealId(\"dea-1\")"),
            ("+12125550100", "DealId(\"<phone>\")"),
            ("lou@example.com", "DealId(\"<email>\")"),
            ("", "DealId(\"\")"),
        ] {
            assert_eq!(format!("{:?}", DealId::from(text)), shown);
        }
        let long = format!("usr-{}", "0123456789ABCDEF".repeat(3));
        assert_eq!(
            format!("{:?}", UserId::from(&long)),
            format!("UserId(\"{long}\")")
        );
    }

    #[test]
    fn a_call_is_a_conversation_item() {
        let call = CallId::from("cll-1");
        assert_eq!(ConversationItemId::from(&call), "cll-1");
        assert_eq!(ConversationItemId::from(call), "cll-1");
    }
}
