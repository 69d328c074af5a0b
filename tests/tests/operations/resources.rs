//! An operation called through its resource sends the same request as through the client.

use tests::calls::{self, Name};
use tests::fixtures::{CONTACT_NUMBER, Fixtures};
use tests::harness::Harness;

#[tokio::test]
async fn resources_give_the_same_builders_as_the_client() {
    let harness = Harness::start().await;
    let about = Fixtures::nothing();
    for operation in calls::covered() {
        for name in [Name::OfClient, Name::OfResource] {
            // Most calls are refused, because the ids do not exist: only the request is compared.
            let _ = calls::named(name, &harness.client, operation, &about, |o| o).await;
        }
        let requests = harness.take_requests();
        let told: Vec<_> = requests
            .iter()
            .map(|request| {
                (
                    request.operation,
                    &request.path,
                    &request.query,
                    &request.body,
                )
            })
            .collect();
        let [by_client, by_resource] = told.as_slice() else {
            panic!("{}: {told:?}", operation.id);
        };
        assert_eq!(by_client, by_resource);
        assert_eq!(by_client.0, Some(operation.id));
    }
}

#[tokio::test]
async fn collections_of_the_crm_give_the_same_builders_by_short_names() {
    let harness = Harness::start().await;
    let crm = harness.client.crm();
    macro_rules! same {
        ($collection:ident . $short:ident, $name:ident ( $($argument:expr),* )) => {
            let _ = crm.$name($($argument),*).send().await;
            let _ = crm.$collection().$short($($argument),*).send().await;
            let requests = harness.take_requests();
            let [one, other] = requests.as_slice() else {
                panic!("{}: {} requests", stringify!($name), requests.len());
            };
            assert_eq!(one.operation, other.operation, "{}", stringify!($name));
            assert_eq!((&one.path, &one.body), (&other.path, &other.body));
        };
    }
    same!(companies.create, create_company("Ferry"));
    same!(companies.search, search_companies());
    same!(companies.get, get_company("com-1"));
    same!(companies.update, update_company("com-1"));
    same!(deals.create, create_deal("Shelves"));
    same!(deals.search, search_deals());
    same!(deals.get, get_deal("dea-1"));
    same!(deals.update, update_deal("dea-1"));
    same!(deals.delete, delete_deal("dea-1"));
    same!(people.create, create_person([CONTACT_NUMBER]));
    same!(people.search, search_people());
    same!(people.get, get_person("per-1"));
    same!(people.update, update_person("per-1"));
}
