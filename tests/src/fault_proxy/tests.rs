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

fn policy(seed: u64, one_in: u32) -> Policy {
    let life = Duration::from_millis(100);
    Policy { seed, one_in, life }
}

async fn call(proxy: &FaultProxy) -> io::Result<Vec<u8>> {
    let address = proxy.url().strip_prefix("http://").unwrap();
    let mut caller = TcpStream::connect(address).await?;
    caller.write_all(b"ask!").await?;
    let mut answer = [0; 10];
    let read = timeout(Duration::from_secs(2), async {
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
    let proxy = FaultProxy::start(&target().await, Policy::NONE)
        .await
        .unwrap();
    for _ in 0..5 {
        assert_eq!(call(&proxy).await.unwrap(), b"0123456789");
    }
    assert!(proxy.injected().is_empty());
}

#[tokio::test]
async fn every_kind_strikes_before_long() {
    let proxy = FaultProxy::start(&target().await, policy(7, 1))
        .await
        .unwrap();
    // Some faults are drawn for a later request than these connections have: those pass.
    for _ in 0..80 {
        let _ = call(&proxy).await;
        if proxy.injected().len() == Injection::ALL.len() {
            return;
        }
    }
    panic!("only these: {:?}", proxy.injected());
}

#[tokio::test]
async fn the_same_seed_deals_the_same_faults() {
    let policy = policy(3, 2);
    let proxy = FaultProxy::start(&target().await, policy).await.unwrap();
    let rounds = [(), ()].map(|()| {
        proxy.set_policy(policy);
        let mut shared = lock(&proxy.route.shared);
        [(); 50].map(|()| shared.deal())
    });
    assert_eq!(rounds[0], rounds[1]);
    assert!((15..35).contains(&rounds[0].iter().flatten().count()));
}

#[tokio::test]
async fn a_strike_spoils_the_next_request_with_its_bytes_and_no_other() {
    let proxy = FaultProxy::start(&target().await, Policy::NONE)
        .await
        .unwrap();
    proxy.strike("tell", Injection::HalfAnswer);
    assert_eq!(call(&proxy).await.unwrap(), b"0123456789");
    proxy.strike("sk!", Injection::HalfAnswer);
    assert_eq!(call(&proxy).await.unwrap(), b"01234");
    assert_eq!(call(&proxy).await.unwrap(), b"0123456789");
    assert_eq!(proxy.injected()[&Injection::HalfAnswer], 1);
}
