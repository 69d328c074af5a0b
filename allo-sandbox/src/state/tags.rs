//! The tags of a team for its calls.

/// A tag. Calls refer to it by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) id: String,
    pub(crate) team_id: String,
    pub(crate) name: String,
    pub(crate) color: String,
}

/// What happens when a tag that is not there is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AbsentTag {
    /// The response is a success.
    #[default]
    Ignored,
    /// The response is `TAG_NOT_FOUND`.
    Refused,
}

/// The tags of all teams.
#[derive(Debug, Default)]
pub(crate) struct Tags {
    pub(crate) absent: AbsentTag,
    tags: Vec<Tag>,
}

impl Tags {
    pub(crate) fn add(&mut self, tag: Tag) {
        self.tags.push(tag);
    }

    pub(crate) fn of_team<'a>(&'a self, team_id: &'a str) -> impl Iterator<Item = &'a Tag> {
        self.tags.iter().filter(move |tag| tag.team_id == team_id)
    }

    pub(crate) fn has(&self, team_id: &str, name: &str) -> bool {
        let mut tags = self.tags.iter();
        tags.any(|tag| tag.team_id == team_id && tag.name == name)
    }
}
