//! Appends that take their time. While one is under way, another to the same queue is refused.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use super::{Context, target};
use crate::errors::{ApiError, Code};
use crate::fields::Fields;
use crate::lock::lock;

/// Whose queue is being appended to.
#[derive(Debug, Default)]
pub(crate) struct Appends {
    time: Duration,
    under_way: Mutex<HashSet<String>>,
}

impl Appends {
    /// Appends that take this long.
    pub(crate) fn taking(time: Duration) -> Self {
        Self {
            time,
            under_way: Mutex::default(),
        }
    }

    /// Lets the time of an append pass. Returns the right to carry it out, until it is dropped.
    pub(crate) async fn begin<'a>(
        &'a self,
        context: &Context<'_>,
    ) -> Result<Option<Append<'a>>, ApiError> {
        // What cannot be carried out takes no time; the handler says what is wrong with it.
        let assignee = context.request.required_body().ok().and_then(|mut fields| {
            let target = target_of(&mut fields)?;
            target::resolve(context, &lock(&context.app.world), &target).ok()
        });
        let Some(assignee) = assignee.filter(|_| !self.time.is_zero()) else {
            return Ok(None);
        };
        if !lock(&self.under_way).insert(assignee.clone()) {
            let message = "Numbers are being appended to this queue by another request.";
            return Err(ApiError::new(Code::DialingQueueAppendConflict, message));
        }
        let append = Append {
            appends: self,
            assignee,
        };
        tokio::time::sleep(self.time).await;
        Ok(Some(append))
    }
}

fn target_of(fields: &mut Fields) -> Option<crate::state::users::Target> {
    target::from_fields(fields, target::ID).ok()
}

/// An append under way.
#[derive(Debug)]
pub(crate) struct Append<'a> {
    appends: &'a Appends,
    assignee: String,
}

impl Drop for Append<'_> {
    fn drop(&mut self) {
        lock(&self.appends.under_way).remove(&self.assignee);
    }
}
