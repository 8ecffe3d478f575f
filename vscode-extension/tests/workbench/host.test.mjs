// Runs `tests/host/index.js` inside the extension host, and tells each of its tests as one of ours.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { start } from "./fixture.mjs";

const EXTENSION = join(dirname(fileURLToPath(import.meta.url)), "../..");
const NAMES = [...(await readFile(join(EXTENSION, "tests/host/index.js"), "utf8")).matchAll(/^ {2}async "([^"]+)"\(/gm)].map(([, name]) => name);

describe("inside the extension host", () => {
  let bench;
  let results = [];
  before(
    async () => {
      bench = await start({ development: EXTENSION, tests: join(EXTENSION, "tests/host/index.js") });
      const code = await bench.ended;
      const told = await readFile(join(bench.home, "host-results.json"), "utf8").catch(() => "[]");
      results = JSON.parse(told);
      assert.ok(results.length > 0, `the tests ended with ${code} and told nothing`);
    },
    { timeout: 280_000 },
  );
  after(async () => bench?.close());

  for (const name of NAMES) {
    test(name, () => {
      const result = results.find((each) => each.name === name);
      assert.ok(result, "it did not run");
      assert.equal(result.failed, undefined);
    });
  }
});
