// Lays out the extension as it is packaged, in `packaged/`: its JavaScript in one file, and the
// server with what it needs in `bundled/libs`, so that it works without an installed corolint.
//
//   node bundle.js [SOURCES]
//
// SOURCES is the checkout of corolint, two folders up unless told. One part of the server is
// compiled (the parser), so a package serves the platform that it was made on, with any Python from
// 3.10; on another platform the extension uses the corolint of the environment.

"use strict";

const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const esbuild = require("esbuild");

const python = process.env.PYTHON ?? (process.platform === "win32" ? "python" : "python3");
const sources = path.resolve(process.argv[2] ?? path.join(__dirname, "..", ".."));
const packaged = path.join(__dirname, "packaged");
const libraries = path.join(packaged, "bundled", "libs");

fs.rmSync(packaged, { recursive: true, force: true });
fs.mkdirSync(libraries, { recursive: true });

esbuild.buildSync({
  entryPoints: [path.join(__dirname, "extension.js")],
  outfile: path.join(packaged, "extension.js"),
  bundle: true,
  platform: "node",
  target: "node18",
  external: ["vscode"],
});

const install = ["-m", "pip", "install", "--quiet", "--no-compile", "--target", libraries, sources];
execFileSync(python, install, { stdio: "inherit" });
// Commands are of no use here: the server is started as a module.
fs.rmSync(path.join(libraries, "bin"), { recursive: true, force: true });

const { scripts, dependencies, devDependencies, ...manifest } = require("./package.json");
fs.writeFileSync(path.join(packaged, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
fs.copyFileSync(path.join(__dirname, "README.md"), path.join(packaged, "README.md"));
fs.copyFileSync(path.join(sources, "LICENSE"), path.join(packaged, "LICENSE"));
