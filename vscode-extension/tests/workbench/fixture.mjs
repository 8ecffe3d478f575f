// The project that the tests open: the example of the repository with a function that is too long, and how to start.

import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openWorkbench } from "./workbench.mjs";

const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), "../../..");
export const SERVER = process.env.AIFIRST_SERVER ?? join(REPOSITORY, ".venv/bin/aifirst");
export const VSIX = process.env.AIFIRST_VSIX ?? join(REPOSITORY, "vscode-extension/aifirst.vsix");
export const SHOTS = process.env.AIFIRST_SHOTS ?? "";

/** A function of five steps over the limit of 700 tokens, which nothing keeps from being split. */
export function longFunction() {
  const lines = ["def long_walk(a0):", '    """Walk far."""'];
  for (let step = 1; step <= 5; step += 1) {
    lines.push(`    # STEP ${step}: walk part ${step}`);
    for (let turn = 0; turn < 12; turn += 1) lines.push(`    a${step} = a${step - 1} * ${turn + 2} + a${step - 1} - ${turn * 7} // 3`);
  }
  return [...lines, "    return a5", ""].join("\n");
}

/** A copy of the example in a folder of its own. */
export async function makeProject() {
  const project = join(await mkdtemp(join(tmpdir(), "aifirst-project-")), "quote");
  await cp(join(REPOSITORY, "examples/quote"), project, {
    recursive: true,
    filter: (source) => !/(\.aifirst|__pycache__)$/.test(source),
  });
  await writeFile(join(project, "quote/long_walk.py"), longFunction());
  return { project, remove: () => rm(dirname(project), { recursive: true, force: true }) };
}

/** A workbench with the packed extension and the server of this repository; `plant` adds to the project before. */
export async function start({ plant, ...more } = {}) {
  const { project, remove } = await makeProject();
  try {
    await plant?.(project);
    const settings = { "aifirst.path": [SERVER], ...(more.settings ?? {}) };
    const bench = await openWorkbench({ project, vsix: VSIX, shots: SHOTS, ...more, settings });
    return bench;
  } finally {
    await remove();
  }
}
