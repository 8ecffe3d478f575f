import assert from "node:assert/strict";
import { access, chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
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
    platform: "linux",
    useBundled: false,
    bundled: undefined,
    lastServed: undefined,
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
  await assert.rejects(access(marker));
  const outside = await program("other/aifirst");
  assert.equal((await findServer({ ...untrusting, interpreter: [], path: [inside, outside] }))?.command, outside);
  assert.match(said.join("\n"), /not trusted/);
});

const bundle = () => ({ start: join(home, "bundled/start.py"), storage: join(home, "storage") });

test("the bundled server comes last, or behind the program of the settings where that is wanted", async () => {
  const python = await program("bin/python3");
  const onPath = await program("bin/aifirst");
  const bundled = bundle();
  assert.equal((await findServer(around({ bundled })))?.command, onPath);
  const first = await findServer(around({ bundled, useBundled: true }));
  assert.deepEqual(first, {
    command: python,
    args: ["-I", "-S", bundled.start, bundled.storage],
    from: "the extension",
    version: "1.2.3",
    bundled: true,
  });
  assert.equal((await findServer(around({ bundled, useBundled: true, path: [onPath] })))?.command, onPath);
  await rm(onPath);
  assert.equal((await findServer(around({ bundled })))?.command, python);
  assert.equal(await findServer(around()), undefined, "without a bundle there is none");
});

test("the bundled server is run by the first Python that can, and asked with what starts it", async () => {
  const bundled = bundle();
  const old = await program("bin/python3", "echo 'Python 3.9 is too old: the bundled server needs 3.11 or newer' >&2; exit 3");
  const newer = await program("bin/python3.12", 'echo "$@" > "$0.asked"; echo aifirst-lsp 2.0.0');
  assert.equal((await findServer(around({ bundled })))?.command, newer);
  assert.equal((await readFile(`${newer}.asked`, "utf8")).trim(), `-I -S ${bundled.start} ${bundled.storage} --version`);
  assert.match(said.join("\n"), /bin\/python3 \(the extension\) cannot run the bundled server: Python 3\.9 is too old/);
  await rm(newer);
  assert.equal(await findServer(around({ bundled })), undefined);
  await rm(old);
  const other = ["interpreter", "active", "project/.venv"];
  const each = await Promise.all(other.map((folder) => program(`${folder}/bin/python`, BARE)));
  const all = around({ bundled, interpreter: [each[0] ?? ""], activeInterpreter: () => Promise.resolve(each[1]) });
  assert.equal((await findServer(all))?.command, each[0]);
  assert.equal((await findServer({ ...all, interpreter: [] }))?.command, each[1]);
  assert.equal((await findServer(around({ bundled })))?.command, each[2]);
});

/** A Python without aifirst: it has no such module, and runs a file. */
const BARE = `[ "$2" = -S ] && echo aifirst-lsp 1.2.3 || { echo "No module named aifirst_lsp_server" >&2; exit 1; }`;

test("without trust the bundled server is run by no Python of the workspace", async () => {
  const marker = join(home, "started");
  const inside = await program("project/.venv/bin/python", `touch ${marker}; echo aifirst-lsp 6.6.6`);
  await mkdir(join(home, "bin"));
  await symlink(inside, join(home, "bin/python3"));
  const untrusting = around({ trusted: false, bundled: bundle(), useBundled: true, interpreter: [inside] });
  assert.equal(await findServer(untrusting), undefined);
  await assert.rejects(access(marker));
  const outside = await program("bin/python3.12", BARE);
  assert.equal((await findServer(untrusting))?.command, outside);
  await assert.rejects(access(marker));
});

test("one that hangs costs its patience and no more, and one that is only slow keeps its place", async () => {
  const hangs = await program("a/python", "exec sleep 60");
  const slow = await program("b/python", "sleep 0.6; echo aifirst-lsp 1.2.3");
  const slower = await program("c/python", "sleep 1.3; echo aifirst-lsp 1.2.3");
  const onPath = await program("bin/aifirst");
  const begun = Date.now();
  assert.equal((await findServer(around({ interpreter: [hangs] })))?.command, onPath);
  assert.ok(Date.now() - begun < 12_000, "it was waited for until the end");
  assert.equal((await findServer(around({ interpreter: [slower] })))?.command, slower);
  assert.equal((await findServer(around({ interpreter: [slow], lastServed: onPath })))?.command, slow);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.match(said.join("\n"), /a\/python .* has no aifirst server: no answer within/);
});

test("the program of macOS that offers to install developer tools is not started", async () => {
  const dialog = around({ bundled: bundle(), platform: "darwin", programPath: "/usr/bin" });
  await findServer(dialog);
  assert.ok(!said.some((line) => line.startsWith("/usr/bin/python3 ") || line.endsWith(" /usr/bin/python3")), said.join("\n"));
});
