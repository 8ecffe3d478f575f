// Bundles a script and what it imports with esbuild, for worker.mjs. Nothing of the workspace runs: the one plugin is ours,
// `tsconfig.json` is read by Python and handed over, and files are taken from below one folder only.
//
// Request: {do: "bundle", entry, folder, root, out, format, platform, packages, external, minify, keepNames, map, target,
//           legal, settings, jsx, define, banner}
// Answer:  {results: [{tool, code, map, before}], errors: [{id, text, file, line, column}], warnings: [the same],
//           styles, inputs: [{path, size, format, kept}], external: [name]}, where Node's own modules are no names

import { realpathSync } from "node:fs";
import { isBuiltin } from "node:module";
import { sep } from "node:path";

const WITHIN = "within-the-project";
const CAUTIONS = {
  "direct-eval": "warning",
  "indirect-require": "warning",
  "require-resolve-not-external": "warning",
  "unsupported-dynamic-import": "warning",
  "unsupported-require-call": "warning",
};
// What Node's own reader of CommonJS learns the names of exports from: code that never runs, which oxc must not touch.
const EXPORTED_NAMES = /^0 && \(module\.exports = (\{[^}]*\})\);\s*$(?![^])/m;

const inside = (root, path) => path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);

const within = (root) => ({
  name: WITHIN,
  setup(build) {
    build.onLoad({ filter: /.*/, namespace: "file" }, ({ path }) => {
      const real = realpathSync(path);
      return inside(root, real) ? undefined : { errors: [{ text: real }] };
    });
  },
});

const optionsOf = (request, minify) => ({
  absWorkingDir: request.folder,
  banner: request.banner ? { js: request.banner } : undefined,
  bundle: true,
  charset: "utf8",
  define: request.define,
  entryPoints: [request.entry],
  external: request.external,
  format: request.format,
  jsx: request.jsx || undefined,
  keepNames: request.keepNames,
  legalComments: request.legal ? "inline" : "none",
  loader: { ".js": "jsx", ".mjs": "jsx", ".cjs": "jsx" },
  logLevel: "silent",
  logLimit: 0,
  logOverride: CAUTIONS,
  metafile: true,
  minify,
  outfile: request.out,
  packages: request.packages,
  platform: request.platform,
  plugins: [within(request.root)],
  sourcemap: request.map ? "external" : false,
  sourcesContent: false,
  target: request.target,
  tsconfigRaw: { compilerOptions: request.settings },
  write: false,
});

const told = ({ id, text, location, pluginName }) => ({
  id: pluginName === WITHIN ? "outside" : id || "",
  text: String(text),
  file: location?.file ?? "",
  line: location?.line ?? 0,
  column: location?.column ?? 0,
});

const fileOf = (made, ending) => made.outputFiles.find(({ path }) => path.endsWith(ending));

const withOxc = (oxc, request, plain) => {
  const names = request.format === "cjs" ? EXPORTED_NAMES.exec(plain.code) : null;
  const text = names ? plain.code.slice(0, names.index) : plain.code;
  const made = oxc.minifySync(request.format === "esm" ? "file.mjs" : "file.cjs", text, {
    module: request.format === "esm",
    sourcemap: request.map,
    compress: { target: request.target, dropDebugger: false },
    mangle: { toplevel: true, reserved: ["exports", "module", "require"] },
    codegen: { removeWhitespace: true, legalComments: request.legal ? "inline" : "none" },
  });
  if (made.errors.length > 0) throw new Error(made.errors[0].message);
  const rest = names ? `0&&(module.exports=${names[1].replace(/\s+/g, "")});\n` : "";
  const code = made.code.endsWith("\n") ? made.code + rest : `${made.code}\n${rest}`;
  return { tool: "oxc", code, map: made.map, before: plain.map };
};

const resultOf = (made) => {
  const map = fileOf(made, ".map");
  const script = made.outputFiles.find(({ path }) => !path.endsWith(".map") && !path.endsWith(".css"));
  return { tool: "esbuild", code: script.text, map: map ? JSON.parse(map.text) : undefined };
};

export const bundle = async (esbuild, oxc, request) => {
  const answer = { results: [], errors: [], warnings: [], styles: "", inputs: [], external: [] };
  if (!esbuild) return { ...answer, errors: [{ id: "no-esbuild", text: "", file: "", line: 0, column: 0 }] };
  try {
    const made = await esbuild.build(optionsOf(request, request.minify));
    answer.results.push(resultOf(made));
    answer.warnings = made.warnings.map(told);
    answer.styles = fileOf(made, ".css")?.text ?? "";
    const outputs = Object.values(made.metafile.outputs);
    const kept = Object.assign({}, ...outputs.map(({ inputs }) => inputs));
    answer.inputs = Object.entries(made.metafile.inputs).map(([path, { bytes, format }]) => ({
      path,
      size: bytes,
      format: format ?? "",
      kept: kept[path]?.bytesInOutput ?? 0,
    }));
    const imported = outputs.flatMap(({ imports }) => imports).filter(({ external }) => external);
    answer.external = [...new Set(imported.map(({ path }) => path).filter((path) => !isBuiltin(path)))].sort();
    if (request.minify && oxc) {
      const plain = resultOf(await esbuild.build(optionsOf(request, false)));
      try {
        answer.results.push(withOxc(oxc, request, plain));
      } catch {
        // esbuild's own output stands
      }
    }
  } catch (error) {
    const said = error.errors ?? [{ id: "failed", text: String(error.message ?? error) }];
    answer.errors = said.map(told);
    answer.warnings = (error.warnings ?? []).map(told);
  }
  return answer;
};
