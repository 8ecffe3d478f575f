// Minifies scripts for aifirst: one request a line on standard input, one answer a line on standard output.
//
// Request: {path, code, lang: "js"|"jsx"|"ts"|"tsx", kind: "module"|"commonjs"|"script", keepNames, map, tsconfig}
// Answer:  {results: [{tool, code, map, before}], errors: [text]}: what each tool made of it; which is smaller is not told
// here. `before` is the map of the text that the tool was given, where another tool had made that.
// A request that says `do: "bundle"` is for bundle.mjs.
//
// The tools are loaded from the folder named on the command line and from nowhere else: never from the workspace.

import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

import { bundle } from "./bundle.mjs";

const require = createRequire(pathToFileURL(join(process.argv[2], "node_modules", "aifirst.js")));
const load = (name) => {
  try {
    return require(name);
  } catch (error) {
    return undefined;
  }
};
const oxc = load("oxc-minify");
const esbuild = load("esbuild");

const EXTENSIONS = { module: "mjs", commonjs: "cjs", script: "js" };

const withOxc = (request, code) => {
  const { kind, keepNames, map } = request;
  const made = oxc.minifySync(`file.${EXTENSIONS[kind]}`, code, {
    module: kind === "module" ? true : undefined,
    sourcemap: map,
    compress: {
      target: "esnext",
      dropDebugger: false,
      unused: kind !== "script",
      keepNames: { function: keepNames, class: keepNames },
    },
    mangle: { toplevel: kind !== "script", keepNames, reserved: ["exports", "module", "require"] },
    codegen: { removeWhitespace: true, legalComments: "inline" },
  });
  if (made.errors.length > 0) throw new Error(made.errors[0].message);
  return { code: made.code, map: made.map };
};

const withEsbuild = async ({ code, lang, keepNames, map, tsconfig }, minify) => {
  const made = await esbuild.transform(code, {
    loader: lang,
    minify,
    keepNames: minify && keepNames,
    jsx: "preserve",
    sourcemap: map ? "external" : false,
    legalComments: "inline",
    charset: "utf8",
    target: "esnext",
    logLevel: "silent",
    tsconfigRaw: { compilerOptions: tsconfig ?? {} },
  });
  return { code: made.code, map: map && made.map ? JSON.parse(made.map) : undefined };
};

const attempt = async (answer, tool, make) => {
  try {
    answer.results.push({ tool, ...(await make()) });
  } catch (error) {
    const said = String(error.message ?? error).split("\n", 2).join(" ");
    answer.errors.push(`${tool}: ${said.slice(0, 300)}`);
  }
};

const minify = async (request) => {
  const answer = { results: [], errors: [] };
  const typed = request.lang === "ts";
  if (esbuild) await attempt(answer, "esbuild", () => withEsbuild(request, true));
  // oxc alone neither drops types nor leaves JSX alone.
  if (oxc && (request.lang === "js" || (typed && esbuild))) {
    await attempt(answer, "oxc", async () => {
      const plain = typed ? await withEsbuild(request, false) : request;
      return { ...withOxc(request, plain.code), before: typed ? plain.map : undefined };
    });
  }
  return answer;
};

process.stdout.write(`${JSON.stringify({ oxc: Boolean(oxc), esbuild: Boolean(esbuild) })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const request = JSON.parse(line);
    answer = request.do === "bundle" ? await bundle(esbuild, oxc, request) : await minify(request);
  } catch (error) {
    answer = { results: [], errors: [String(error)] };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
