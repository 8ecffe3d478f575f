// Runs `tests/host/features.js` inside the extension host, in a workspace of two folders, and tells each of its tests.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { start } from "./fixture.mjs";

const EXTENSION = join(dirname(fileURLToPath(import.meta.url)), "../..");
const TESTS = join(EXTENSION, "tests/host/features.js");
const NAMES = [...(await readFile(TESTS, "utf8")).matchAll(/^ {2}async "([^"]+)"\(/gm)].map(([, name]) => name);

const WALK = `"""Walks."""\n\n\ndef walk_there(start):\n    """Walk."""\n${"    start = start * 2 + 1\n".repeat(9)}    return start\n`;
const cell = (source) => ({ cell_type: "code", execution_count: null, metadata: {}, outputs: [], source });
const NOTEBOOK = {
  cells: [cell(["def walk(x):\n", "    return x"]), cell(["y = 1  # aifirst: ignore[AF101]"])],
  metadata: { language_info: { name: "python" } },
  nbformat: 4,
  nbformat_minor: 4,
};
const FILES = {
  "aifirst.toml": 'preset = "balanced"\n[glue]\nquality = "all"\n',
  "animals/__init__.py": "",
  "animals/base.py": 'class Animal:\n    def speak(self):\n        return ""\n',
  "animals/dog.py":
    "from animals.base import Animal\n\n\n# @TAG:SPEC:barking\nclass Dog(Animal):\n    def speak(self):\n        return bark_loudly()\n\n\ndef bark_loudly():\n    return \"wau\"\n",
  "animals/feature.py": "# @TAG:FEATURE:barking\nX = 1\n",
  "twice.py":
    '"""Walks."""\n\n\ndef walk(x):\n    # one bad line must not stop the others\n    y = x + 1\n    # one bad line must not stop the others\n    return y\n',
  "restated.py": '"""Files."""\n\nfrom files import file, user\n\n# Close the file.\nfile.close()\n\n# Close the user.\nuser.close()\n',
  "bare.py": "def walk(steps):\n    return steps + 1\n",
  "walk.ipynb": JSON.stringify(NOTEBOOK),
};

describe("each feature, inside the extension host", () => {
  let bench;
  let second;
  let results = [];
  before(
    async () => {
      second = await mkdtemp(join(tmpdir(), "aifirst-second-"));
      await writeFile(join(second, "aifirst.toml"), "[limits]\nunit_tokens = 40\n");
      await writeFile(join(second, "walk_there.py"), WALK);
      bench = await start({ development: EXTENSION, tests: TESTS, folders: [second], plant });
      const code = await bench.ended;
      const told = await readFile(join(bench.home, "host-results.json"), "utf8").catch(() => "[]");
      results = JSON.parse(told);
      assert.ok(results.length > 0, `the tests ended with ${code} and told nothing`);
    },
    { timeout: 280_000 },
  );
  after(async () => {
    await bench?.close();
    await rm(second, { recursive: true, force: true });
  });

  for (const name of NAMES) {
    test(name, () => {
      const result = results.find((each) => each.name === name);
      assert.ok(result, "it did not run");
      assert.equal(result.failed, undefined);
    });
  }
});

async function plant(project) {
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(project, path)), { recursive: true });
    await writeFile(join(project, path), text);
  }
}
