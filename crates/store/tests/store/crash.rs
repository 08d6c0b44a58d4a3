use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use store::{GroupCommit, Store, StoreConfig};

use crate::fixture::{KEY, TENANT, append, event, lease};

const CHILD_DIR: &str = "OFFHOOK_STORE_CRASH_DIR";

#[test]
fn what_was_told_survives_kill_9() {
    let dir = std::env::temp_dir().join(format!("offhook_store_crash_{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    for round in 0..3 {
        let told = kill_while_it_appends(&dir, 200 + round * 37);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let store = Store::open(&StoreConfig::new(&dir, None), KEY).await.unwrap();
            let head = store.log_head(TENANT).await.unwrap();
            assert!(
                head.last_seq >= told,
                "{} was told, {} is there",
                told,
                head.last_seq
            );
            let mut last_seq = 0;
            loop {
                let page = store.events_after(TENANT, last_seq, 1000).await.unwrap();
                if page.is_empty() {
                    break;
                }
                let expected: Vec<_> = (last_seq + 1..).take(page.len()).map(event).collect();
                assert_eq!(page, expected);
                last_seq += page.len() as u64;
            }
            assert_eq!(last_seq, head.last_seq);
            store.close().await;
        });
    }
    std::fs::remove_dir_all(&dir).unwrap();
}

/// Runs the test below in a process of its own and kills that when it has told of `count` more commits.
fn kill_while_it_appends(dir: &Path, count: usize) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::appends_until_it_is_killed", "--nocapture"])
        .env(CHILD_DIR, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let told = output
        .lines()
        .filter_map(|line| line.unwrap().strip_prefix("committed ")?.parse().ok())
        .nth(count - 1)
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    told
}

/// Not a test by itself: does nothing unless the one above runs it.
#[test]
fn appends_until_it_is_killed() {
    let Some(dir) = std::env::var_os(CHILD_DIR) else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(&StoreConfig::new(Path::new(&dir), None), KEY)
            .await
            .unwrap();
        let lease = lease(&store, TENANT).await;
        let head = store.log_head(TENANT).await.unwrap();
        let group_commit = GroupCommit::start(store);
        for seq in head.last_seq + 1.. {
            group_commit.append(append(lease, seq, seq)).await.unwrap();
            tell(seq);
        }
    });
}

#[expect(
    clippy::print_stdout,
    reason = "this is how the parent process hears of a commit"
)]
fn tell(seq: u64) {
    println!("committed {seq}");
}
