//! The fields of an operation and their limits as a tree, which the encoder walks together with a value.

use super::limits;
use crate::error::FieldError;
use crate::model::operation::{FieldSpec, Operation, Place};

/// A node of a [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id(usize);

impl Id {
    pub(super) const fn index(self) -> usize {
        self.0
    }
}

/// The fields that an operation takes, by place.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    /// The roots of the places come first.
    nodes: Vec<Node>,
}

#[derive(Clone, Debug)]
struct Node {
    name: &'static str,
    parent: Option<Id>,
    /// Whether it stands for each item of its parent.
    is_item: bool,
    /// Its place among its siblings.
    place: usize,
    /// The row of the table that is about it.
    spec: Option<usize>,
    first: Option<Id>,
    last: Option<Id>,
    next: Option<Id>,
    items: Option<Id>,
    required: Children,
    is_plain: bool,
}

/// Some of the children of a node, by their places. What is beyond the last place is never a member; no operation has
/// that many fields beside each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Children(u128);

impl Children {
    fn bit(place: usize) -> u128 {
        u32::try_from(place)
            .ok()
            .and_then(|place| 1_u128.checked_shl(place))
            .unwrap_or_default()
    }

    pub(super) fn insert(&mut self, place: usize) {
        self.0 |= Self::bit(place);
    }

    fn holds(self, place: usize) -> bool {
        self.0 & Self::bit(place) != 0
    }
}

impl Tree {
    /// The tree of an operation.
    pub(super) fn of(operation: &Operation) -> Self {
        let mut tree = Self {
            nodes: Vec::with_capacity(operation.fields.len() * 2 + 3),
        };
        for _ in 0..3 {
            tree.add("", None, false);
        }
        for (row, spec) in operation.fields.iter().enumerate() {
            tree.insert(row, spec);
        }
        tree
    }

    pub(super) const fn root(&self, place: Place) -> Id {
        match place {
            Place::Path => Id(0),
            Place::Query => Id(1),
            Place::Body => Id(2),
        }
    }

    fn insert(&mut self, row: usize, spec: &'static FieldSpec) {
        let mut id = self.root(spec.place);
        for step in spec.name.split('.') {
            let (name, in_items) = step
                .strip_suffix("[]")
                .map_or((step, false), |name| (name, true));
            id = match self.child(id, name, None) {
                Some(child) => child,
                None => self.add_child(id, name),
            };
            if in_items {
                id = self.items_of(id);
            }
        }
        let place = self.place(id);
        let Some(node) = self.nodes.get_mut(id.0) else {
            return;
        };
        node.spec = Some(row);
        let parent = node.parent.filter(|_| spec.required && !node.is_item);
        if let Some(parent) = parent.and_then(|parent| self.nodes.get_mut(parent.0)) {
            parent.required.insert(place);
        }
    }

    fn add(&mut self, name: &'static str, parent: Option<Id>, is_item: bool) -> Id {
        let id = Id(self.nodes.len());
        self.nodes.push(Node {
            name,
            parent,
            is_item,
            place: 0,
            spec: None,
            first: None,
            last: None,
            next: None,
            items: None,
            required: Children::default(),
            is_plain: name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'),
        });
        id
    }

    fn add_child(&mut self, parent: Id, name: &'static str) -> Id {
        let last = self.node(parent).and_then(|node| node.last);
        let place = last.map_or(0, |last| self.place(last) + 1);
        let id = self.add(name, Some(parent), false);
        if let Some(last) = last.and_then(|last| self.nodes.get_mut(last.0)) {
            last.next = Some(id);
        }
        if let Some(parent) = self.nodes.get_mut(parent.0) {
            parent.first.get_or_insert(id);
            parent.last = Some(id);
        }
        if let Some(node) = self.nodes.get_mut(id.0) {
            node.place = place;
        }
        id
    }

    fn items_of(&mut self, id: Id) -> Id {
        if let Some(items) = self.items(id) {
            return items;
        }
        let items = self.add("", Some(id), true);
        if let Some(node) = self.nodes.get_mut(id.0) {
            node.items = Some(items);
        }
        items
    }

    fn node(&self, id: Id) -> Option<&Node> {
        self.nodes.get(id.0)
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The child of that name; `likely` is looked at first.
    pub(super) fn child(&self, parent: Id, name: &str, likely: Option<Id>) -> Option<Id> {
        let is_it = |id: &Id| {
            // What is likely may be somewhere else altogether.
            let node = self.node(*id).filter(|node| node.parent == Some(parent));
            node.is_some_and(|node| node.name == name)
        };
        if likely.as_ref().is_some_and(is_it) {
            return likely;
        }
        let first = self.node(parent)?.first;
        std::iter::successors(first, |id| self.after(*id)).find(is_it)
    }

    /// Whether its name is the same in JSON, but for the quotes.
    pub(super) fn is_plain(&self, id: Id) -> bool {
        self.node(id).is_some_and(|node| node.is_plain)
    }

    /// The sibling behind it.
    fn after(&self, id: Id) -> Option<Id> {
        self.node(id)?.next
    }

    /// What stands for each item of an array.
    pub(super) fn items(&self, id: Id) -> Option<Id> {
        self.node(id)?.items
    }

    /// Its place among its siblings.
    pub(super) fn place(&self, id: Id) -> usize {
        self.node(id).map_or(0, |node| node.place)
    }

    /// The row of the table that is about it.
    pub(super) fn spec(&self, id: Id) -> Option<usize> {
        self.node(id)?.spec
    }

    /// Reports the children that must be there and are not among those that were seen.
    pub(super) fn missing(
        &self,
        id: Id,
        seen: Children,
        indices: &[usize],
        problems: &mut Vec<(usize, FieldError)>,
    ) {
        let Some(node) = self.node(id) else { return };
        if node.required.0 & !seen.0 == 0 {
            return;
        }
        for child in std::iter::successors(node.first, |id| self.after(*id)) {
            let place = self.place(child);
            if node.required.holds(place) && !seen.holds(place) {
                let row = self.spec(child).unwrap_or_default();
                problems.push((row, limits::missing(&self.name(child, indices))));
            }
        }
    }

    /// How a node is called in messages: `numbers[0].number`.
    pub(super) fn name(&self, id: Id, indices: &[usize]) -> String {
        let mut indices = indices.iter().rev();
        let mut name = String::new();
        let mut current = Some(id);
        while let Some(node) = current.and_then(|id| self.node(id)) {
            if node.is_item {
                let index = indices.next().copied().unwrap_or_default();
                let dot = if name.is_empty() { "" } else { "." };
                name = format!("[{index}]{dot}{name}");
            } else if node.parent.is_some() {
                let dot = if name.is_empty() || name.starts_with('[') {
                    ""
                } else {
                    "."
                };
                name = format!("{}{dot}{name}", node.name);
            }
            current = node.parent;
        }
        name
    }
}
