// Ghost text in a real workbench, written by a model's server that this test is: asked, shown, taken, given up.

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { start } from "./fixture.mjs";

const MODEL = "aifirst.inlineCompletion.model";
const ENDPOINT = "aifirst.inlineCompletion.endpoint";
const TIMEOUT = "aifirst.inlineCompletion.timeout";

/** A server of the OpenAI protocol; `mode` is whole, stream or hang. */
class ModelServer {
  asked = [];
  mode = "whole";
  text = "";

  constructor() {
    this.http = createServer({ keepAliveTimeout: 600_000 }, (request, response) => this.#serve(request, response));
  }

  async listen() {
    this.http.listen(0, "127.0.0.1");
    await once(this.http, "listening");
    this.endpoint = `http://127.0.0.1:${this.http.address().port}/v1`;
  }

  async #serve(request, response) {
    if (request.method !== "POST") {
      response.writeHead(404).end();
      return;
    }
    let data = "";
    for await (const part of request) data += part;
    const one = { path: request.url, body: JSON.parse(data), port: request.socket.remotePort, gone: false };
    response.once("close", () => (one.gone = !response.writableFinished));
    this.asked.push(one);
    if (this.mode === "hang") return;
    if (this.mode === "whole" || !one.body.stream) {
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ choices: [{ text: this.text, finish_reason: "stop" }] }));
      return;
    }
    response.setHeader("Content-Type", "text/event-stream");
    for (const part of this.text.match(/\s*\S+/g)) {
      response.write(`data: ${JSON.stringify({ choices: [{ text: part, finish_reason: null }] })}\n\n`);
      await sleep(20);
    }
    response.write(`data: ${JSON.stringify({ choices: [{ text: "", finish_reason: "stop" }] })}\n\ndata: [DONE]\n\n`);
    response.end();
  }
}

const model = new ModelServer();
let bench;
let page;

before(async () => {
  await model.listen();
  const plant = async (project) => {
    await mkdir(join(project, ".vscode"), { recursive: true });
    await writeFile(join(project, ".vscode/settings.json"), JSON.stringify({ [MODEL]: "theirs", [ENDPOINT]: model.endpoint, [TIMEOUT]: 60 }));
  };
  bench = await start({ plant });
  page = bench.page;
}, { timeout: 120_000 });
after(async () => {
  await bench?.close();
  model.http.closeAllConnections();
  model.http.close();
});

/** A step in a file of its own text, which is as it was after it. */
function does(name, act) {
  const tidy = async () => {
    for (let times = 0; times < 3; times += 1) await bench.press("Escape");
    await bench.run("File: Revert File");
  };
  const asks = async () => {
    model.asked.length = 0;
    try {
      await act();
    } catch (error) {
      console.log(JSON.stringify(model.asked, null, 1).slice(0, 4000));
      throw error;
    }
  };
  test(name, { timeout: 240_000 }, async () => {
    await bench.step(name, asks, tidy);
    await tidy();
  });
}

const GHOST = "[class*='ghost-text-decoration']";

/** The line that ghost text stands in, told by the whole of it: the ghost text is a span for each of its tokens. */
const ghost = (text) => page.locator(".editor-group-container.active .view-line", { hasText: text, has: page.locator(GHOST) }).first();
const line = (text) => page.locator(".editor-group-container.active .view-line", { hasText: text }).first();

/** The questions about the file that is edited; a settings file that is open may be asked about, too. */
const aboutTheFile = () => model.asked.filter(({ body }) => body.prompt.includes("DISCOUNT"));

/** Settings of the machine that the server runs on: the only ones that may name an endpoint. */
async function setOfMachine(values) {
  Object.assign(bench.settings.Machine, values);
  await bench.set({ "aifirst.path": bench.settings.Machine["aifirst.path"] });
}

/** Types at the end of a file, where an answer then is wanted. */
async function typeAtEnd(text) {
  await bench.openFile("apply_volume_discount.py");
  await page.locator(".codelens-decoration", { hasText: "of 700 tokens" }).first().waitFor({ timeout: 60_000 });
  await bench.toEnd();
  await bench.type(text);
}

/** The latest question with these words before the cursor, once there is one. */
async function asked(before) {
  const found = () => aboutTheFile().findLast(({ body }) => body.prompt.endsWith(before));
  await until(`a question at ${before}`, found);
  return found();
}

async function until(what, condition) {
  for (let tries = 0; tries < 600; tries += 1) {
    if (condition()) return;
    await sleep(50);
  }
  assert.fail(`waited in vain: ${what}`);
}

does("nothing is asked while no model is set, whatever endpoint the workspace names", async () => {
  model.text = "theirs";
  await typeAtEnd("\ntheirs = ");
  await sleep(1500);
  assert.deepEqual(aboutTheFile(), []);
});

does("an endpoint of the workspace is not asked for a model that the user set", async () => {
  await setOfMachine({ [MODEL]: "mine" });
  await typeAtEnd("\ntheirs = ");
  await sleep(1500);
  assert.deepEqual(aboutTheFile(), []);
  assert.equal(await page.locator(GHOST).count(), 0);
});

does("what the model writes stands behind the cursor as it is typed, and Tab takes it", async () => {
  await setOfMachine({ [MODEL]: "mine", [ENDPOINT]: model.endpoint, [TIMEOUT]: 60 });
  model.text = "price * amount";
  await typeAtEnd("\ndef whole(price, amount):\nreturn ");
  await ghost("return price * amount").waitFor();
  await bench.shot("ghost");
  const { path, body } = aboutTheFile().at(-1);
  assert.equal(path, "/v1/completions");
  assert.ok(body.prompt.endsWith("    return "), body.prompt.slice(-40));
  await bench.press("Tab");
  await ghost("return price * amount").waitFor({ state: "detached" });
  await line("return price * amount").waitFor();
});

does("a streamed answer is shown too, and asked for over the same connection", async () => {
  model.mode = "stream";
  model.text = "price - amount";
  await typeAtEnd("\ndef rest(price, amount):\nreturn ");
  await ghost("return price - amount").waitFor();
  await bench.press("Escape");
  await bench.type("(");
  const first = await asked("return ");
  const second = await asked("return (");
  assert.equal(first.body.stream, true);
  assert.equal(second.port, first.port);
});

does("typing along keeps the rest of it without asking again", async () => {
  // A list that pops up while one types has something chosen, and going on from that is another question.
  await bench.set({ "editor.quickSuggestions": { other: "off", comments: "off", strings: "off" } });
  model.mode = "whole";
  model.text = "price + amount";
  await typeAtEnd("\ndef sum_of(price, amount):\nreturn ");
  await ghost("return price + amount").waitFor();
  const before = aboutTheFile().length;
  await bench.type("price ");
  await ghost("return price + amount").waitFor();
  await sleep(500);
  assert.equal(aboutTheFile().length, before);
  await bench.press("Tab");
  await line("return price + amount").waitFor();
});

does("the next key gives up what is asked: its connection closes", async () => {
  await typeAtEnd("\n\n");
  model.mode = "hang";
  await bench.type("value = ");
  const first = await asked("value = ");
  await sleep(300);
  assert.equal(first.gone, false, "it waits for its answer until a key comes");
  await bench.type("x");
  await until("the connection to close", () => first.gone);
});

does("the list of suggestions is as it is without, and Enter takes from it", async () => {
  model.mode = "whole";
  model.text = "GHOST";
  await typeAtEnd("\n# @TAG:FEATURE:");
  const suggested = page.locator(".suggest-widget.visible .monaco-list-row", { hasText: "price-quote" });
  await suggested.waitFor();
  const chosen = page.locator(".suggest-widget.visible .monaco-list-row.focused", { hasText: "price-quote" });
  for (let steps = 0; steps < 10 && !(await chosen.isVisible()); steps += 1) {
    await bench.press("ArrowDown");
    await sleep(200);
  }
  await asked("@TAG:FEATURE:price-quote");
  await sleep(500);
  assert.ok(await suggested.isVisible());
  assert.equal(await page.locator(".suggest-widget.visible .monaco-list-row", { hasText: "GHOST" }).count(), 0);
  await bench.shot("ghost-suggest");
  await bench.press("Enter");
  await line("# @TAG:FEATURE:price-quote").waitFor();
});

does("a server that fails disturbs nobody", async () => {
  model.mode = "whole";
  await setOfMachine({ [ENDPOINT]: "http://127.0.0.1:9/v1" });
  await typeAtEnd("\nvalue = ");
  await sleep(1500);
  assert.equal(await page.locator(GHOST).count(), 0);
  assert.equal(await page.locator(".notification-toast").count(), 0);
  assert.deepEqual(aboutTheFile(), []);
});
