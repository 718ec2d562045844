// Runs client/vscode/server.js with a stand-in for VS Code and for the extensions of Python, which
// can be had in their gallery only. The one argument says, as JSON, what they know; what came of it
// is printed as JSON.

"use strict";

const Module = require("node:module");
const path = require("node:path");

const scene = JSON.parse(process.argv[2]);
const asked = [];
const listeners = [];

class Disposable {
  constructor(dispose) {
    this.dispose = dispose;
  }

  static from(...all) {
    return new Disposable(() => all.forEach((each) => each.dispose()));
  }
}

function listen(changed) {
  listeners.push(changed);
  return new Disposable(() => listeners.splice(listeners.indexOf(changed), 1));
}

const apis = {
  "ms-python.vscode-python-envs": {
    getEnvironment: async () => ({ execInfo: { run: { executable: scene.environment } } }),
    onDidChangeEnvironment: listen,
  },
  "ms-python.python": {
    environments: {
      getActiveEnvironmentPath: () => ({ id: "chosen", path: scene.interpreter }),
      resolveEnvironment: async (active) =>
        active.id === "chosen" ? { executable: { uri: { fsPath: active.path } } } : undefined,
      onDidChangeActiveEnvironmentPath: listen,
    },
  },
};

const vscode = {
  Disposable,
  workspace: {
    isTrusted: scene.isTrusted,
    workspaceFolders: [{ uri: { fsPath: scene.folder } }],
    getConfiguration: () => ({ get: (key) => scene.settings[key] }),
  },
  extensions: {
    getExtension: (identifier) => {
      asked.push(identifier);
      if (!scene.installed.includes(identifier)) {
        return undefined;
      }
      return {
        activate: async () => {
          if (scene.broken) {
            throw new Error("cannot start");
          }
          return apis[identifier];
        },
      };
    },
  },
};

const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));
const { findServer, onInterpreterChange } = require(
  path.join(__dirname, "..", "..", "client", "vscode", "server.js"),
);

async function main() {
  const log = [];
  const write = (line) => log.push(line);
  const found = await findServer(scene.extensionPath, { info: write, warn: write });
  const askedForServer = [...asked];
  let changes = 0;
  const ending = await onInterpreterChange(() => {
    changes += 1;
  });
  listeners.forEach((each) => each());
  ending.dispose();
  listeners.forEach((each) => each());
  console.log(JSON.stringify({ found, asked: askedForServer, log, changes }));
}

main();
