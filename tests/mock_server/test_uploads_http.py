"""Uploads on a real server: really checked, and nothing kept of what is refused."""

import asyncio
import os
import shutil
import socket
import subprocess
import time
from hashlib import sha256
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import pytest
from registrant import Registrant, set_portal_clock, settings_of
from single_requests import loopback

from fakes.papers import SCAN_KINDS, Flaw, PaperKind
from fakes.scans import image_bomb
from mock_server.problems import Refusal
from mock_server.resources import Resource
from mock_server.threads import BoundedThreads
from mock_server.uploads import Uploads
from scenarios import mock_portal as portal
from scenarios.faults.disk_full import DiskFull
from scenarios.json_portal import problem_code

FRONT = PaperKind.ID_FRONT


@pytest.fixture(scope="module")
def one(stack, scenario, bank):
    """Register a candidate an hour after the opening."""
    set_portal_clock(stack, scenario.window.opening.replace(hour=10))
    registrant = Registrant(stack, bank, 0).register()
    yield registrant
    registrant.http.close()


@pytest.fixture
def kept_files(one):
    """Give a function that lists what the server has on disk."""
    folder = Path(settings_of(one.stack)["data_folder"]) / "uploads"
    return lambda: sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("flaw", "code"),
    [
        (Flaw.TOO_LARGE, "paper_too_large"),
        (Flaw.LOW_DPI, "scan_resolution_too_low"),
        (Flaw.BLURRED, "scan_blurred"),
        (Flaw.TRUNCATED, "scan_truncated"),
        (Flaw.COLOURED_BACKGROUND, "portrait_not_on_white"),
    ],
)
def test_a_flawed_scan_is_refused_and_not_kept(one, kept_files, flaw, code):
    """Rule 3: each flaw has its own message, and the disk stays as it was."""
    before = kept_files()
    answer = one.send(one.scan(FRONT, flaw))
    assert (code, before) == (problem_code(answer.json()), kept_files())
    assert any("\u4e00" <= letter <= "\u9fff" for letter in answer.json()["detail"])


def test_one_byte_over_a_megabyte(one, kept_files):
    """1 MB passes the size check, 1 MB and a byte does not, with and without a Content-Length."""
    before = kept_files()
    body = b"\xff\xd8\xff" + bytes(1024 * 1024 - 2)
    request = portal.scan(FRONT, body, "front.jpg")
    assert (413, "paper_too_large") == one.refused(request)

    def chunks():
        for at in range(0, len(body), 65536):
            yield body[at : at + 65536]

    answer = one.http.request(request.method, request.path, content=chunks(), headers=one.headers)
    assert (413, "paper_too_large") == (answer.status_code, problem_code(answer.json()))
    assert (422, "scan_truncated") == one.refused(portal.scan(FRONT, body[:-1], "front.jpg"))
    assert before == kept_files()


def test_a_png_named_jpg(one, kept_files):
    """The type is what the content says."""
    before = kept_files()
    png = b"\x89PNG\r\n\x1a\n" + bytes(1000)
    assert (422, "scan_wrong_type") == one.refused(portal.scan(FRONT, png, "front.jpg"))
    assert before == kept_files()


def test_an_image_bomb(one, kept_files):
    """A few kilobytes that would be hundreds of megapixels are refused before they are decoded."""
    before = kept_files()
    code = one.refused(portal.scan(FRONT, image_bomb(), "front.jpg"))[1]
    assert code == "scan_too_many_pixels"
    assert before == kept_files()


def test_an_empty_body(one, kept_files):
    """Nothing is no paper."""
    before = kept_files()
    assert (422, "paper_empty") == one.refused(portal.scan(FRONT, b"", "front.jpg"))
    assert before == kept_files()


def test_a_better_scan_replaces_the_first(one, kept_files):
    """One file a side, and its hash is that of what was sent."""
    before = len(kept_files())
    for _ in range(2):
        answer = one.accepted(one.scan(FRONT))
        assert sha256(one.paper(FRONT)).hexdigest() == answer["sha256"]
    assert before + 1 == len(kept_files())


def test_an_upload_that_breaks_off_leaves_nothing(one, kept_files):
    """A phone that dies in mid-upload leaves no half file behind."""
    before = kept_files()
    address = urlsplit(one.stack.address)
    with socket.create_connection((address.hostname, address.port)) as line:
        head = (
            f"PUT /api/identity/scans/back?filename=b.jpg HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Authorization: {one.headers['Authorization']}\r\nContent-Length: 500000\r\n\r\n"
        )
        line.sendall(head.encode() + bytes(100_000))
        time.sleep(0.3)
    deadline_s = time.monotonic() + 5
    while kept_files() != before:
        assert time.monotonic() < deadline_s, "the half file is still there"
        time.sleep(0.05)


def test_a_full_disk_is_said_and_keeps_nothing(one, kept_files):
    """507 in Chinese, and nothing half-written; with room again, the same upload is taken."""
    before = kept_files()
    full = DiskFull(0, 1)
    full.begin(one.stack)
    try:
        answer = one.send(one.scan(FRONT))
    finally:
        full.end(one.stack)
    assert (507, "disk_full") == (answer.status_code, problem_code(answer.json()))
    assert "存储空间不足" in answer.json()["detail"]
    assert before == kept_files()
    one.accepted(one.scan(FRONT))
    assert before != kept_files()


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("mount") is None, reason="only root may mount a small disk")
def test_a_disk_without_room_refuses_as_a_limit_does(tmp_path):
    """ENOSPC itself, on a file system of 64 KiB: the same refusal, and nothing half-written."""
    tiny = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tiny", str(tmp_path)], check=False)
    if tiny.returncode:
        pytest.skip("no right to mount")

    class Body:
        headers: ClassVar[dict[str, str]] = {}

        async def stream(self):
            for _ in range(4):
                yield bytes(100_000)

    async def upload():
        threads = BoundedThreads(Resource("storage", 1))
        try:
            async with Uploads(tmp_path, threads, fsync=True).receive(Body(), 1_000_000):
                pass
        finally:
            threads.close()

    try:
        with pytest.raises(Refusal) as refusal:
            asyncio.run(upload())
        assert ("disk_full", []) == (refusal.value.code, list(tmp_path.iterdir()))
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_papers_of_an_application(one):
    """PDF or JPG, at most 2 MB, really opened; whether there is a stamp is seen."""
    for kind in SCAN_KINDS:
        one.accepted(one.scan(kind))
    one.accepted(portal.addresses(one.person))
    one.accepted(portal.identity_submission())
    one.pass_face_check()
    one.application_id = portal.application_id(one.accepted(one.application()))
    work = PaperKind.WORK_PROOF
    assert one.accepted(one.material(work))["has_stamp"] is True
    assert one.accepted(one.material(work, Flaw.MISSING_STAMP))["has_stamp"] is False
    assert (422, "pdf_unreadable") == one.refused(one.material(work, Flaw.TRUNCATED))
    assert (413, "paper_too_large") == one.refused(one.material(work, Flaw.TOO_LARGE))
    text = portal.material(one.application_id, work, b"not a paper", "proof.pdf")
    assert (422, "paper_wrong_type") == one.refused(text)
    path = one.material(work).path.replace("work_proof", "diploma")
    assert 400 == loopback.put(one.stack.address + path, content=b"x", headers=one.headers).status_code
