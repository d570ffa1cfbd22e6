"""What is served has a name that changes with every change, so that nobody takes an old answer for a new one."""

from directory.search.index import Change
from tests.unit.engines.embedded.kits import Store, corpus, listing


def test_every_change_has_another_name(tmp_path):
    store = Store(tmp_path)
    store.build(corpus(20))
    engine = store.engine()
    names = [engine.state(), engine.state()]
    with store.index().lock():
        pass
    for version in (1, 2):
        store.apply(Change(listing(3).subject, version, (listing(3, version=version),)))
        names.append(engine.state())
    store.build(corpus(20))
    names.append(engine.state())
    assert names[0] == names[1]
    assert len(set(names)) == len(names) - 1
