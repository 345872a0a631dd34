use nix::sys::signal::kill;
use tempfile::TempDir;

use super::*;

fn shell(script: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script]);
    command
}

/// A process that has a child of its own, and the child's id.
async fn parent_and_child(logs: &TempDir) -> (Process, Pid) {
    let program = shell(r#"sleep 600 & echo "{\"child\":\"$!\"}"; wait"#);
    let process = Process::start("parent", &program, logs.path())
        .await
        .unwrap();
    let child = process.announced("child").unwrap().parse().unwrap();
    (process, Pid::from_raw(child))
}

async fn assert_gone(process: Pid) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while is_running(process) {
        assert!(Instant::now() < deadline, "{process} is still there");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// An orphan that ended stays a zombie until somebody waits for it, possibly for ever.
fn is_running(process: Pid) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    kill(process, None).is_ok() && !status.contains(") Z ")
}

#[tokio::test]
async fn dropping_a_process_ends_its_whole_group() {
    let logs = TempDir::new().unwrap();
    let (process, child) = parent_and_child(&logs).await;
    assert!(is_running(child));
    drop(process);
    assert_gone(child).await;
}

#[tokio::test]
async fn a_group_ends_when_the_process_that_holds_it_is_gone() {
    let logs = TempDir::new().unwrap();
    let (mut process, child) = parent_and_child(&logs).await;
    // The end of this process would close the pipe too.
    drop(process.child.stdin.take());
    assert_gone(child).await;
}

#[tokio::test]
async fn what_ends_at_its_start_is_told_with_its_last_words() {
    let logs = TempDir::new().unwrap();
    let program = shell("echo no such file: worker.toml >&2; exit 78");
    let error = Process::start("worker-1", &program, logs.path())
        .await
        .err()
        .unwrap();
    assert_eq!(
        error.to_string(),
        "worker-1 ended at its start with exit status: 78\nno such file: worker.toml"
    );
}
