// Puts the page together and starts what belongs to all of it: the theme, the keys, the navigation.

function startTheme() {
  const button = document.getElementById("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const remembered = () => { try { return localStorage.getItem("aifirst-theme"); } catch { return null; } };
  const set = (theme) => {
    if (theme) document.documentElement.dataset.theme = theme;
    const isDark = (document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
    button.textContent = isDark ? "Light" : "Dark";
    button.setAttribute("aria-label", `Switch to ${isDark ? "light" : "dark"} colours`);
    return isDark;
  };
  set(remembered());
  dark.addEventListener("change", () => set(null));
  button.addEventListener("click", () => {
    const theme = set(null) ? "light" : "dark";
    set(theme);
    try { localStorage.setItem("aifirst-theme", theme); } catch { /* a browser may forbid storage to files */ }
  });
  button.hidden = false;
}

function charts(found, showFiles) {
  const hasCode = judged.some((file) => file.kind === "code" && file.tokens);
  return [
    f.files ? figureStrip() : null,
    f.units ? sizesSection() : null,
    found ? rulesSection((rule) => found.filter(rule.code, "")) : null,
    f.units ? worstSection(showFiles) : null,
    hasCode ? section("map", "Where the tokens are", "Each rectangle is a folder or a file; open one to look inside.", treemapPanel(showFiles)) : null,
    hasCode ? glueSection() : null,
  ];
}

function startPage() {
  const main = document.getElementById("top");
  const found = findings.length ? findingsSection() : null;
  const table = files.length ? filesSection((path) => found?.filter("", path)) : null;
  const footer = el("footer", {}, "Made by ", el("b", {}, "aifirst"), ". A unit is what a model edits at once: a function, a class header, the top level of a module. Tokens are counted with ", data.tokenizer, ". Glue is the text that pins meaning and does not run: comments and docstrings.");
  const sections = [hero(), ...charts(found, (path) => table.show(path)), found?.node, table?.node, notices.length ? noticesSection() : null, footer];
  main.append(...sections.filter(Boolean));
  const links = [...main.querySelectorAll("section[id]")].map((node) => el("a", { href: `#${node.id}` }, node.querySelector("h2").textContent));
  document.getElementById("sections").append(...links);
  startKeys(found);
}

function startKeys(found) {
  if (location.hash.length > 1) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && found && !event.target.closest("input, select, textarea")) {
      event.preventDefault();
      found.search.focus();
    }
  });
}

startTheme();
startPage();
startTooltip();
