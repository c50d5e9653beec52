//! A slot moves from one master to another, a key at a time, under the feet of both APIs.

use session_core::store::CommitOutcome;
use session_testservers::RedisCluster;

use crate::stores::{Stores, key, name};

#[test]
fn a_session_is_found_before_during_and_after_the_move_of_its_slot() {
    let cluster = RedisCluster::start().unwrap();
    let stores = Stores::on(&cluster.url());
    let [from, to, _] = cluster.nodes() else { panic!("three masters") };
    let number = (1..128).find(|number| from.command(&["EXISTS", &name(*number)]).is_ok()).unwrap();
    stores.assert_work(number);

    let slot = from.command(&["CLUSTER", "KEYSLOT", &name(number)]).unwrap().text();
    let [from_id, to_id] = [from, to].map(|node| node.command(&["CLUSTER", "MYID"]).unwrap().text());
    to.command(&["CLUSTER", "SETSLOT", &slot, "IMPORTING", &from_id]).unwrap();
    from.command(&["CLUSTER", "SETSLOT", &slot, "MIGRATING", &to_id]).unwrap();
    let assert_data = |data: u8| {
        for loaded in stores.load(&key(number)) {
            assert_eq!(*loaded.unwrap().unwrap().data, [data; 100]);
        }
    };
    assert_data(number);

    let port = to.address().port().to_string();
    from.command(&["MIGRATE", "127.0.0.1", &port, &name(number), "0", "5000"]).unwrap();
    assert_data(number);
    // The other server does not know the script yet.
    for committed in stores.commit(number, 200) {
        assert_eq!(committed.unwrap(), CommitOutcome::Written);
    }
    assert_data(200);

    for node in cluster.nodes() {
        node.command(&["CLUSTER", "SETSLOT", &slot, "NODE", &to_id]).unwrap();
    }
    assert_data(200);
    for committed in stores.commit(number, 200) {
        assert_eq!(committed.unwrap(), CommitOutcome::Written, "a repetition");
    }
    assert_eq!(to.command(&["EXISTS", &name(number)]).unwrap().text(), "1");
}
