//! Summary templates of the teams. The default template of a phone number is stored with the
//! phone number.

use std::fmt;

use jiff::Timestamp;

/// The maximum number of sections.
pub(crate) const MAX_SECTIONS: usize = 10;

/// The maximum length of a call context in characters.
pub(crate) const MAX_CONTEXT: usize = 4_000;

/// A section of a summary.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) title: String,
    pub(crate) instructions: Option<String>,
    /// From zero; equal orders keep the order sent.
    pub(crate) order: u64,
}

/// The content of a template, always complete.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) name: String,
    pub(crate) call_context: Option<String>,
    pub(crate) icon: Option<String>,
    pub(crate) sections: Vec<Section>,
}

/// A template. `Debug` shows no texts.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) id: String,
    pub(crate) team_id: String,
    pub(crate) content: Content,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Template")
            .field("id", &self.id)
            .field("team_id", &self.team_id)
            .field("sections", &self.content.sections.len())
            .finish_non_exhaustive()
    }
}

impl Template {
    pub(crate) fn new(id: String, team_id: String, content: Content, now: Timestamp) -> Self {
        let mut template = Self {
            id,
            team_id,
            content,
            created_at: now,
            updated_at: now,
        };
        template.sort_sections();
        template
    }

    /// Replaces the whole content.
    pub(crate) fn replace(&mut self, content: Content, now: Timestamp) {
        self.content = content;
        self.updated_at = now;
        self.sort_sections();
    }

    fn sort_sections(&mut self) {
        self.content.sections.sort_by_key(|section| section.order);
    }
}

/// The templates of all teams, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Templates(Vec<Template>);

impl Templates {
    pub(crate) fn of<'a>(&'a self, team_id: &'a str) -> impl Iterator<Item = &'a Template> {
        self.0
            .iter()
            .filter(move |template| template.team_id == team_id)
    }

    pub(crate) fn find(&self, team_id: &str, id: &str) -> Option<&Template> {
        self.0.iter().find(|template| template.is(team_id, id))
    }

    pub(crate) fn find_mut(&mut self, team_id: &str, id: &str) -> Option<&mut Template> {
        self.0.iter_mut().find(|template| template.is(team_id, id))
    }

    pub(crate) fn add(&mut self, template: Template) {
        self.0.push(template);
    }

    /// Returns whether there was one.
    pub(crate) fn remove(&mut self, team_id: &str, id: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|template| !template.is(team_id, id));
        self.0.len() < before
    }
}

impl Template {
    fn is(&self, team_id: &str, id: &str) -> bool {
        self.team_id == team_id && self.id == id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(orders: &[u64]) -> Content {
        let section = |(index, &order): (usize, &u64)| Section {
            title: format!("{index}"),
            instructions: None,
            order,
        };
        Content {
            name: "Follow-up".to_owned(),
            call_context: Some("Second calls".to_owned()),
            icon: None,
            sections: orders.iter().enumerate().map(section).collect(),
        }
    }

    fn template(team: &str, id: &str, orders: &[u64]) -> Template {
        let now = Timestamp::UNIX_EPOCH;
        Template::new(id.to_owned(), team.to_owned(), content(orders), now)
    }

    #[test]
    fn sections_stand_in_their_order() {
        let template = template("t1", "tst-1", &[2, 0, 1, 0]);
        let titles: Vec<_> = template
            .content
            .sections
            .iter()
            .map(|section| section.title.as_str())
            .collect();
        assert_eq!(titles, ["1", "3", "2", "0"]);
    }

    #[test]
    fn replacing_leaves_nothing_of_the_old_content() {
        let mut changed = template("t1", "tst-1", &[1, 0]);
        let later = Timestamp::from_second(60).unwrap();
        let bare = Content {
            call_context: None,
            ..content(&[])
        };
        changed.replace(bare.clone(), later);
        assert!(changed.content == bare);
        assert_eq!(changed.created_at, Timestamp::UNIX_EPOCH);
        assert_eq!(changed.updated_at, later);
    }

    #[test]
    fn teams_do_not_see_each_others() {
        let mut templates = Templates::default();
        templates.add(template("t1", "tst-1", &[]));
        templates.add(template("t2", "tst-2", &[]));
        assert_eq!(templates.of("t1").count(), 1);
        assert!(templates.find("t1", "tst-2").is_none());
        assert!(templates.find_mut("t2", "tst-1").is_none());
        assert!(!templates.remove("t1", "tst-2"));
        assert!(templates.remove("t1", "tst-1"));
        assert!(templates.find("t1", "tst-1").is_none());
    }
}
