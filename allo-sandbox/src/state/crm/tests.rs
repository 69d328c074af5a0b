//! Tests of the CRM rules.

use super::companies::CompanyChange;
use super::people::{PersonChange, PersonFilter};
use super::search::{Search, Sort, SortKey};
use super::*;
use crate::state::change::Change;

const TEAM: &str = "t1";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn set(text: &str) -> Change<String> {
    Change::Set(text.to_owned())
}

fn person(id: &str, change: PersonChange) -> Person {
    Person::new(id.to_owned(), TEAM.to_owned(), change, at(0))
}

fn lucia() -> Person {
    let said = PersonChange {
        name: set("Lucia"),
        last_name: set("Moreau-Klein"),
        job_title: set("Head of Sales"),
        numbers: Change::Set(vec!["+12125550150".to_owned()]),
        emails: Change::Set(vec!["lucia@example.com".to_owned()]),
        company_id: set("com-1"),
        ..PersonChange::default()
    };
    person("per-1", said)
}

fn crm() -> Crm {
    let mut crm = Crm::default();
    let company = |id: &str, team: &str| Company::new(id.into(), team.into(), "Elm".into(), at(0));
    crm.companies.add(company("com-1", TEAM));
    crm.companies.add(company("com-2", "t2"));
    crm.people.add(lucia());
    let deal = |id: &str, company: Option<&str>| {
        let mut deal = Deal::new(id.into(), TEAM.into(), "Refit".into(), at(0));
        deal.company_id = company.map(str::to_owned);
        deal
    };
    crm.deals.add(deal("dea-1", Some("com-1")));
    crm.deals.add(deal("dea-2", None));
    crm
}

#[test]
fn records_are_the_teams_own() {
    let mut crm = crm();
    assert!(crm.company(TEAM, Some("com-1")).is_some());
    assert!(crm.company(TEAM, Some("com-2")).is_none());
    assert!(crm.company(TEAM, None).is_none());
    assert!(crm.people.find_mut("t2", "per-1").is_none());
    assert!(!crm.deals.remove("t2", "dea-1"));
    assert!(crm.deals.remove(TEAM, "dea-1"));
    assert!(!crm.deals.remove(TEAM, "dea-1"));
}

#[test]
fn a_number_is_taken_within_its_team() {
    let crm = crm();
    let numbers = ["+12125550151", "+12125550150"].map(str::to_owned);
    assert_eq!(crm.taken(TEAM, &numbers), Some("+12125550150"));
    assert_eq!(crm.taken(TEAM, &numbers[..1]), None);
    assert_eq!(crm.taken("t2", &numbers), None);
}

#[test]
fn companies_have_staff_and_people_have_their_companys_deals() {
    let mut crm = crm();
    crm.people.add(person("per-2", PersonChange::default()));
    let company = crm.company(TEAM, Some("com-1")).unwrap();
    let staff: Vec<_> = crm.staff(company).map(CrmRecord::id).collect();
    assert_eq!(staff, ["per-1"]);
    let deals = |id| {
        let person = crm.people.find(TEAM, id).unwrap();
        crm.deals_of(person).map(CrmRecord::id).collect::<Vec<_>>()
    };
    assert_eq!(deals("per-1"), ["dea-1"]);
    assert!(deals("per-2").is_empty());
}

#[test]
fn an_update_touches_only_what_it_names() {
    let mut changed = lucia();
    let said = PersonChange {
        job_title: Change::Clear,
        numbers: Change::Set(Vec::new()),
        company_id: Change::Clear,
        ..PersonChange::default()
    };
    changed.change(said, at(9));
    let mut expected = lucia();
    expected.details.job_title = None;
    expected.numbers.clear();
    expected.company_id = None;
    expected.updated_at = at(9);
    assert!(changed == expected);

    let mut company = Company::new("com-1".into(), TEAM.into(), "Elm".into(), at(0));
    company.change(CompanyChange::default(), at(5));
    assert_eq!((company.name.as_str(), company.updated_at), ("Elm", at(5)));
}

#[test]
fn filters_are_contained_or_exact_and_all_must_hold() {
    type Fill = fn(&mut PersonFilter, String);
    let cases: &[(Fill, &str, bool)] = &[
        (|f, t| f.name = Some(t), "UCI", true),
        (|f, t| f.name = Some(t), "Moreau", false),
        (|f, t| f.last_name = Some(t), "klein", true),
        (|f, t| f.job_title = Some(t), "sales", true),
        (|f, t| f.website = Some(t), "example", false),
        (|f, t| f.company = Some(t), "elm", true),
        (|f, t| f.email = Some(t), "LUCIA@", true),
        (|f, t| f.phone_number = Some(t), "+12125550150", true),
        (|f, t| f.phone_number = Some(t), "+1212555015", false),
        (|f, t| f.deal_status = Some(t), "won", true),
        (|f, t| f.deal_status = Some(t), "WON", false),
    ];
    for (index, (fill, text, expected)) in cases.iter().enumerate() {
        let mut filter = PersonFilter::default();
        fill(&mut filter, (*text).to_owned());
        let found = filter.matches(&lucia(), Some("Elm & Co"), &["open", "won"]);
        assert_eq!(found, *expected, "case {index}");
    }
    let both = PersonFilter {
        name: Some("lucia".to_owned()),
        job_title: Some("plumber".to_owned()),
        ..PersonFilter::default()
    };
    assert!(!both.matches(&lucia(), None, &[]));
}

#[test]
fn a_search_is_beginnings_of_words() {
    let cases = [
        ("luc klein", true),
        ("KLEIN, lucia!", true),
        ("ucia", false),
        ("lucia wolf", false),
        ("12125550150", true),
        ("elm", true),
    ];
    for (text, expected) in cases {
        let filter = PersonFilter {
            search: Search::parse(text),
            ..PersonFilter::default()
        };
        assert_eq!(
            filter.matches(&lucia(), Some("Elm"), &[]),
            expected,
            "{text}"
        );
    }
    assert_eq!(Search::parse(" -- !"), None);
}

#[test]
fn orders_and_their_opposites() {
    let key = |&(name, date): &(&str, Option<i64>)| {
        SortKey::new(date.map(at), name, at(name.len() as i64))
    };
    let records = [("bb", Some(5)), ("A", None), ("ccc", Some(2))];
    let cases = [
        ("DATE_DESC", ["bb", "ccc", "A"]),
        ("NAME_ASC", ["A", "bb", "ccc"]),
        ("CREATED_ASC", ["A", "bb", "ccc"]),
    ];
    for (name, mut expected) in cases {
        let sorted = |name: &str| {
            let mut sorted = records.to_vec();
            Sort::named(name).unwrap().apply(&mut sorted, key);
            sorted.iter().map(|(name, _)| *name).collect::<Vec<_>>()
        };
        assert_eq!(sorted(name), expected);
        expected.reverse();
        let opposite = match name.strip_suffix("_ASC") {
            Some(by) => format!("{by}_DESC"),
            None => "DATE_ASC".to_owned(),
        };
        assert_eq!(sorted(&opposite), expected);
    }
    for name in Sort::NAMES {
        assert!(Sort::named(name).is_some());
    }
    assert_eq!(Sort::named("AGE"), None);
}
