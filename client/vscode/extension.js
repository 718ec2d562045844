// The VS Code client of corolint: starts the server, keeps it running, and shows how it is.
//
// What the server can do comes over the protocol. This file holds what only VS Code has: commands,
// the status item, and the reasons to start the server anew (a setting, another interpreter).
// Which program is started is decided in server.js.

"use strict";

const vscode = require("vscode");
const { LanguageClient, State } = require("vscode-languageclient/node");
const { findServer, onInterpreterChange } = require("./server");

const SELECTOR = [
  { scheme: "file", language: "python" },
  { scheme: "untitled", language: "python" },
  { scheme: "vscode-notebook-cell", language: "python" },
];

// A change of one of these needs another process; all others reach the running one.
const RESTARTING = ["enable", "importStrategy", "interpreter", "path", "logLevel"];

/** @type {LanguageClient | undefined} */
let client;
let log;
let status;
let restarting = Promise.resolve();

async function activate(context) {
  log = vscode.window.createOutputChannel("corolint", { log: true });
  status = vscode.languages.createLanguageStatusItem("corolint", SELECTOR);
  status.name = "corolint";
  status.command = { command: "corolint.showLogs", title: "Show Logs" };
  context.subscriptions.push(
    log,
    status,
    vscode.commands.registerCommand("corolint.restart", () => restart(context)),
    vscode.commands.registerCommand("corolint.showLogs", () => log.show()),
    vscode.commands.registerCommand("corolint.fixAll", fixAll),
    vscode.commands.registerCommand("corolint.explainRule", explainRule),
    vscode.workspace.onDidChangeConfiguration((event) => {
      // Settings may arrive after the extension has started, and found nothing to run without them.
      const missing = client === undefined && event.affectsConfiguration("corolint");
      if (missing || RESTARTING.some((name) => event.affectsConfiguration(`corolint.${name}`))) {
        restart(context);
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => restart(context)),
    await onInterpreterChange(() => restart(context)),
  );
  await restart(context);
}

function deactivate() {
  return stop();
}

/** Stops the server and starts it anew. One restart at a time; a later one waits for its turn. */
function restart(context) {
  restarting = restarting.then(async () => {
    try {
      await stop();
      if (vscode.workspace.getConfiguration("corolint").get("enable")) {
        await start(context);
      } else {
        show("off", vscode.LanguageStatusSeverity.Information);
      }
    } catch (error) {
      // Whatever went wrong, the next restart must get its turn.
      show("failed to start", vscode.LanguageStatusSeverity.Error);
      log.error(`${error}`);
    }
  });
  return restarting;
}

async function start(context) {
  const server = await findServer(context.extensionPath, log);
  if (server === undefined) {
    show("no Python found", vscode.LanguageStatusSeverity.Error);
    log.error("No Python and no corolint was found. Set corolint.interpreter or corolint.path.");
    return;
  }
  log.info(`starting ${server.command} ${server.args.join(" ")} (${server.origin})`);
  const logLevel = vscode.workspace.getConfiguration("corolint").get("logLevel");
  const starting = new LanguageClient(
    "corolint",
    "corolint",
    {
      command: server.command,
      args: [...server.args, "server", "--log-level", logLevel],
      // Not the workspace: Python would import what lies in the current folder.
      options: { cwd: context.extensionPath, env: { ...process.env, ...server.env, PYTHONUTF8: "1" } },
    },
    {
      documentSelector: SELECTOR,
      outputChannel: log,
      revealOutputChannelOn: 4, // Never: the status item tells, and a click on it shows the log.
      initializationOptions: { settings: plainSettings() },
      diagnosticPullOptions: { onChange: true, onSave: true, onTabs: true },
    },
  );
  client = starting;
  starting.onDidChangeState(({ newState }) => {
    const words = { [State.Starting]: "starting", [State.Running]: "running" };
    show(words[newState] ?? "stopped", vscode.LanguageStatusSeverity.Information);
    status.busy = newState === State.Starting;
  });
  try {
    await starting.start();
  } catch (error) {
    client = undefined;
    throw error;
  }
}

async function stop() {
  const stopping = client;
  client = undefined;
  if (stopping === undefined) {
    return;
  }
  try {
    await stopping.dispose();
  } catch (error) {
    log.warn(`while stopping: ${error}`);
  }
}

function show(text, severity) {
  status.text = `corolint: ${text}`;
  status.severity = severity;
}

/** The settings of the first folder as plain data: a configuration object does not survive JSON. */
function plainSettings() {
  return JSON.parse(JSON.stringify(vscode.workspace.getConfiguration("corolint")));
}

/** Applies all safe fixes to the file in the active editor. */
async function fixAll() {
  const document = vscode.window.activeTextEditor?.document;
  if (document === undefined) {
    return;
  }
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  const actions = await vscode.commands.executeCommand(
    "vscode.executeCodeActionProvider",
    document.uri,
    whole,
    "source.fixAll.corolint",
    1,
  );
  for (const action of actions ?? []) {
    if (action.edit !== undefined) {
      await vscode.workspace.applyEdit(action.edit);
    }
  }
}

/** Shows the page of the rule under the cursor, or of one that the user picks. */
async function explainRule() {
  const editor = vscode.window.activeTextEditor;
  const found = (editor && vscode.languages.getDiagnostics(editor.document.uri)) ?? [];
  const here = found.filter((each) => each.source === "corolint");
  const under = here.find((each) => each.range.contains(editor.selection.active));
  const rules = [...new Set(here.map(ruleOf))];
  const rule = under ? ruleOf(under) : await vscode.window.showQuickPick(rules);
  if (rule === undefined || client === undefined) {
    return;
  }
  const content = await client.sendRequest("workspace/executeCommand", {
    command: "corolint.server.explainRule",
    arguments: [rule],
  });
  const page = await vscode.workspace.openTextDocument({ language: "markdown", content });
  await vscode.commands.executeCommand("markdown.showPreview", page.uri);
}

function ruleOf(diagnostic) {
  const { code } = diagnostic;
  return String(typeof code === "object" ? code.value : code);
}

module.exports = { activate, deactivate };
