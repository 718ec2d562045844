// Reads outputs of corolint with libraries that others wrote: {format: text} in, what they saw out.
"use strict";

const fs = require("fs");
const ts = require("typescript");
const { validate } = require("@umbrelladocs/rdformat-validator");
const { parseProblemMatchersJson } = require("@rushstack/problem-matcher");
const { commandFromString } = require("azure-pipelines-task-lib/taskcommand");

const lines = (text) => text.split("\n").filter((line) => line);

// What GitHub's own library writes for these annotations; its readers are not published.
async function annotated(annotations) {
  const core = await import("@actions/core");
  const written = [];
  const write = process.stdout.write;
  process.stdout.write = (text) => written.push(text);
  for (const { level, message, properties } of annotations) {
    core[level](message, properties);
  }
  process.stdout.write = write;
  return written.join("");
}

// What a type checker has to say of a report as a list of issues of Code Climate.
function issueErrors(report) {
  const file = "report.ts";
  const head = 'import type { Issue } from "codeclimate-types";\n';
  fs.writeFileSync(file, `${head}export const issues: Issue[] = ${report};\n`);
  const options = { noEmit: true, strict: true, skipLibCheck: true, types: [] };
  const program = ts.createProgram([file], options);
  const found = ts.getPreEmitDiagnostics(program);
  return found.map((each) => ts.flattenDiagnosticMessageText(each.messageText, " "));
}

async function main() {
  const given = JSON.parse(fs.readFileSync(0, "utf8"));
  const [matcher] = parseProblemMatchersJson([
    {
      name: "corolint",
      pattern: {
        regexp: "^(.+?):(\\d+):(\\d+): (error|warning|hint)\\[([\\w-]+)\\] (.*)$",
        file: 1,
        line: 2,
        column: 3,
        severity: 4,
        code: 5,
        message: 6,
      },
    },
  ]);
  const seen = {
    rdjson: await validate(JSON.parse(given.rdjson)),
    azure: lines(given.azure).map((line) => commandFromString(line)),
    github: await annotated(given.annotations),
    gitlab: issueErrors(given.gitlab),
    notGitlab: issueErrors('[{ "check_name": 1 }]'),
    concise: lines(given.concise).map((line) => matcher.exec(line + "\n")),
  };
  process.stdout.write(JSON.stringify(seen));
}

main();
