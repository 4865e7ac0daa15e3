"""The two stores, kept to one contract: a folder on disk, and a real server that speaks S3."""

import io
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

from workflows.storage import Disk, Lost, Store, store_at


@pytest.fixture(scope="module")
def s3_url() -> Iterator[str]:
    """A server of its own on this machine, with a bucket."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "only-for-tests")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "only-for-tests")
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        url = f"s3://care-files/some/prefix?endpoint=http://{host}:{port}&region=eu-west-2"
        made: Any = store_at(url)
        made.client.create_bucket(Bucket="care-files", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        yield url
        server.stop()


@pytest.fixture(params=["disk", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "disk":
        return store_at((tmp_path / "with blank" / "files").as_uri())
    return store_at(request.getfixturevalue("s3_url"))


def read(store: Store, key: str) -> bytes:
    with store.open(key) as found:
        return found.read()


@pytest.mark.parametrize("content", [b"x", b"\x00\xff" * 50_000, b"y" * 6_000_000], ids=["one", "some", "many"])
def test_what_is_put_is_found_again_byte_for_byte(store: Store, content: bytes) -> None:
    stream = io.BytesIO(content)
    stream.read()  # wherever the stream stood
    assert read(store, store.put(stream)) == content


def test_the_same_bytes_put_twice_lie_under_two_random_keys(store: Store) -> None:
    one, two = store.put(io.BytesIO(b"x")), store.put(io.BytesIO(b"x"))
    assert one != two
    assert (len(one), len(two)) == (32, 32)
    assert read(store, one) == read(store, two) == b"x"


@pytest.mark.parametrize("key", ["0" * 32, "../../etc/passwd", "", "0" * 31 + "/"])
def test_a_key_that_was_never_given_is_lost(store: Store, key: str) -> None:
    with pytest.raises(Lost):
        store.open(key)


def test_on_disk_only_the_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    key = Disk(folder).put(io.BytesIO(b"x"))
    file = folder / key[:2] / key
    assert [stat.S_IMODE(each.stat().st_mode) for each in (folder, file.parent, file)] == [0o700, 0o700, 0o600]
    assert [each.name for each in folder.rglob("*") if each.is_file()] == [key]


def test_on_disk_a_put_that_fails_leaves_nothing(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, *args: Any) -> bytes:
            raise OSError("the line broke")

    with pytest.raises(OSError, match="the line broke"):
        Disk(tmp_path).put(Broken(b"x"))
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_in_s3_the_bytes_lie_under_the_prefix(s3_url: str) -> None:
    store: Any = store_at(s3_url)
    key = store.put(io.BytesIO(b"x"))
    listed = store.client.list_objects_v2(Bucket="care-files", Prefix=f"some/prefix/{key}")["Contents"]
    assert [each["Key"] for each in listed] == [f"some/prefix/{key}"]


@pytest.mark.parametrize(
    "url",
    ["", "files", "file://", "file:///", "file://host/folder", "s3://", "ftp://x/y", "s3://bucket?secret=x", "/folder"],
)
def test_an_address_that_names_no_place_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(RuntimeError, match="CAREWARD_FILES_URL names no place for files"):
        store_at(url)
