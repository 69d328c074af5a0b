//! From progenitor's surface to the client's source files. Each pass writes one kind of thing; this file holds
//! what they share and checks that none of them was surprised.

mod builders;
mod collections;
mod docs;
mod examples;
mod files;
mod inline;
mod open_enums;
mod optionals;
mod pagination;
mod resources;
mod samples;
mod setters;
mod structs;
mod table;
mod teammates;

use std::collections::{BTreeMap, BTreeSet};

use heck::ToPascalCase;

use crate::meta::{Operation, Place};
use crate::surface::{Presence, Surface};
use crate::ty::Ty;

/// All that the passes read.
pub(crate) struct Model {
    pub(crate) operations: Vec<Operation>,
    pub(crate) surface: Surface,
    /// Types that are part of a request.
    sent: BTreeSet<String>,
    /// For each type the tags whose operations reach it.
    tags: BTreeMap<String, BTreeSet<String>>,
}

/// Files by path below a directory.
pub(crate) type Files = BTreeMap<String, String>;

/// Writes all files: those of the client, and those of the tests.
pub(crate) fn write(
    operations: Vec<Operation>,
    surface: Surface,
) -> Result<(Files, Files), String> {
    let model = Model::new(operations, surface)?;
    Ok((files::write(&model)?, files::write_tests(&model)?))
}

impl Model {
    fn new(mut operations: Vec<Operation>, mut surface: Surface) -> Result<Self, String> {
        docs::fill(&mut surface, &mut operations);
        let mut model = Self {
            operations,
            surface,
            sent: BTreeSet::new(),
            tags: BTreeMap::new(),
        };
        model.check_methods()?;
        model.trace();
        Ok(model)
    }

    /// Every operation has exactly one method and the other way round.
    fn check_methods(&self) -> Result<(), String> {
        let wanted: BTreeSet<String> = self.operations.iter().map(Operation::method_name).collect();
        let written: BTreeSet<String> = self.surface.methods.keys().cloned().collect();
        if wanted == written {
            return Ok(());
        }
        let difference: Vec<_> = wanted.symmetric_difference(&written).collect();
        Err(format!(
            "the methods that progenitor wrote are not the operations of the document: {difference:?}"
        ))
    }

    fn trace(&mut self) {
        for operation in self.operations.clone() {
            let Some(method) = self.surface.methods.get(&operation.method_name()).cloned() else {
                continue;
            };
            for (_, ty, _) in &method.arguments {
                self.reach(ty, &operation.tag, true);
            }
            if let Some(output) = &method.output {
                self.reach(output, &operation.tag, false);
            }
        }
    }

    fn reach(&mut self, ty: &Ty, tag: &str, sent: bool) {
        let Some(name) = ty.named() else { return };
        let new_tag = self
            .tags
            .entry(name.to_owned())
            .or_default()
            .insert(tag.to_owned());
        let newly_sent = sent && self.sent.insert(name.to_owned());
        if !new_tag && !newly_sent {
            return;
        }
        if let Some(item) = self.surface.structs.get(name).cloned() {
            for field in &item.fields {
                self.reach(&field.ty, tag, sent);
            }
        }
    }

    pub(crate) fn is_sent(&self, name: &str) -> bool {
        self.sent.contains(name)
    }

    /// Name of the module for a type: that of its tag, or `common` for several.
    pub(crate) fn module_of_type(&self, name: &str) -> String {
        match self
            .tags
            .get(name)
            .map(|tags| tags.iter().collect::<Vec<_>>())
        {
            Some(tags) if tags.len() == 1 => module_name(tags[0]),
            _ => "common".to_owned(),
        }
    }

    /// The struct that an operation takes as its body.
    pub(crate) fn body_of(&self, operation: &Operation) -> Option<&crate::surface::Struct> {
        let method = self.surface.methods.get(&operation.method_name())?;
        let (_, ty, _) = method.arguments.iter().find(|(name, ..)| name == "body")?;
        self.surface.structs.get(ty.named()?)
    }
}

/// An optional or required argument of an operation outside its body.
pub(crate) struct Parameter {
    pub(crate) place: Place,
    pub(crate) wire: String,
    pub(crate) field: crate::surface::Field,
}

/// The path and query parameters of an operation, without those of the teammate, in the order of the document.
pub(crate) fn parameters(model: &Model, operation: &Operation) -> Result<Vec<Parameter>, String> {
    let Some(method) = model.surface.methods.get(&operation.method_name()) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for field in operation
        .fields
        .iter()
        .filter(|field| field.place != Place::Body)
    {
        if operation.is_teammate_field(field.place, &field.name) {
            continue;
        }
        let name = heck::ToSnakeCase::to_snake_case(field.name.as_str());
        let argument = method
            .arguments
            .iter()
            .find(|(argument, ..)| argument.trim_end_matches('_') == name);
        let Some((_, ty, optional)) = argument else {
            return Err(format!("`{}` has no argument `{name}`", operation.id));
        };
        let docs = operation
            .parameter_docs
            .iter()
            .find(|(wire, _)| *wire == field.name);
        found.push(Parameter {
            place: field.place,
            wire: field.name.clone(),
            field: crate::surface::Field {
                name,
                wire: field.name.clone(),
                ty: ty.clone(),
                presence: if *optional {
                    Presence::Optional
                } else {
                    Presence::Required
                },
                object_list: false,
                docs: docs.map(|(_, text)| text.clone()).unwrap_or_default(),
            },
        });
    }
    Ok(found)
}

/// Name of a builder struct.
pub(crate) fn builder_name(operation: &Operation) -> String {
    operation.id.to_pascal_case()
}

/// Name of the module for a tag.
pub(crate) fn module_name(tag: &str) -> String {
    heck::ToSnakeCase::to_snake_case(tag)
}
