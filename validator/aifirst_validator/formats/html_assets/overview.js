// The upper half of the page: the verdict, the figures, the charts.

const f = data.figures;
const overLimit = f.bands[3] + f.bands[4];
const within = f.units ? 1 - overLimit / f.units : 1;

function section(id, title, lead, ...content) {
  return el("section", { id, class: "card", "aria-labelledby": `${id}-title` },
    el("div", { class: "card-head" }, el("h2", { id: `${id}-title` }, title), lead ? el("p", {}, lead) : null), content);
}

function verdict() {
  if (!f.files) return ["note", "No source files were found."];
  const counts = [[f.errors, "error"], [f.warnings, "warning"]].filter(([count]) => count).map(([count, word]) => plural(count, word));
  if (!counts.length) return ["good", "No errors, no warnings."];
  return [f.errors ? "error" : "warning", `${counts.join(" and ")} in ${number(f.foundIn)} of ${plural(f.files, "file")}.`];
}

function hero() {
  const [state, sentence] = verdict();
  const languages = f.languages.slice(0, 3).map(([name, count]) => `${name} ${number(count)}`).join(", ");
  const more = f.languages.length > 3 ? ` and ${f.languages.length - 3} more` : "";
  const facts = [plural(f.files, "file"), `${languages}${more}`, `${short(f.lines)} lines`, `${short(f.tokens)} tokens`].filter(Boolean);
  const run = [`preset ${data.preset}`, data.tokenizer, data.revision ? `changes since ${data.revision}` : "", f.suppressed ? `${number(f.suppressed)} suppressed` : "", f.known ? `${number(f.known)} in the baseline` : "", f.leftOut ? `${plural(f.leftOut, "file")} left out` : ""].filter(Boolean);
  return el("section", { class: "hero" },
    el("div", { class: "hero-text" },
      el("p", { class: "eyebrow" }, "AI-First report"),
      el("h1", {}, data.project),
      el("p", { class: `verdict ${state}` }, el("span", { class: "dot", "aria-hidden": "true" }), sentence),
      el("p", { class: "facts" }, facts.join("  ·  ")),
      el("ul", { class: "chips" }, run.map((item) => el("li", {}, item)))),
    f.units ? el("div", { class: "hero-ring" }, ring(within, "of functions are within the limit"),
      el("p", {}, "of functions are small enough", el("br"), `to edit well (${number(data.limit)} tokens)`)) : null);
}

function figure(name, value, detail, bar) {
  return el("div", { class: "figure" }, el("p", { class: "figure-name" }, name), el("p", { class: "figure-value" }, value), bar ?? null, el("p", { class: "figure-detail" }, detail));
}

function figureStrip() {
  const total = f.errors + f.warnings + f.notes;
  const severities = [f.errors, f.warnings, f.notes];
  const parts = severities.map((value, index) => ({ value, kind: SEVERITIES[index], tip: plural(value, SEVERITIES[index]) }));
  const largest = judged.reduce((best, file) => (file.largestTokens > (best?.largestTokens ?? 0) ? file : best), null);
  return el("div", { class: "figures" },
    figure("Findings", number(total), total ? parts.filter((part) => part.value).map((part) => part.tip).join(", ") : "nothing to do", total ? stackedBar(parts, "Findings by severity") : null),
    figure(`Functions over ${number(data.limit)} tokens`, number(overLimit), `of ${number(f.units)}; ${number(f.bands[4])} over 1,000`, null),
    figure("Largest function", largest ? short(largest.largestTokens) : "–", largest ? `tokens, ${largest.largest}` : "no functions", null),
    figure("Glue", percent(f.glue), "comments and docstrings, of all tokens",
      stackedBar([{ value: f.glue, kind: "glue", tip: `glue ${percent(f.glue)}` }, { value: 1 - f.glue, kind: "rest", tip: `code ${percent(1 - f.glue)}` }], "Glue and code")),
    figure("Can be fixed", number(f.fixable), f.fixable ? "with aifirst validate --fix" : "nothing to fix automatically", null));
}

function sizesSection() {
  const parts = f.bands.map((value, index) => ({ value, kind: bandClass(index), tip: `${BANDS[index]} tokens: ${plural(value, "function")}` }));
  const legend = el("ul", { class: "band-legend" }, parts.map((part, index) => el("li", {},
    el("span", { class: `swatch ${part.kind}` }), el("span", {}, BANDS[index]), el("b", {}, percent(part.value / (f.units || 1))), el("small", {}, number(part.value)))));
  return section("sizes", "Function sizes", `${plural(f.units, "function")}. Models change code reliably in pieces of up to ${number(data.limit)} tokens.`,
    stackedBar(parts, "Functions by size"), legend, responsive(histogram), el("p", { class: "legend" }, "Number of functions, logarithmic scale; the last column is everything larger. All tokens count here; AF101 counts documentation and tables at half weight where a file has no tag."));
}

function rulesSection(filterRule) {
  const total = (rule) => rule.counts[0] + rule.counts[1] + rule.counts[2];
  const order = [...rules].sort((a, b) => total(b) - total(a) || (a.code < b.code ? -1 : 1));
  const scale = Math.max(...order.map(total), 1);
  const row = (rule) => ({
    name: [el("b", {}, rule.code), ` ${rule.name}`], figure: number(total(rule)), tip: rule.summary || null,
    parts: rule.counts.map((value, index) => ({ value, kind: SEVERITIES[index] })), onclick: () => filterRule(rule),
  });
  const shown = barRows(order.slice(0, 12).map(row), scale);
  const more = order.length > 12 ? el("p", { class: "legend" }, `and ${plural(order.length - 12, "more rule")}, in the list of findings`) : null;
  return section("rules", "Findings by rule", "Choose one to see its findings.", shown, more);
}

// Folders deep enough that none holds most of the project, so that the bars compare something.
function glueFolders() {
  const code = judged.filter((file) => file.kind === "code" && file.tokens);
  const total = code.reduce((sum, file) => sum + file.tokens, 0);
  for (let depth = 1; ; depth += 1) {
    const folders = new Map();
    for (const file of code) {
      const parts = file.path.split("/").slice(0, -1);
      const name = parts.slice(0, depth).join("/") || ".";
      const folder = folders.get(name) ?? { name, tokens: 0, glue: 0, deeper: false };
      folder.tokens += file.tokens;
      folder.glue += file.glue;
      folder.deeper ||= parts.length > depth;
      folders.set(name, folder);
    }
    const found = [...folders.values()].sort((a, b) => b.tokens - a.tokens || (a.name < b.name ? -1 : 1));
    if (depth > 4 || !found.length || !found[0].deeper || (found[0].tokens < total * 0.6 && found.length > 2)) return found;
  }
}

function glueSection() {
  const folders = glueFolders().slice(0, 10);
  const rows = folders.map((folder) => ({
    name: folder.name === "." ? "top level" : folder.name, figure: percent(folder.glue / folder.tokens), tip: `${folder.name}: ${number(folder.glue)} of ${number(folder.tokens)} tokens`,
    parts: [{ value: folder.glue / folder.tokens, kind: "glue" }],
  }));
  return section("glue", "Glue by folder", `Comments and docstrings, of all tokens. The line is the whole project, ${percent(f.glue)}.`, barRows(rows, 1, f.glue));
}
