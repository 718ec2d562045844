// Puts the server and what it needs into bundled/libs, from the sources two folders up, so that the
// packaged extension works without an installed corolint. One part is compiled (the parser), so a
// package serves the platform that it was made on, with any Python from 3.10; on another platform the
// extension uses the corolint of the environment.

"use strict";

const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const python = process.env.PYTHON ?? (process.platform === "win32" ? "python" : "python3");
const target = path.join(__dirname, "bundled", "libs");
const sources = path.resolve(__dirname, "..", "..");

fs.rmSync(target, { recursive: true, force: true });
const install = ["-m", "pip", "install", "--quiet", "--no-compile", "--target", target, sources];
execFileSync(python, install, { stdio: "inherit" });
// Commands are of no use here: the server is started as a module.
fs.rmSync(path.join(target, "bin"), { recursive: true, force: true });
