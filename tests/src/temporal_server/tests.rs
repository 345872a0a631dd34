use tempfile::TempDir;

use super::*;

#[tokio::test]
async fn a_killed_server_comes_back_with_what_it_knew() {
    let folder = TempDir::new().unwrap();
    let on_disk = ServerOptions {
        on_disk: true,
        ..ServerOptions::default()
    };
    let mut server = TemporalServer::start(folder.path(), on_disk).await.unwrap();
    let start = "workflow start --type any --task-queue nobody --workflow-id w-1 \
                 --search-attribute SkyAmountMinor=12550";
    let start: Vec<&str> = start.split_whitespace().collect();
    server.cli(&start).await.unwrap();

    server.kill();
    let describe = ["workflow", "describe", "--workflow-id", "w-1"];
    assert!(server.cli(&describe).await.is_err());

    server.restart().await.unwrap();
    let description = server.cli(&describe).await.unwrap();
    let status = &description["workflowExecutionInfo"]["status"];
    assert_eq!(status, "WORKFLOW_EXECUTION_STATUS_RUNNING");
}

#[tokio::test]
async fn two_servers_know_nothing_of_each_other() {
    let with_ui = ServerOptions {
        with_ui: true,
        ..ServerOptions::default()
    };
    let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let [first, second] = folders
        .each_ref()
        .map(|folder| TemporalServer::start(folder.path(), with_ui.clone()));
    let (first, second) = tokio::try_join!(first, second).unwrap();
    assert_ne!(first.address(), second.address());
    assert_ne!(first.ui_url(), second.ui_url());
    let start = "workflow start --type any --task-queue nobody --workflow-id w-1";
    let start: Vec<&str> = start.split_whitespace().collect();
    first.cli(&start).await.unwrap();
    let describe = ["workflow", "describe", "--workflow-id", "w-1"];
    assert!(first.cli(&describe).await.is_ok());
    assert!(second.cli(&describe).await.is_err());
}
