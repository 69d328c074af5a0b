//! A list in a response, in which a malformed item does not fail the others.

use std::fmt;
use std::ops::Deref;

use std::marker::PhantomData;

use serde::de::{DeserializeOwned, SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::decode::{self, all};
use super::mode::{self, Mode};

/// The items of a response.
///
/// It dereferences to the items that could be decoded, in order. All others are in
/// [`malformed`](List::malformed). Serialized as JSON, all items have their original positions,
/// except malformed ones that are only counted.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct List<T> {
    items: Vec<T>,
    malformed: Vec<Malformed>,
    /// The number of malformed items that are counted but not kept.
    unkept: usize,
}

/// The maximum number of malformed items that are kept; further ones are only counted.
const MOST_KEPT: usize = 100;
/// The maximum number of bytes of JSON that are kept of all malformed items together.
const MOST_RAW: usize = 1024 * 1024;

/// An item of a [`List`] that does not have the expected shape.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Malformed {
    index: usize,
    problem: String,
    raw: Value,
}

impl Malformed {
    /// The index in the array, from 0.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.index
    }

    /// Why the item could not be decoded. Contains no data of the item.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// The item as received; null if a page has more than a mebibyte of malformed items. May
    /// contain personal data.
    #[must_use]
    pub const fn raw(&self) -> &Value {
        &self.raw
    }
}

impl fmt::Debug for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Malformed")
            .field("index", &self.index)
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}

impl<T> List<T> {
    /// The first hundred malformed items, with their indexes.
    pub fn malformed(&self) -> &[Malformed] {
        &self.malformed
    }

    /// The number of malformed items.
    pub fn malformed_count(&self) -> usize {
        self.malformed.len() + self.unkept
    }

    /// The decoded items and the malformed ones.
    pub fn into_parts(self) -> (Vec<T>, Vec<Malformed>) {
        (self.items, self.malformed)
    }

    /// The length of the array, malformed items included.
    pub(crate) fn slots(&self) -> usize {
        self.items.len() + self.malformed_count()
    }

    /// Every item of the array in order, malformed or not. Malformed items that were only counted
    /// are represented by one error at the end.
    pub(crate) fn into_slots(self) -> impl Iterator<Item = Result<T, Malformed>> {
        let last = self.malformed.last().map_or(0, |bad| bad.index + 1);
        let others = (self.unkept > 0).then(|| Malformed {
            index: last,
            problem: format!("{} more items could not be decoded either", self.unkept),
            raw: Value::Null,
        });
        let mut items = self.items.into_iter();
        let mut malformed = self.malformed.into_iter().chain(others).peekable();
        (0_usize..).map_while(
            move |index| match malformed.next_if(|bad| bad.index <= index) {
                Some(bad) => Some(Err(bad)),
                None => items.next().map(Ok),
            },
        )
    }
}

/// The item as received, if there is room for it. An item that is too large does not use up the
/// room of those that follow.
fn kept(json: &str, room: &mut usize) -> Value {
    match room.checked_sub(json.len()) {
        Some(left) => {
            *room = left;
            serde_json::from_str(json).unwrap_or_default()
        }
        None => Value::Null,
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        Self {
            items,
            malformed: Vec::new(),
            unkept: 0,
        }
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::from(Vec::from_iter(items))
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    /// The decoded items.
    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<T: fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = f.debug_list();
        list.entries(&self.items).entries(&self.malformed).finish()
    }
}

impl<T: Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let length = self.items.len() + self.malformed.len();
        let mut array = serializer.serialize_seq(Some(length))?;
        let mut items = self.items.iter();
        let mut malformed = self.malformed.iter().peekable();
        for index in 0..length {
            if let Some(bad) = malformed.next_if(|bad| bad.index <= index) {
                array.serialize_element(&bad.raw)?;
            } else if let Some(item) = items.next() {
                array.serialize_element(item)?;
            }
        }
        array.end()
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: DeserializeOwned> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    // Null means no items: the API omits arrays in more than one way.
    fn visit_none<E>(self) -> Result<List<T>, E> {
        mode::request_shape_check();
        Ok(List::default())
    }

    fn visit_unit<E>(self) -> Result<List<T>, E> {
        mode::request_shape_check();
        Ok(List::default())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<List<T>, D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<List<T>, A::Error> {
        let mut list = List::default();
        let mut room = MOST_RAW;
        match mode::current() {
            Mode::Whole => return all(items).map(List::from),
            Mode::Each => {
                while let Some(raw) = items.next_element::<Box<RawValue>>()? {
                    list.read(raw.get(), &mut room);
                }
            }
            // Another format may not support raw values.
            Mode::Foreign => {
                while let Some(value) = items.next_element::<Value>()? {
                    list.read(&value.to_string(), &mut room);
                }
            }
        }
        Ok(list)
    }
}

impl<T: DeserializeOwned> List<T> {
    /// Decodes one more item; a malformed item does not fail the others. `room` is what may still
    /// be kept of malformed items.
    fn read(&mut self, json: &str, room: &mut usize) {
        match decode::item(json) {
            Ok(item) => self.items.push(item),
            Err(problem) if self.malformed.len() < MOST_KEPT => self.malformed.push(Malformed {
                index: self.slots(),
                problem,
                raw: kept(json, room),
            }),
            Err(_) => self.unkept += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Number {
        number: String,
    }

    fn mixed() -> Value {
        json!([
            {"number": 12_125_550_101_u64},
            {"number": "+12125550102"},
            null,
            {"number": "+12125550103"},
            "odd",
        ])
    }

    #[test]
    fn a_malformed_item_costs_only_itself() {
        let list: List<Number> = serde_json::from_value(mixed()).unwrap();
        assert_eq!(list.len(), 2);
        let places: Vec<_> = list.malformed().iter().map(Malformed::index).collect();
        assert_eq!(places, [0, 2, 4]);
    }

    #[test]
    fn written_back_every_item_is_in_its_old_place() {
        let list: List<Number> = serde_json::from_value(mixed()).unwrap();
        assert_eq!(serde_json::to_value(&list).unwrap(), mixed());
    }

    #[test]
    fn slots_follow_the_order_of_the_array() {
        let list: List<Number> = serde_json::from_value(mixed()).unwrap();
        let readable: Vec<_> = list.into_slots().map(|slot| slot.is_ok()).collect();
        assert_eq!(readable, [false, true, false, true, false]);
    }

    #[test]
    fn no_data_of_the_item_is_shown() {
        let list: List<Number> = serde_json::from_value(mixed()).unwrap();
        let bad = &list.malformed()[0];
        assert!(!format!("{bad:?} {}", bad.problem()).contains("555"));
        assert_eq!(bad.raw(), &json!({"number": 12_125_550_101_u64}));
    }

    #[test]
    fn little_is_kept_of_many_malformed_items_and_none_is_forgotten() {
        let mut values = vec![json!(7); 1_000];
        values.insert(500, json!({"number": "+12125550102"}));
        values.push(json!({"number": "+12125550103"}));
        let list: List<Number> = serde_json::from_value(Value::Array(values)).unwrap();
        assert_eq!(
            (list.len(), list.malformed_count(), list.slots()),
            (2, 1_000, 1_002)
        );
        assert_eq!(list.malformed().len(), MOST_KEPT);
        let slots: Vec<_> = list.into_slots().collect();
        let mut bad = slots.iter().filter_map(|slot| slot.as_ref().err());
        let last = bad.next_back().unwrap();
        assert_eq!(last.problem(), "900 more items could not be decoded either");
        assert_eq!(slots.iter().filter(|slot| slot.is_ok()).count(), 2);

        let large = json!({ "number": ["x".repeat(MOST_RAW / 3)] });
        let list: List<Number> = serde_json::from_value(json!([large, large, large, 7])).unwrap();
        let kept: Vec<_> = list
            .malformed()
            .iter()
            .map(|bad| !bad.raw().is_null())
            .collect();
        assert_eq!(kept, [true, true, false, true]);
    }

    #[test]
    fn null_is_no_items() {
        let list: List<Number> = serde_json::from_value(Value::Null).unwrap();
        assert!(list.is_empty() && list.malformed().is_empty());
    }
}
