use super::*;

/// A target that answers the bytes of each connection with ten bytes.
async fn target() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut caller, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = [0; 4];
                if caller.read_exact(&mut request).await.is_ok() {
                    caller.write_all(b"0123456789").await.unwrap();
                    let _ = caller.read(&mut request).await;
                }
            });
        }
    });
    url
}

async fn call(proxy: &FaultProxy) -> io::Result<Vec<u8>> {
    let address = proxy.url().strip_prefix("http://").unwrap();
    let mut caller = TcpStream::connect(address).await?;
    caller.write_all(b"ask!").await?;
    let mut answer = vec![0; 10];
    let read = timeout(Duration::from_millis(400), async {
        let mut length = 0;
        while length < 10 {
            match caller.read(&mut answer[length..]).await? {
                0 => break,
                more => length += more,
            }
        }
        Ok::<_, io::Error>(length)
    });
    let length = read.await.map_err(io::Error::other)??;
    Ok(answer[..length].to_vec())
}

#[tokio::test]
async fn without_faults_every_answer_comes_through() {
    let policy = Policy { seed: 1, one_in: 0 };
    let proxy = FaultProxy::start(&target().await, policy).await.unwrap();
    for _ in 0..5 {
        assert_eq!(call(&proxy).await.unwrap(), b"0123456789");
    }
    assert!(proxy.injected().is_empty());
}

#[tokio::test]
async fn every_kind_comes_before_any_comes_again_and_the_same_seed_spoils_the_same_way() {
    let policy = Policy { seed: 7, one_in: 1 };
    let proxy = FaultProxy::start(&target().await, policy).await.unwrap();
    let mut rounds = Vec::new();
    for _ in 0..2 {
        proxy.set_policy(policy);
        let mut answers = Vec::new();
        for _ in Injection::ALL {
            answers.push(call(&proxy).await.unwrap_or_default());
        }
        rounds.push(answers);
    }
    // Half of an answer, and a drip: all others leave the caller without a byte.
    let lengths = |round: usize| -> Vec<usize> { rounds[round].iter().map(Vec::len).collect() };
    assert_eq!(lengths(0), lengths(1));
    assert_eq!(lengths(0).iter().sum::<usize>(), 15);
    sleep(Duration::from_millis(200)).await;
    let twice: Vec<usize> = proxy.injected().into_values().collect();
    assert_eq!(twice, [2; Injection::ALL.len()]);
}
