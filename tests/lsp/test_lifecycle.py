"""How a session begins and ends, and what survives garbage; by bytes over a real process."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .raw_client import COMMAND, PATIENCE, RawClient

URI = "file:///nowhere/example.py"


@pytest.fixture
def client() -> Iterator[RawClient]:
    with RawClient() as each:
        yield each


def error_code(response: dict[str, object]) -> object:
    error = response["error"]
    assert isinstance(error, dict)
    return error["code"]


def test_exit_after_shutdown_gives_0(client: RawClient) -> None:
    client.start()
    assert client.request("shutdown")["result"] is None
    client.notify("exit")
    assert client.exit_code() == 0


def test_exit_without_shutdown_gives_1(client: RawClient) -> None:
    client.start()
    client.notify("exit")
    assert client.exit_code() == 1


def test_exit_before_initialize_gives_1(client: RawClient) -> None:
    client.notify("exit")
    assert client.exit_code() == 1


def test_the_end_of_input_ends_the_server(client: RawClient) -> None:
    client.start()
    assert client.process.stdin is not None
    client.process.stdin.close()
    assert client.exit_code() == 1


def test_half_a_message_and_then_the_end(client: RawClient) -> None:
    client.write(b'Content-Length: 100\r\n\r\n{"jsonrpc"')
    assert client.process.stdin is not None
    client.process.stdin.close()
    assert client.exit_code() == 1


def test_a_request_before_initialize_is_refused(client: RawClient) -> None:
    assert error_code(client.request("textDocument/hover", {})) == -32002
    client.notify("textDocument/didOpen", {"textDocument": 3})
    assert "hoverProvider" in client.start()


def test_a_second_initialize_is_refused(client: RawClient) -> None:
    client.start()
    assert error_code(client.request("initialize", {"capabilities": {}})) == -32600


def test_a_request_after_shutdown_is_refused(client: RawClient) -> None:
    client.start()
    client.request("shutdown")
    assert error_code(client.request("textDocument/hover", {})) == -32600
    client.notify("exit")
    assert client.exit_code() == 0


def test_bad_parameters_get_an_answer_and_no_box(client: RawClient) -> None:
    client.start()
    assert error_code(client.request("textDocument/hover", {"position": "here"})) == -32602
    client.notify("textDocument/didChange", {"textDocument": 3})
    client.notify(
        "textDocument/didChange",
        {"textDocument": {"uri": "file:///never/opened.py", "version": 1}, "contentChanges": []},
    )
    client.send(id=77, method="no/such/method", params={"any": {"thing": [1]}})
    message = client.receive()
    assert (message["id"], error_code(message)) == (77, -32601)


NO_MESSAGES = {
    b"{not json": -32700,
    b"\xff\xfe\x00": -32700,
    b"[" * 100_000: -32700,
    b"[1, 2]": -32600,
    b'"text"': -32600,
    b'{"jsonrpc": "2.0", "id": 1, "method": 7}': -32600,
    b'{"jsonrpc": "2.0", "id": {}, "method": "shutdown"}': -32600,
}

GARBAGE = (
    b"GET / HTTP/1.1\r\nHost: example\r\n\r\n",
    b"\r\n\r\n\n\n",
    b"Content-Length: many\r\n\r\n",
    b"Content-Length: -5\r\n\r\n",
    b"Content-Length: 99999999999999999\r\n\r\n",
    b"\x00\xff\xfe" * 1000 + b"\n",
    b"a stray print that ends without a line end",
)

HEADERS = (
    b"content-length:%d\n\n",
    b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: %d\r\n\r\n",
    b"Content-Length: %d\r\nContent-Type: x\r\n\r\n",
)


def test_what_is_no_message_is_refused_and_the_session_goes_on(client: RawClient) -> None:
    for body, code in NO_MESSAGES.items():
        client.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        answer = client.receive()
        assert (answer["id"], error_code(answer), body) == (None, code, body)
    assert "hoverProvider" in client.start()


def test_garbage_between_messages_is_skipped(client: RawClient) -> None:
    for garbage in GARBAGE:
        client.write(garbage)
        assert error_code(client.request("shutdown")) == -32002
    assert "hoverProvider" in client.start()


def test_headers_in_any_form_are_read(client: RawClient) -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": 5, "method": "shutdown"}).encode()
    for header in HEADERS:
        client.write(header % len(body) + body)
        assert error_code(client.receive()) == -32002


def test_what_nobody_asked_for_is_ignored(client: RawClient) -> None:
    client.start()
    client.send(id="unknown", result={"any": "thing"})
    client.send(id="unknown", error={"code": 1, "message": "no"})
    client.send(id=None, result=None)
    client.notify("$/cancelRequest", {"id": 4711})
    client.notify("$/setTrace", {"value": "verbose"})
    assert client.request("shutdown")["result"] is None


def test_shutdown_while_a_request_is_under_way(client: RawClient) -> None:
    client.start(capabilities={"textDocument": {"diagnostic": {}}})
    client.send(id=50, method="workspace/diagnostic", params={"previousResultIds": []})
    client.send(id=51, method="shutdown")
    answers = {message["id"]: message for message in (client.receive(), client.receive())}
    assert error_code(answers[50]) == -32800
    assert answers[51]["result"] is None
    client.notify("exit")
    assert client.exit_code() == 0


def test_the_death_of_the_editor_ends_the_server(client: RawClient) -> None:
    # The pipe stays open all the while: only the process id can tell.
    editor = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    client.start(processId=editor.pid)
    editor.communicate(b"\n")
    assert client.exit_code() == 1


def test_an_editor_on_another_machine_is_not_missed(client: RawClient) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    client.start(processId=ended.pid)
    assert client.request("shutdown")["result"] is None


def test_two_servers_work_on_one_folder(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "library.py").write_text("async def work(): ...\n")
    uri = (tmp_path / "user.py").as_uri()
    with RawClient() as one, RawClient() as two:
        for client in (one, two):
            client.start(rootUri=tmp_path.as_uri())
            client.open(uri, "import library\n\nlibrary.work()\n")
        for client in (one, two):
            published = client.wait_for("textDocument/publishDiagnostics")["params"]
            assert [each["code"] for each in published["diagnostics"]] == ["unawaited-coroutine"]


def test_a_stray_print_does_not_reach_the_client() -> None:
    code = (
        "import sys, threading, os\n"
        "from corolint.lsp import server\n"
        "make = server.make_server\n"
        "def chatty():\n"
        "    print('printed'); os.system('echo echoed')\n"
        "    return make()\n"
        "server.make_server = chatty\n"
        "sys.exit(server.main(['--stdio']))\n"
    )
    with RawClient([sys.executable, "-c", code]) as client:
        assert "hoverProvider" in client.start()
        client.request("shutdown")
        client.notify("exit")
        assert client.exit_code() == 0
    assert b"printed" in client.errors
    assert b"echoed" in client.errors


def test_an_option_that_does_not_exist_is_a_usage_error() -> None:
    done = subprocess.run(
        [*COMMAND, "--no-such-option"], capture_output=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 2
    assert b"--no-such-option" in done.stderr


def test_over_tcp() -> None:
    with RawClient([*COMMAND, "--tcp", "--port", "0"]) as client:
        while b"waiting on" not in client.errors:
            assert client.process.poll() is None
        port = int(client.errors.decode().split("waiting on 127.0.0.1:")[1].split()[0])
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
            body = b'{"jsonrpc": "2.0", "id": 1, "method": "shutdown"}'
            connection.sendall(b"Content-Length: %d\r\n\r\n" % len(body) + body)
            connection.shutdown(socket.SHUT_WR)
            assert b"-32002" in connection.makefile("rb").read()
        assert client.exit_code() == 1
