//! Galera and Group Replication.

use session_testservers::{Galera, MariaDb, ReplicationGroup};

use crate::support::{Checked, until};

/// Each server writes a row that the others read.
fn write_everywhere(nodes: &[MariaDb]) -> Checked {
    let first = nodes.first().ok_or("there are three")?;
    first.sql("CREATE TABLE kept (id INT PRIMARY KEY)")?;
    for (node, id) in nodes.iter().zip(1..) {
        node.sql(&format!("INSERT INTO kept VALUES ({id})"))?;
    }
    for node in nodes {
        assert_eq!(node.sql("SELECT COUNT(*) FROM kept")?, "3\n");
    }
    Ok(())
}

pub(crate) fn what_one_node_of_galera_writes_the_others_read() -> Checked {
    let galera = Galera::start(&["wsrep_sync_wait=7"])?;
    write_everywhere(galera.nodes())?;
    let [one, other, _] = galera.nodes() else { return Err("there are three".into()) };
    galera.isolate(one, true)?;
    until("refused by the node that is cut off", || one.sql("DELETE FROM kept").is_err())?;
    // The others wait until they are sure that it is gone.
    until("taken by the others", || other.sql("DELETE FROM kept WHERE id=1").is_ok())?;
    galera.isolate(one, false)?;
    galera.wait_until_complete()?;
    assert_eq!(one.sql("SELECT COUNT(*) FROM kept")?, "2\n");
    other.kill()?;
    until("taken without a node", || one.sql("DELETE FROM kept WHERE id=2").is_ok())?;
    other.restart()?;
    galera.wait_until_complete()?;
    assert_eq!(other.sql("SELECT COUNT(*) FROM kept")?, "1\n");
    Ok(())
}

pub(crate) fn what_one_member_writes_the_others_read() -> Checked {
    let group = ReplicationGroup::start(&["group_replication_consistency=AFTER"])?;
    write_everywhere(group.nodes())?;
    let [one, other, _] = group.nodes() else { return Err("there are three".into()) };
    one.sql("STOP GROUP_REPLICATION")?;
    assert!(one.sql("DELETE FROM kept").is_err(), "a server outside the group takes no writes");
    other.sql("DELETE FROM kept WHERE id=1")?;
    group.rejoin(one)?;
    group.wait_until_complete()?;
    assert_eq!(one.sql("SELECT COUNT(*) FROM kept")?, "2\n");
    other.kill()?;
    other.restart()?;
    group.rejoin(other)?;
    group.wait_until_complete()?;
    assert_eq!(other.sql("SELECT COUNT(*) FROM kept")?, "2\n");
    Ok(())
}
