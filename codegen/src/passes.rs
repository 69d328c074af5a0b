//! From progenitor's surface to the client's source files. Each pass writes one kind of thing; this file holds
//! what they share and checks that none of them was surprised.

mod builders;
mod docs;
mod examples;
mod files;
mod inline;
mod named;
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

use crate::meta::{Operation, Place};
use crate::names::Names;
use crate::surface::{Presence, Surface};

/// All that the passes read.
pub(crate) struct Model {
    pub(crate) operations: Vec<Operation>,
    pub(crate) surface: Surface,
    pub(crate) names: Names,
    /// Types that are part of a request.
    sent: BTreeSet<String>,
    /// For each type the modules whose operations reach it.
    modules: BTreeMap<String, BTreeSet<String>>,
}

/// Files by path below a directory.
pub(crate) type Files = BTreeMap<String, String>;

/// Writes all files: those of the client, and those of the tests.
pub(crate) fn write(
    operations: Vec<Operation>,
    surface: Surface,
    names: Names,
) -> Result<(Files, Files), String> {
    let model = Model::new(operations, surface, names)?;
    Ok((files::write(&model)?, files::write_tests(&model)?))
}

impl Model {
    fn new(
        mut operations: Vec<Operation>,
        mut surface: Surface,
        names: Names,
    ) -> Result<Self, String> {
        docs::fill(&mut surface, &mut operations);
        let mut modules: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for operation in &operations {
            for name in surface.reached(operation) {
                let of_type = modules.entry(name).or_default();
                of_type.insert(operation.names.module().to_owned());
            }
        }
        let model = Self {
            sent: surface.sent(&operations),
            operations,
            surface,
            names,
            modules,
        };
        model.check_methods()?;
        Ok(model)
    }

    /// Every operation has exactly one method and the other way round.
    fn check_methods(&self) -> Result<(), String> {
        let wanted: BTreeSet<String> = self
            .operations
            .iter()
            .map(Operation::written_name)
            .collect();
        let written: BTreeSet<String> = self.surface.methods.keys().cloned().collect();
        if wanted == written {
            return Ok(());
        }
        let difference: Vec<_> = wanted.symmetric_difference(&written).collect();
        Err(format!(
            "the methods that progenitor wrote are not the operations of the document: {difference:?}"
        ))
    }

    pub(crate) fn is_sent(&self, name: &str) -> bool {
        self.sent.contains(name)
    }

    /// Name of the module for a type: that of the operations that have it, or `common` for several.
    pub(crate) fn module_of_type(&self, name: &str) -> String {
        let modules = self.modules.get(name).into_iter().flatten();
        match modules.collect::<Vec<_>>().as_slice() {
            [module] => (*module).clone(),
            _ => "common".to_owned(),
        }
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
    let Some(method) = model.surface.methods.get(&operation.written_name()) else {
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
                is_deprecated: operation.deprecated.contains(&field.name),
                docs: docs.map(|(_, text)| text.clone()).unwrap_or_default(),
            },
        });
    }
    Ok(found)
}
