import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { findServer, type Surroundings } from "../../src/serverLocator";

let home = "";
let said: string[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "aifirst-locator-"));
  said = [];
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** A program that answers `lsp --version`, or `-I -m aifirst_lsp_server --version`, as a server does. */
async function program(path: string, body = "echo aifirst-lsp 1.2.3"): Promise<string> {
  const full = join(home, path);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, `#!/bin/sh\n${body}\n`);
  await chmod(full, 0o755);
  return full;
}

function around(more: Partial<Surroundings> = {}): Surroundings {
  return {
    path: [],
    interpreter: [],
    folders: [join(home, "project")],
    trusted: true,
    programPath: join(home, "bin"),
    windows: false,
    activeInterpreter: () => Promise.resolve(undefined),
    log: (message) => said.push(message),
    ...more,
  };
}

test("each way is taken in the order that the README tells", async () => {
  const ways = {
    path: await program("a/aifirst"),
    interpreter: await program("b/python"),
    own: await program("project/.venv/bin/python"),
    other: await program("project/venv/bin/python"),
    active: await program("c/python"),
    onPath: await program("bin/aifirst"),
  };
  const all = around({
    path: [join(home, "gone/aifirst"), ways.path],
    interpreter: [ways.interpreter],
    activeInterpreter: () => Promise.resolve(ways.active),
  });
  const left: Surroundings[] = [
    all,
    { ...all, path: [] },
    { ...all, path: [], interpreter: [] },
  ];
  const found = await Promise.all(left.map((each) => findServer(each)));
  assert.deepEqual(found.map((each) => each?.command), [ways.path, ways.interpreter, ways.own]);
  const bare = around({ activeInterpreter: () => Promise.resolve(ways.active) });
  await rm(ways.own);
  assert.equal((await findServer(bare))?.command, ways.other);
  await rm(ways.other);
  assert.equal((await findServer(bare))?.command, ways.active);
  assert.equal((await findServer(around()))?.command, ways.onPath);
  assert.ok(said.some((line) => line.includes("gone/aifirst") && line.includes("not there")));
});

test("a program gets `lsp`, an interpreter runs the module with nothing of the workspace on its path", async () => {
  const asked = await program("a/aifirst", 'echo "$@" > "$0.asked"; echo aifirst-lsp 0.1.0');
  assert.deepEqual((await findServer(around({ path: [asked] })))?.args, ["lsp"]);
  const found = await findServer(around({ interpreter: [asked] }));
  assert.deepEqual(found?.args, ["-I", "-m", "aifirst_lsp_server"]);
  assert.equal(found?.version, "0.1.0");
});

test("one that has no server is passed over, and the log says why", async () => {
  await program("project/.venv/bin/python", "echo 'No module named aifirst_lsp_server' >&2; exit 1");
  await program("project/venv/bin/python", "echo hello");
  const onPath = await program("bin/aifirst");
  assert.equal((await findServer(around()))?.command, onPath);
  assert.match(said.join("\n"), /\.venv\/bin\/python.*No module named aifirst_lsp_server/);
  assert.match(said.join("\n"), /\/venv\/bin\/python.*told no version/);
});

test("a folder, a file that is not executable, and a relative entry of PATH are no program", async () => {
  await mkdir(join(home, "folder/aifirst"), { recursive: true });
  const plain = await program("plain/aifirst");
  await chmod(plain, 0o644);
  const root = process.getuid?.() === 0;
  const paths = [join(home, "folder/aifirst"), ...(root ? [] : [plain])];
  assert.equal(await findServer(around({ path: paths, programPath: "project" })), undefined);
});

test("without trust nothing inside the workspace is started, also not through a link or by name", async () => {
  const marker = join(home, "started");
  const inside = await program("project/.venv/bin/python", `touch ${marker}; echo aifirst-lsp 6.6.6`);
  await mkdir(join(home, "bin"));
  await symlink(inside, join(home, "bin/aifirst"));
  await symlink(join(home, "project"), join(home, "linked"));
  const untrusting = around({ trusted: false, path: [inside], folders: [join(home, "linked")] });
  assert.equal(await findServer(untrusting), undefined);
  const { access } = await import("node:fs/promises");
  await assert.rejects(access(marker));
  const outside = await program("other/aifirst");
  assert.equal((await findServer({ ...untrusting, interpreter: [], path: [inside, outside] }))?.command, outside);
  assert.match(said.join("\n"), /not trusted/);
});
