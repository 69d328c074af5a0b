//! An operation by its resource is the same request as by its name on the client.

use tests::calls::{self, Name};
use tests::stage::Stage;
use tests::subjects::Subjects;

#[tokio::test]
async fn resources_give_the_same_builders_as_the_client() {
    let stage = Stage::start().await;
    let about = Subjects::nothing();
    for operation in calls::covered() {
        for name in [Name::OfClient, Name::OfResource] {
            // Most are refused, for there is nothing of these ids: what was asked is what counts.
            let _ = calls::named(name, &stage.client, operation, &about, |o| o).await;
        }
        let requests = stage.take_requests();
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
