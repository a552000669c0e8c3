// The engine in a thread of its own, so that the page stays responsive. It is started from a blob and not from its
// address: it then inherits the page's Content-Security-Policy, which forbids every request to another origin.

const SITE = "/lib/python3.14/site-packages";
const START = `
import sys
# Only what came with the page can be imported, nothing that a reader drops on it.
sys.path[:] = [path for path in sys.path if path]
from ktt_policy.browser.session import Session
session = Session(rulebook.to_bytes())
def check(asked, contents):
    return session.check(asked, [content.to_bytes() for content in contents])
check
`;

let check;

async function bytes(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

async function start(base) {
  const { loadPyodide } = await import(new URL("pyodide/pyodide.mjs", base).href);
  const files = await (await fetch(new URL("files.json", base))).json();
  const names = [...files.archives, files.data];
  const [python, ...parts] = await Promise.all([
    loadPyodide({ indexURL: new URL("pyodide/", base).href }),
    ...names.map((name) => bytes(new URL(name, base))),
  ]);
  python.globals.set("rulebook", parts.pop());
  for (const part of parts) python.unpackArchive(part.buffer, "zip", { extractDir: SITE });
  check = python.runPython(START);
  postMessage({ ready: true });
}

onmessage = async ({ data }) => {
  try {
    if (data.base) await start(data.base);
    else postMessage({ id: data.id, answer: check(data.asked, data.contents) });
  } catch (error) {
    postMessage({ id: data.id, failed: String(error.message ?? error) });
  }
};
