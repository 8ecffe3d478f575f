// A real VS Code workbench for the tests: code-server behind a local address, driven in Chromium as a person would.
//
// Each workbench has folders of its own, a copy of the project that is opened, and ends with everything it started.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";

const CODE_SERVER = join(process.env.AIFIRST_WORKBENCH ?? "", "node_modules/code-server/out/node/entry.js");
const CHROMIUM = process.env.AIFIRST_CHROMIUM ?? "/usr/bin/chromium";
const SETTINGS = {
  "git.enabled": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "window.dialogStyle": "custom",
  "files.autoSave": "off",
  "editor.minimap.enabled": false,
  "extensions.ignoreRecommendations": true,
};
const OF_MACHINE = ["aifirst.path", "aifirst.interpreter"];
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb"];

/**
 * What a workbench is opened with; `settings` are the user's, `folders` may name several roots. `development` is the
 * folder of an extension that is loaded as it lies there, and `tests` a module whose `run` is called in its host.
 */
export async function openWorkbench({ project, folders = [], settings = {}, trust = true, vsix, shots, env = {}, development, tests }) {
  const home = await mkdtemp(join(tmpdir(), "aifirst-workbench-"));
  const workspace = join(home, "workspace");
  await cp(project, workspace, { recursive: true });
  const opened = [];
  for (const [index, folder] of folders.entries()) {
    const at = join(home, `root${index}`);
    await cp(folder, at, { recursive: true });
    opened.push({ path: at });
  }
  if (opened.length > 0) {
    const all = { folders: [{ path: workspace }, ...opened] };
    await writeFile(join(home, "several.code-workspace"), JSON.stringify(all));
  }
  const chosen = { User: {}, Machine: {} };
  placeSettings(chosen, { ...SETTINGS, ...settings });
  for (const [place, values] of Object.entries(chosen)) {
    await mkdir(join(home, "data", place), { recursive: true });
    await writeFile(join(home, "data", place, "settings.json"), JSON.stringify(values));
  }
  const port = await freePort();
  await writeFile(join(home, "config.yaml"), `bind-addr: 127.0.0.1:${port}\nauth: none\ncert: false\n`);
  const base = [
    CODE_SERVER,
    ...["--config", join(home, "config.yaml")],
    ...["--user-data-dir", join(home, "data")],
    ...["--extensions-dir", join(home, "extensions")],
  ];
  // As if started from a shell: else the program path is asked of a login shell, and ours is lost.
  const environment = { ...process.env, HOME: home, VSCODE_CLI: "1", ...env };
  if (vsix && !development) {
    const installed = spawnSync(process.execPath, [...base, "--install-extension", vsix], { env: environment, encoding: "utf8" });
    if (installed.status !== 0) throw new Error(`the package could not be installed: ${installed.stdout}${installed.stderr}`);
  }
  const flags = ["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"];
  if (trust) flags.push("--disable-workspace-trust");
  const server = spawn(process.execPath, [...base, ...flags], { env: environment, stdio: "ignore", detached: true });
  await answering(port, server);
  const context = await chromium.launchPersistentContext(join(home, "browser"), {
    executablePath: CHROMIUM,
    args: ARGUMENTS,
    viewport: { width: 1500, height: 950 },
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(20_000);
  let end;
  const ended = new Promise((resolve) => (end = resolve));
  await page.exposeFunction("codeAutomationExit", (code) => end(code));
  await page.exposeFunction("codeAutomationLog", () => undefined);
  const remote = (path) => `vscode-remote://127.0.0.1:${port}${path}`;
  const payload = [
    ...(development ? [["extensionDevelopmentPath", remote(development)]] : []),
    ...(tests ? [["extensionTestsPath", remote(tests)]] : []),
  ];
  const what = opened.length > 0 ? `workspace=${join(home, "several.code-workspace")}` : `folder=${workspace}`;
  await page.goto(`http://127.0.0.1:${port}/?${what}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
  await page.locator(".monaco-workbench .explorer-folders-view").waitFor();
  return new Workbench({ home, workspace, settings: chosen, server, context, page, shots, port, ended });
}

export class Workbench {
  constructor(parts) {
    Object.assign(this, parts);
  }

  /** Opens a file of the workspace by the quick pick, and waits until its text is there. */
  async openFile(path) {
    const name = path.split("/").at(-1);
    await this.choose("Control+p", path, name);
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await this.page.locator(".editor-group-container.active .view-line").first().waitFor();
    await this.inEditor();
  }

  /** Runs a command of the palette by its title. */
  async run(title) {
    await this.choose("F1", `>${title}`, title);
  }

  /**
   * Brings up the quick input, types into it and takes the row that is then chosen; `row` is what that has to say.
   * Another quick input may still have been there and have taken what was typed, or have closed ours: then again.
   */
  async choose(keys, typed, row) {
    const chosen = this.page.locator(".quick-input-list .monaco-list-row.focused", { hasText: row });
    for (let tries = 0; ; tries += 1) {
      await this.ask(keys, typed);
      try {
        await chosen.waitFor({ timeout: 5000 });
        break;
      } catch (error) {
        if (tries === 3) throw error;
        await this.press("Escape");
      }
    }
    await this.press("Enter");
    // A command may ask on in the same place, with another text in it.
    await this.page.waitForFunction((text) => {
      const input = document.querySelector(".quick-input-widget input.input");
      return !input?.checkVisibility() || input.value !== text;
    }, typed);
  }

  /** Brings up the quick input and types; a quick input that is just closing takes a new one with it, so again. */
  async ask(keys, typed) {
    const input = this.page.locator(".quick-input-widget input.input");
    for (let tries = 0; ; tries += 1) {
      try {
        await this.press(keys);
        await input.fill(typed, { timeout: 4000 });
        if ((await input.inputValue({ timeout: 1000 })) === typed && (await input.isVisible())) return;
      } catch (error) {
        if (tries === 5) throw error;
      }
    }
  }

  /** Changes settings as one does by hand: changes on disk are not seen by a workbench in the browser. */
  async set(settings) {
    placeSettings(this.settings, settings);
    const machine = Object.keys(settings).some((name) => OF_MACHINE.includes(name));
    const text = JSON.stringify(machine ? this.settings.Machine : this.settings.User);
    await this.page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await this.run(`Preferences: Open ${machine ? "Remote" : "User"} Settings (JSON)`);
    const tab = '.tab.active[data-resource-name="settings.json"]';
    await this.page.locator(tab).waitFor();
    await this.page.locator(".editor-group-container.active .monaco-editor.focused").waitFor();
    await this.press("Control+a");
    await this.press("Control+v");
    await this.page.locator(`${tab}.dirty`).waitFor();
    await this.press("Control+s");
    await this.page.locator(`${tab}:not(.dirty)`).waitFor();
    await this.run("View: Revert and Close Editor");
    await this.page.locator(tab).waitFor({ state: "detached" });
  }

  async goTo(line, column = 1) {
    await this.ask("Control+g", `:${line}:${column}`);
    await this.press("Enter");
    await this.inEditor();
    await this.cursorAt(new RegExp(`^Ln ${line}, Col ${column}\\b`), undefined);
  }

  /** Puts the cursor behind the last character of a text of several lines. */
  async toEnd() {
    await this.inEditor();
    await this.cursorAt(/^Ln (?!1,)/, "Control+End");
  }

  /**
   * Waits until the cursor has come to a place to stay, pressing keys that bring it there: a file that was just opened puts
   * it where it was before.
   */
  async cursorAt(place, keys) {
    const told = this.page.locator(".statusbar-item", { hasText: /^Ln \d+/ });
    let last = "";
    for (let stood = 0, tries = 0; stood < 5; tries += 1) {
      if (tries === 300) throw new Error(`the cursor does not come to ${place}`);
      if (keys) await this.press(keys);
      await sleep(50);
      const at = (await told.count()) > 0 ? (await told.first().innerText()).trim() : "";
      stood = place.test(at) && at === last ? stood + 1 : 0;
      last = at;
    }
  }

  /** Shows the problems that have a text in them, and waits until there is one. */
  async problems(text) {
    const filter = this.page.locator(".markers-panel-action-filter input, .panel .viewpane-filter input").first();
    for (let tries = 0; ; tries += 1) {
      await this.run("Problems: Focus on Problems View");
      await filter.fill(text);
      try {
        await this.page.locator(".markers-panel .monaco-list-row", { hasText: text }).first().waitFor({ timeout: 5000 });
        break;
      } catch (error) {
        const rows = await this.page.locator(".markers-panel .monaco-list-row").allInnerTexts();
        console.log(`# no problem says ${text}: ${JSON.stringify(rows)}, ${JSON.stringify(await filter.inputValue())} in the filter`);
        if (tries === 3) throw error;
      }
    }
    return filter;
  }

  /** Waits until keys go to the editor. */
  async inEditor() {
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
    await this.page.locator(".editor-group-container.active .monaco-editor.focused").waitFor();
  }

  async press(keys) {
    await this.page.keyboard.press(keys);
  }

  async type(text) {
    await this.page.keyboard.type(text, { delay: 15 });
  }

  /** The document inside the webview that is shown. */
  webview() {
    return this.page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
  }

  /** Closes whatever pops up, and all editors without saving them. */
  async closeAll() {
    for (let times = 0; times < 3; times += 1) await this.press("Escape");
    await this.run("Notifications: Clear All Notifications");
    if (await this.page.locator(".markers-panel").isVisible()) await this.run("View: Hide Panel");
    await this.run("View: Close All Editors");
    const tabs = this.page.locator(".tabs-container .tab");
    const drop = this.page.locator(".monaco-dialog-box a.monaco-button", { hasText: "Don't Save" });
    while ((await tabs.count()) > 0) {
      if (await drop.isVisible()) await drop.click();
      await sleep(50);
    }
  }

  /**
   * Does one step of a test. Where it fails, what was seen is kept, everything is closed, and the step is tried once more,
   * which is told: a browser on a busy machine loses a key now and then. A step that fails twice fails, and so does the third
   * that fails at all.
   */
  async step(name, act, tidy = () => this.closeAll()) {
    for (let again = false; ; again = true) {
      try {
        return await act();
      } catch (error) {
        await this.shot(`failed ${name.slice(0, 40)}${again ? " again" : ""}`);
        await tidy().catch(() => undefined);
        this.slips = (this.slips ?? 0) + 1;
        if (again || this.slips > 2) throw error;
        console.log(`tried again, ${name}: ${error.message.split("\n")[0]}`);
      }
    }
  }

  /** Keeps a picture of what is seen, where pictures are kept. */
  async shot(name) {
    if (!this.shots) return;
    await mkdir(this.shots, { recursive: true });
    await this.page.screenshot({ path: join(this.shots, `${name}.png`) });
  }

  async close() {
    await this.context.close().catch(() => undefined);
    try {
      process.kill(-this.server.pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await rm(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Programs are named by the machine that they are on, which is not the browser's; all else is the user's. */
function placeSettings(places, settings) {
  for (const [name, value] of Object.entries(settings)) places[OF_MACHINE.includes(name) ? "Machine" : "User"][name] = value;
}

async function freePort() {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address();
  listener.close();
  return port;
}

async function answering(port, server) {
  for (let tries = 0; tries < 150; tries += 1) {
    if (server.exitCode !== null) throw new Error(`the workbench ended with ${server.exitCode}`);
    try {
      if ((await fetch(`http://127.0.0.1:${port}/healthz`)).ok) return;
    } catch {
      // Not yet.
    }
    await sleep(100);
  }
  throw new Error("the workbench does not answer");
}
