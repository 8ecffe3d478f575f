// Bundles the extension into one file; `--production` makes it small, `--watch` follows changes, `--tests` bundles the
// tests that need no editor instead.
import { readdirSync, writeFileSync } from "node:fs";
import { context } from "esbuild";

const has = (flag) => process.argv.includes(flag);
const shared = { bundle: true, platform: "node", target: "node20", external: ["vscode"], logLevel: "warning" };
const tests = readdirSync("tests/unit").map((name) => `tests/unit/${name}`);
const build = await context(
  has("--tests")
    ? { ...shared, entryPoints: tests, outdir: "dist/unit", format: "esm", outExtension: { ".js": ".mjs" }, sourcemap: "inline" }
    : {
        ...shared,
        entryPoints: ["src/extension.ts"],
        outfile: "dist/extension.js",
        format: "cjs",
        minify: has("--production"),
        sourcemap: !has("--production"),
        metafile: true,
      },
);
if (has("--watch")) {
  await build.watch();
} else {
  const { metafile } = await build.rebuild();
  await build.dispose();
  if (metafile) {
    // Whose licences have to come along: what the bundle took from packages of others.
    const folders = Object.keys(metafile.inputs).flatMap((path) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
    writeFileSync("dist/packages.json", JSON.stringify([...new Set(folders)].sort()));
  }
}
