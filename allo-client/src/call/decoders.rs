//! Functions that decode the body of a response: as a type, or as the content of its `data`. The transport calls them
//! without knowing the types.

use serde::Deserialize;
use serde::Deserializer;
use serde::de::{DeserializeOwned, MapAccess};

use crate::codec::decode::{self, DecodeObject, Entries};
use crate::transport::Decoded;

/// Decodes the whole body as a `T`.
pub(crate) fn whole<T: DeserializeOwned + Send + 'static>(body: &[u8]) -> Decoded {
    read(body, |body: T| body)
}

/// Decodes a body `{"data": T}`.
pub(crate) fn data<T: DeserializeOwned + Send + 'static>(body: &[u8]) -> Decoded {
    read(body, |Data(data): Data<T>| data)
}

/// The same for a body whose `data` may be null.
pub(crate) fn data_if_any<T: DeserializeOwned + Default + Send + 'static>(body: &[u8]) -> Decoded {
    read(body, |DataIfAny(data): DataIfAny<T>| data)
}

/// Decodes any JSON as a `T`; an empty body is read as null.
pub(crate) fn json<T: DeserializeOwned + Send + 'static>(body: &[u8]) -> Decoded {
    let body = match body.trim_ascii() {
        [] => b"null",
        body => body,
    };
    let decoded = whole::<T>(body);
    Decoded {
        // The members of the body have not been checked.
        is_certain: false,
        ..decoded
    }
}

fn read<B: DeserializeOwned, T: Send + 'static>(body: &[u8], open: fn(B) -> T) -> Decoded {
    match decode::from_bytes(body) {
        Ok((body, is_certain)) => Decoded {
            value: Ok(Box::new(open(body))),
            is_certain,
        },
        Err(problem) => Decoded::failed(problem),
    }
}

/// `{"data": T}`.
struct Data<T>(T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Data<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decode::decode_object(deserializer)
    }
}

impl<T: DeserializeOwned> DecodeObject for Data<T> {
    const NAME: &'static str = "Data";
    const FIELDS: &'static [&'static str] = &["data"];

    fn read<'de, A: MapAccess<'de>>(entries: &mut Entries<A, A::Error>) -> Result<Self, A::Error> {
        let mut data = None;
        while entries.next().is_some() {
            entries.need(&mut data);
        }
        entries.finish(&[(0, data.is_none())])?;
        data.map(Self).ok_or_else(|| entries.incomplete())
    }
}

/// `{"data": T}`, whose `data` may be missing.
struct DataIfAny<T>(T);

impl<'de, T: DeserializeOwned + Default> Deserialize<'de> for DataIfAny<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decode::decode_object(deserializer)
    }
}

impl<T: DeserializeOwned + Default> DecodeObject for DataIfAny<T> {
    const NAME: &'static str = "Data";
    const FIELDS: &'static [&'static str] = &["data"];

    fn read<'de, A: MapAccess<'de>>(entries: &mut Entries<A, A::Error>) -> Result<Self, A::Error> {
        let mut data: Option<T> = None;
        while entries.next().is_some() {
            entries.take(&mut data);
        }
        entries.finish(&[])?;
        if data.is_none() {
            entries.request_shape_check();
        }
        Ok(Self(data.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::codec::list::List;
    use crate::generated::types::{DialingQueue, DialingQueuePage, DrilldownPage, Tag};
    use crate::model::operation::SuccessBody;
    use crate::transport::{DecodeBody, Decoded, is_success};

    const READERS: [(&str, DecodeBody); 6] = [
        ("an object", data::<DialingQueue>),
        ("a list", data::<List<Tag>>),
        ("a list, if any", data_if_any::<List<Tag>>),
        ("an object, if any", data_if_any::<Option<DialingQueue>>),
        ("a page", whole::<DialingQueuePage>),
        ("a page of what may be missing", whole::<DrilldownPage>),
    ];

    fn in_shape(body: &str) -> bool {
        is_success(SuccessBody::Object(&["data"]), 200, body.as_bytes(), true)
    }

    /// Members that may stand at the top of a body, in any order.
    const MEMBERS: [&str; 14] = [
        r#""data":[]"#,
        r#""data":{}"#,
        r#""data":null"#,
        r#""data":[{"id":"tag-1","name":"hot"}]"#,
        r#""data":{"calls":[],"id":"q"}"#,
        r#""data":[7]"#,
        r#""pagination":null"#,
        r#""pagination":{"total_pages":1}"#,
        r#""error":"busy""#,
        r#""error":null"#,
        r#""err\u006fr":{}"#,
        r#""success":false"#,
        r#""success":true"#,
        r#""status":"maintenance""#,
    ];

    #[test]
    fn what_is_certain_has_the_shape_of_a_success() {
        let mut bodies = vec!["{}".to_owned()];
        for first in MEMBERS {
            bodies.push(format!("{{{first}}}"));
            for second in MEMBERS {
                bodies.push(format!("{{{first},{second}}}"));
                bodies.extend(MEMBERS.map(|third| format!("{{{first},{second},{third}}}")));
            }
        }
        let mut certain = 0;
        for (name, read) in READERS {
            for body in &bodies {
                if read(body.as_bytes()).is_certain {
                    certain += 1;
                    assert!(in_shape(body), "{name}: {body}");
                }
            }
        }
        assert!(certain > 300, "only {certain}");
    }

    #[test]
    fn an_ordinary_response_needs_no_second_look() {
        let page = r#"{"data":[{"id":"tag-1","name":"hot","color":"RED"}]}"#;
        let read = data::<List<Tag>>(page.as_bytes());
        assert!(read.is_certain && read.value.is_ok());
        let odd = r#"{"data":[{"id":"tag-1","name":7}]}"#;
        let read = data::<List<Tag>>(odd.as_bytes());
        assert!(!read.is_certain && read.value.is_ok());
    }

    #[test]
    fn what_has_no_type_is_looked_at() {
        let Decoded { value, is_certain } = super::json::<Value>(b" ");
        let value = value.unwrap().downcast::<Value>().unwrap();
        assert!(value.is_null() && !is_certain);
    }
}
