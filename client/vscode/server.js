// Which program is the server: the one the user names, the one of the project's environment, or the
// one that this extension carries. In a workspace that is not trusted, nothing from it is run.

"use strict";

const { execFile } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");

/**
 * The command to start, its first arguments, variables to set, and in words where it comes from.
 * `undefined` when there is no Python to run it.
 */
async function findServer(extensionPath, log) {
  // Programs are started here and not in the workspace: Python would import what lies there.
  const succeeds = async (command, args, env = {}) => {
    const failure = await failureOf(command, args, env, extensionPath);
    if (failure !== undefined) {
      log.info(`not used: ${command} ${args.join(" ")}: ${failure}`);
    }
    return failure === undefined;
  };
  const folder = vscode.workspace.workspaceFolders?.[0];
  const settings = vscode.workspace.getConfiguration("corolint", folder?.uri);
  const trusted = vscode.workspace.isTrusted;

  if (trusted) {
    for (const named of settings.get("path")) {
      const command = inFolder(named, folder);
      if (fs.existsSync(command)) {
        return { command, args: [], env: {}, origin: "corolint.path" };
      }
      log.warn(`corolint.path: ${command} does not exist`);
    }
  }

  const interpreters = trusted ? await interpretersOf(settings, folder, log) : systemInterpreters();
  if (trusted && settings.get("importStrategy") === "fromEnvironment") {
    for (const [command, ...args] of interpreters) {
      if (await succeeds(command, [...args, "-c", "import corolint.lsp.server"])) {
        return { command, args: [...args, "-m", "corolint"], env: {}, origin: "the environment" };
      }
    }
  }

  const libraries = path.join(extensionPath, "bundled", "libs");
  for (const [command, ...args] of [...interpreters, ...systemInterpreters()]) {
    const env = { PYTHONPATH: libraries, PYTHONSAFEPATH: "1" };
    if (await succeeds(command, [...args, "-c", "import corolint.lsp.server"], env)) {
      return { command, args: [...args, "-m", "corolint"], env, origin: "the extension" };
    }
  }

  if (await succeeds("corolint", ["--version"])) {
    return { command: "corolint", args: [], env: {}, origin: "PATH" };
  }
  return undefined;
}

/** Commands that start Python, the most wanted first. */
async function interpretersOf(settings, folder, log) {
  const own = settings.get("interpreter").map((each) => inFolder(each, folder));
  if (own.length > 0) {
    return [own];
  }
  const found = (await fromEnvironments(folder, log)) ?? (await fromPython(folder, log));
  return found ? [[found], ...systemInterpreters()] : systemInterpreters();
}

function systemInterpreters() {
  return process.platform === "win32" ? [["py", "-3"], ["python"]] : [["python3"], ["python"]];
}

/** The interpreter chosen in the Python Environments extension, if that is installed. */
async function fromEnvironments(folder, log) {
  const api = await exportsOf("ms-python.vscode-python-envs", log);
  const environment = await api?.getEnvironment?.(folder?.uri);
  return environment?.execInfo?.run?.executable;
}

/** The interpreter chosen in the Python extension, if that is installed. */
async function fromPython(folder, log) {
  const environments = (await exportsOf("ms-python.python", log))?.environments;
  if (environments === undefined) {
    return undefined;
  }
  const active = environments.getActiveEnvironmentPath(folder?.uri);
  const resolved = await environments.resolveEnvironment(active);
  return resolved?.executable?.uri?.fsPath;
}

async function exportsOf(identifier, log) {
  const extension = vscode.extensions.getExtension(identifier);
  try {
    return await extension?.activate();
  } catch (error) {
    log.warn(`${identifier}: ${error}`);
    return undefined;
  }
}

/** Calls `changed` when the user chooses another interpreter. Gives what ends that. */
async function onInterpreterChange(changed) {
  const log = { warn: () => undefined };
  const environments = await exportsOf("ms-python.vscode-python-envs", log);
  const python = await exportsOf("ms-python.python", log);
  return vscode.Disposable.from(
    environments?.onDidChangeEnvironment?.(changed) ?? new vscode.Disposable(() => undefined),
    python?.environments?.onDidChangeActiveEnvironmentPath?.(changed) ??
      new vscode.Disposable(() => undefined),
  );
}

/** Settings may name places relative to the folder: `${workspaceFolder}/.venv/bin/python`. */
function inFolder(text, folder) {
  return text.replaceAll("${workspaceFolder}", folder?.uri.fsPath ?? "");
}

/** The last line of what went wrong with this command; `undefined` when it ended well. */
function failureOf(command, args, env, cwd) {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...env }, timeout: 20_000, windowsHide: true };
    execFile(command, args, options, (error, _, errors) => {
      const said = errors?.trim().split("\n").at(-1);
      resolve(error === null ? undefined : said || error.message);
    });
  });
}

module.exports = { findServer, onInterpreterChange };
