//! The limits of each field as a tree that mirrors the JSON value it belongs to: the encoder walks both at once. The
//! tree of an operation is built once and cached.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::json::json;
use super::limits;
use crate::error::FieldError;
use crate::model::operation::{FieldSpec, Operation, Place, Rule};

/// The cached trees, by the address of their static operation. There are at most as many as operations, and as paths that
/// [`Client::request`](crate::Client::request) is called with.
static TREES: RwLock<Option<HashMap<usize, Arc<Tree>>>> = RwLock::new(None);

/// A node of a [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id(usize);

impl Id {
    pub(super) const fn index(self) -> usize {
        self.0
    }
}

/// The fields that an operation takes, by location.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    /// The roots of the locations come first.
    nodes: Vec<Node>,
}

/// A field, a location (path, query, body), or the item of an array.
#[derive(Clone, Debug)]
pub(super) struct Node {
    name: &'static str,
    /// A comma, the field name in JSON and a colon.
    pub(super) key: Box<[u8]>,
    parent: Option<Id>,
    is_item: bool,
    /// The index among the children of its parent, as a set.
    pub(super) bit: Children,
    /// The row in the table of the operation.
    pub(super) row: Option<usize>,
    pub(super) rules: &'static [Rule],
    first: Option<Id>,
    last: Option<Id>,
    next: Option<Id>,
    items: Option<Id>,
    required: Children,
}

/// A set of children of one node, one bit each. Only the first 128 children can be members; no operation has more
/// sibling fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Children(u128);

impl Children {
    /// The next child after `self`, which contains one child.
    const fn next(self) -> Self {
        Self(self.0 << 1)
    }

    pub(super) const fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    const fn is_empty(self) -> bool {
        self.0 == 0
    }

    const fn overlaps(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl Tree {
    /// The tree of an operation.
    pub(super) fn of(operation: &'static Operation) -> Arc<Self> {
        let address = std::ptr::from_ref(operation).addr();
        let known = TREES.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(tree) = known.as_ref().and_then(|trees| trees.get(&address)) {
            return Arc::clone(tree);
        }
        drop(known);
        let tree = Arc::new(Self::build(operation));
        let mut known = TREES.write().unwrap_or_else(PoisonError::into_inner);
        let trees = known.get_or_insert_default();
        Arc::clone(trees.entry(address).or_insert(tree))
    }

    fn build(operation: &Operation) -> Self {
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
            id = match self.child(id, name) {
                Some((child, _)) => child,
                None => self.add_child(id, name),
            };
            if in_items {
                id = self.items_of(id);
            }
        }
        let Some(node) = self.nodes.get_mut(id.0) else {
            return;
        };
        node.row = Some(row);
        node.rules = spec.rules;
        let bit = node.bit;
        let parent = node.parent.filter(|_| spec.required && !node.is_item);
        if let Some(parent) = parent.and_then(|parent| self.nodes.get_mut(parent.0)) {
            parent.required.add(bit);
        }
    }

    fn add(&mut self, name: &'static str, parent: Option<Id>, is_item: bool) -> Id {
        let id = Id(self.nodes.len());
        let mut key = vec![b','];
        json(&mut key, name);
        key.push(b':');
        self.nodes.push(Node {
            name,
            key: key.into(),
            parent,
            is_item,
            bit: Children(1),
            row: None,
            rules: &[],
            first: None,
            last: None,
            next: None,
            items: None,
            required: Children::default(),
        });
        id
    }

    fn add_child(&mut self, parent: Id, name: &'static str) -> Id {
        let id = self.add(name, Some(parent), false);
        let last = self.node(parent).and_then(|node| node.last);
        let mut bit = Children(1);
        if let Some(last) = last.and_then(|last| self.nodes.get_mut(last.0)) {
            last.next = Some(id);
            bit = last.bit.next();
        }
        if let Some(parent) = self.nodes.get_mut(parent.0) {
            parent.first.get_or_insert(id);
            parent.last = Some(id);
        }
        if let Some(node) = self.nodes.get_mut(id.0) {
            node.bit = bit;
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

    #[inline]
    pub(super) fn node(&self, id: Id) -> Option<&Node> {
        self.nodes.get(id.0)
    }

    /// The number of nodes.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The child with this name.
    pub(super) fn child(&self, parent: Id, name: &str) -> Option<(Id, &Node)> {
        let mut next = self.node(parent)?.first;
        while let Some(id) = next {
            let node = self.node(id)?;
            if node.name == name {
                return Some((id, node));
            }
            next = node.next;
        }
        None
    }

    /// A node, if it is the child with this name.
    #[inline]
    pub(super) fn if_child(&self, id: Id, parent: Id, name: &str) -> Option<&Node> {
        let node = self.node(id)?;
        (node.parent == Some(parent) && node.name == name).then_some(node)
    }

    /// The node for the items of an array.
    pub(super) fn items(&self, id: Id) -> Option<Id> {
        self.node(id)?.items
    }

    /// Reports the required children that are not in the set of children seen.
    pub(super) fn missing(
        &self,
        id: Id,
        seen: Children,
        indices: &[usize],
        problems: &mut Vec<(usize, FieldError)>,
    ) {
        let Some(node) = self.node(id) else { return };
        let missing = node.required.without(seen);
        if missing.is_empty() {
            return;
        }
        let mut next = node.first;
        while let Some((id, child)) = next.and_then(|id| Some((id, self.node(id)?))) {
            if child.bit.overlaps(missing) {
                let row = child.row.unwrap_or_default();
                problems.push((row, limits::missing(&self.name(id, indices))));
            }
            next = child.next;
        }
    }

    /// The name of a node in messages: `numbers[0].number`.
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
