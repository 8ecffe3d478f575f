import assert from "node:assert/strict";
import { test } from "node:test";
import { LineMap } from "../../src/views/lineMap";

test("lines between two known ones follow the one above", () => {
  const map = new LineMap([
    [0, 3],
    [1, 4],
    [5, 20],
  ]);
  assert.deepEqual([0, 1, 4, 5, 99].map((line) => map.toSource(line)), [3, 4, 4, 20, 20]);
  assert.deepEqual([0, 3, 4, 19, 20, 99].map((line) => map.fromSource(line)), [0, 0, 1, 1, 5, 5]);
});

test("where a text has another order than its source, each way is the nearest above", () => {
  const map = new LineMap([
    [0, 10],
    [1, 2],
  ]);
  assert.equal(map.fromSource(3), 1);
  assert.equal(map.fromSource(11), 0);
  assert.equal(map.toSource(1), 2);
});

test("an empty map leads to the start", () => {
  const map = new LineMap([]);
  assert.deepEqual([map.toSource(7), map.fromSource(7)], [0, 0]);
});
