// The lower half of the page: lists that stay quick with thousands of rows, by drawing a page of them at a time.

const FINDINGS_AT_ONCE = 20;
const FILES_AT_ONCE = 50;

// A list that grows by `step` rows each time its button is pressed. `show` starts it over with other items.
function growingList(container, step, draw, word) {
  const button = el("button", { type: "button", class: "more", onclick: () => grow() });
  const status = el("p", { class: "count", role: "status" });
  let items = [];
  let shown = 0;
  const grow = () => {
    const next = items.slice(shown, shown + step);
    container.append(...next.map(draw));
    shown += next.length;
    status.textContent = items.length ? `${number(shown)} of ${plural(items.length, word)} shown` : `No ${word} matches.`;
    button.hidden = shown >= items.length;
    button.textContent = `Show ${number(Math.min(step, items.length - shown))} more`;
  };
  const show = (changed) => {
    items = changed;
    shown = 0;
    container.replaceChildren();
    grow();
  };
  return { show, foot: el("div", { class: "list-foot" }, status, button) };
}

function excerptView(finding) {
  if (!finding.excerpt) return null;
  const [first, before, start, marked, end, after] = finding.excerpt;
  const kind = `marked ${SEVERITIES[finding.severity]}`;
  const earlier = finding.line > first ? before.split("\n") : [];
  const later = after === "" ? [] : after.split("\n");
  const row = (lineNumber, content, here) => el("span", { class: here ? "code-line here" : "code-line" }, el("span", { class: "line-number" }, String(lineNumber)), el("span", { class: "code-text" }, content));
  return el("pre", { tabindex: "0", "aria-label": "Source" },
    earlier.map((line, index) => row(first + index, line)),
    row(finding.line, [start, el("mark", { class: kind }, marked || " "), end], true),
    later.map((line, index) => row(finding.line + 1 + index, line)));
}

function copyButton(text) {
  const button = el("button", { type: "button", class: "place", "data-tip": "Copy this place" }, text);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.dataset.tip = "Copied";
      button.classList.add("copied");
      setTimeout(() => { button.dataset.tip = "Copy this place"; button.classList.remove("copied"); }, 1200);
    } catch {
      getSelection().selectAllChildren(button);
    }
  });
  return button;
}

function findingView(finding) {
  const severity = SEVERITIES[finding.severity];
  return el("li", { class: `finding ${severity}` },
    el("div", { class: "finding-head" },
      el("span", { class: `badge ${severity}` }, severity),
      el("span", { class: "rule", "data-tip": finding.rule.summary || null }, el("b", {}, finding.rule.code), ` ${finding.rule.name}`),
      finding.fixable ? el("span", { class: "badge fixable" }, "fixable") : null,
      copyButton(`${finding.path}:${finding.line}:${finding.column}`)),
    el("p", { class: "message", dir: "auto" }, finding.message),
    excerptView(finding),
    finding.suggestion ? el("p", { class: "suggestion", dir: "auto" }, finding.suggestion) : null);
}

function severityButtons(chosen, changed) {
  const counts = [f.errors, f.warnings, f.notes];
  return el("div", { class: "toggles", role: "group", "aria-label": "Severity" }, SEVERITIES.map((name, index) => {
    const button = el("button", { type: "button", class: `toggle ${name}`, "aria-pressed": "true", disabled: !counts[index] },
      el("span", { class: "dot", "aria-hidden": "true" }), `${name[0].toUpperCase()}${name.slice(1)}s `, el("b", {}, number(counts[index])));
    button.addEventListener("click", () => {
      if (!chosen.delete(index)) chosen.add(index);
      button.setAttribute("aria-pressed", String(chosen.has(index)));
      changed();
    });
    return button;
  }));
}

// A paragraph of Markdown in which only code between backticks is marked.
const prose = (text) => text.split("`").map((part, index) => (index % 2 ? el("code", {}, part) : part));

// What the chosen rule is about; nothing where all rules are shown.
function aboutRule(box, code) {
  const rule = rules.find((one) => one.code === code);
  const paragraphs = rule ? [rule.summary, ...rule.explanation.split(/\n\s*\n/)].filter(Boolean) : [];
  box.hidden = !paragraphs.length;
  box.replaceChildren(...paragraphs.map((paragraph) => el("p", {}, prose(paragraph))));
}

// The findings with their filters; gives back the section and a way to filter it from elsewhere.
function findingsSection() {
  const chosen = new Set([0, 1, 2]);
  const list = el("ol", { class: "findings" });
  const growing = growingList(list, FINDINGS_AT_ONCE, findingView, "finding");
  const search = el("input", { type: "search", placeholder: "Path, function or message", "aria-label": "Search findings", spellcheck: "false" });
  const choice = el("select", { "aria-label": "Rule" }, el("option", { value: "" }, "All rules"), rules.map((rule) => el("option", { value: rule.code }, `${rule.code} ${rule.name}`)));
  const fixable = el("input", { type: "checkbox", id: "fixable" });
  const about = el("div", { class: "about", hidden: true });
  for (const finding of findings) finding.words = `${finding.path}:${finding.line} ${finding.unit} ${finding.message}`.toLowerCase();
  const update = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    aboutRule(about, choice.value);
    growing.show(findings.filter((finding) => chosen.has(finding.severity)
      && (!choice.value || finding.rule.code === choice.value)
      && (!fixable.checked || finding.fixable)
      && words.every((word) => finding.words.includes(word))));
  };
  for (const control of [search, choice, fixable]) control.addEventListener("input", update);
  const filters = el("div", { class: "filters" }, severityButtons(chosen, update), choice, search,
    f.fixable ? el("label", { class: "check", for: "fixable" }, fixable, "fixable only") : null);
  const told = f.errors + f.warnings + f.notes;
  const cut = told > findings.length ? `The worst ${number(findings.length)} of ${number(told)}.` : "Worst first, then by file.";
  update();
  const node = section("findings", "Findings", cut, filters, about, list, growing.foot);
  const filter = (code, text) => {
    choice.value = code;
    search.value = text;
    update();
    node.scrollIntoView();
  };
  return { node, filter, search };
}

function worstSection(showFiles) {
  const worst = judged.filter((file) => file.largestTokens).sort((a, b) => b.largestTokens - a.largestTokens || (a.path < b.path ? -1 : 1)).slice(0, 10);
  const scale = Math.max(worst[0]?.largestTokens ?? 1, data.limit);
  const kind = (tokens) => (tokens > 1000 ? "error" : tokens > data.limit ? "warning" : "ok0");
  const rows = worst.map((file) => ({
    name: [el("b", { class: "unit-name" }, file.largest), " ", el("span", { class: "path" }, `${file.path}:${file.largestLine}`)],
    figure: number(file.largestTokens), tip: `${(file.largestTokens / data.limit).toFixed(1)} times the limit`,
    parts: [{ value: file.largestTokens, kind: kind(file.largestTokens) }], onclick: () => showFiles(file.path),
  }));
  return section("largest", "Largest functions", `The largest of each file, in tokens. The line is the limit of ${number(data.limit)}.`, el("div", { class: "wide-rows" }, barRows(rows, scale, data.limit)));
}

const COLUMNS = [
  { name: "File", key: "path", text: true },
  { name: "Language", key: "language", text: true },
  { name: "Lines", key: "lines" },
  { name: "Tokens", key: "tokens" },
  { name: "Functions", key: "functions" },
  { name: "Largest", key: "largestTokens" },
  { name: "Glue", key: "share" },
  { name: "Findings", key: "findings" },
];

function fileRow(file, showFindings) {
  const large = file.largestTokens > 1000 ? "error" : file.largestTokens > data.limit ? "warning" : "";
  const state = [file.leftOut ? `left out: ${file.leftOut}` : "", file.broken ? "broken syntax" : ""].filter(Boolean).join(", ");
  const count = file.findings
    ? el("button", { type: "button", class: `link ${SEVERITIES[file.worst]}`, onclick: () => showFindings(file.path), "aria-label": `${plural(file.findings, "finding")} in ${file.path}` }, number(file.findings))
    : el("span", { class: "none" }, "–");
  return el("tr", {},
    el("th", { scope: "row" }, el("span", { class: "path" }, file.path), state ? el("small", { class: "state" }, state) : null),
    el("td", {}, file.language), el("td", { class: "figure-cell" }, number(file.lines)), el("td", { class: "figure-cell" }, number(file.tokens)),
    el("td", { class: "figure-cell" }, number(file.functions)),
    el("td", { class: `figure-cell ${large}`, "data-tip": file.largest || null }, file.largestTokens ? number(file.largestTokens) : "–"),
    el("td", { class: "figure-cell" }, file.kind === "code" ? percent(file.share) : "–"), el("td", { class: "figure-cell" }, count));
}

function headerCell(column, order, changed) {
  const button = el("button", { type: "button" }, column.name, el("span", { class: "arrow", "aria-hidden": "true" }));
  const cell = el("th", { scope: "col", class: column.text ? "" : "figure-cell" }, button);
  button.addEventListener("click", () => {
    order.down = order.key === column.key ? !order.down : !column.text;
    order.key = column.key;
    changed();
  });
  column.mark = () => cell.setAttribute("aria-sort", order.key !== column.key ? "none" : order.down ? "descending" : "ascending");
  return cell;
}

function filesSection(showFindings) {
  for (const file of files) file.share = file.tokens ? file.glue / file.tokens : 0;
  const order = { key: "tokens", down: true };
  const body = el("tbody");
  const growing = growingList(body, FILES_AT_ONCE, (file) => fileRow(file, showFindings), "file");
  const search = el("input", { type: "search", placeholder: "Path or language", "aria-label": "Search files", spellcheck: "false" });
  const update = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const sign = order.down ? -1 : 1;
    const compare = (a, b) => (a[order.key] === b[order.key] ? 0 : a[order.key] < b[order.key] ? -sign : sign) || (a.path < b.path ? -1 : 1);
    growing.show(files.filter((file) => {
      const text = `${file.path} ${file.language}`.toLowerCase();
      return words.every((word) => text.includes(word));
    }).sort(compare));
    for (const column of COLUMNS) column.mark();
  };
  const head = el("thead", {}, el("tr", {}, COLUMNS.map((column) => headerCell(column, order, update))));
  search.addEventListener("input", update);
  update();
  const table = el("div", { class: "table-box", tabindex: "0", role: "region", "aria-label": "Files" }, el("table", {}, head, body));
  const node = section("files", "Files", "Choose a column to sort by it.", el("div", { class: "filters" }, search), table, growing.foot);
  const show = (path) => {
    search.value = path;
    update();
    node.scrollIntoView();
  };
  return { node, show };
}

function noticesSection() {
  const list = el("ul", { class: "notices" });
  const growing = growingList(list, FINDINGS_AT_ONCE, (notice) => el("li", {},
    el("span", { class: "badge" }, notice.code), notice.path ? el("span", { class: "path" }, notice.path) : null,
    el("span", { dir: "auto" }, [notice.message, notice.nextStep].filter(Boolean).join(" "))), "notice");
  growing.show(notices);
  return section("notices", "Notices", "About the run itself: what was left out or read in a special way.", list, growing.foot);
}
