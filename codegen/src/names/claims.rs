//! Names that meet: two things of one name in one place, or a name that is none. What is pinned was there first, so that
//! the new thing is told.

use std::collections::BTreeMap;

use super::{Names, Pinned, Settling};
use crate::check::reserved;
use crate::document::child;
use crate::meta::Operation;
use crate::problem::Problem;

/// What is taken, by place and name, and by whom.
#[derive(Default)]
pub(super) struct Claims {
    taken: BTreeMap<(String, String), String>,
    problems: Vec<Problem>,
}

impl Claims {
    pub(super) fn check(
        settling: &Settling<'_>,
        operations: &[Operation],
        names: &Names,
    ) -> Vec<Problem> {
        let mut claims = Self::default();
        let client = "the client".to_owned();
        for method in reserved::CLIENT_METHODS {
            let key = (client.clone(), method.to_owned());
            claims.taken.insert(key, "the client itself".to_owned());
        }
        let is_pinned = |operation: &&Operation| {
            settling
                .pinned
                .names
                .operations
                .contains_key(&operation.key)
        };
        let (old, new): (Vec<&Operation>, Vec<&Operation>) = operations.iter().partition(is_pinned);
        // What is pinned comes first, resources among it.
        let pinned = &settling.pinned.names.resources;
        let (old_resources, new_resources): (Vec<_>, Vec<_>) = names
            .resources
            .iter()
            .partition(|(path, _)| pinned.contains_key(*path));
        for (operations, resources) in [(old, old_resources), (new, new_resources)] {
            for (path, name) in resources {
                let problem = |message: String| resource_problem(settling.pinned, path, message);
                claims.resource(path, name, &problem);
            }
            for operation in operations {
                let problem = |message: String| operation_problem(settling, operation, message);
                claims.operation(operation, names, &problem);
            }
        }
        claims.problems
    }

    fn resource(&mut self, path: &str, name: &str, problem: &dyn Fn(String) -> Problem) {
        let who = format!("the resource `{path}`");
        let (place, method) = match path.rsplit_once('.') {
            Some((owner, method)) => (format!("the resource `{owner}`"), method),
            None => ("the client".to_owned(), path),
        };
        self.claim(&place, method, &who, problem);
        self.claim("the module of resources", name, &who, problem);
    }

    fn operation(
        &mut self,
        operation: &Operation,
        names: &Names,
        problem: &dyn Fn(String) -> Problem,
    ) {
        let Some(own) = names.operations.get(&operation.key) else {
            return;
        };
        let who = format!("the operation `{}`", operation.key);
        self.claim("the client", &own.method, &who, problem);
        for (path, method) in &own.resources {
            self.claim(&format!("the resource `{path}`"), method, &who, problem);
        }
        let module = format!("the module of builders `{}`", own.module());
        self.claim(&module, own.builder_name(), &who, problem);
        self.claim("the operation table", &own.constant, &who, problem);
    }

    fn claim(&mut self, place: &str, name: &str, who: &str, problem: &dyn Fn(String) -> Problem) {
        if reserved::is_no_name(name) {
            let message = format!("{who} is called `{name}` in {place}, which Rust does not take");
            return self.problems.push(problem(message));
        }
        let key = (place.to_owned(), name.to_owned());
        match self.taken.get(&key) {
            None => {
                self.taken.insert(key, who.to_owned());
            }
            Some(first) => {
                let message = format!("{who} would be called `{name}` in {place}, as {first} is");
                self.problems.push(problem(message));
            }
        }
    }
}

fn resource_problem(pinned: &Pinned, path: &str, message: String) -> Problem {
    let message = format!("{message}; give it another name here");
    pinned.problem(&["resources", path], message)
}

fn operation_problem(settling: &Settling<'_>, operation: &Operation, message: String) -> Problem {
    let key = &operation.key;
    if settling.pinned.names.operations.contains_key(key) {
        let message = format!("{message}; give it another name here");
        return settling.pinned.problem(&["operations", key], message);
    }
    let at = child(&operation.pointer, "operationId");
    let message = format!(
        "{message}; give it another name by an entry `{key}` in the file of names, which needs no more than the names that the rules get wrong"
    );
    settling.document.problem(&at, message)
}
