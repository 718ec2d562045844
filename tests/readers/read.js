// Reads outputs of corolint with libraries that others wrote: {format: text} in, what they saw out.
"use strict";

const fs = require("fs");
const { validate } = require("@umbrelladocs/rdformat-validator");
const { parseProblemMatchersJson } = require("@rushstack/problem-matcher");
const { commandFromString } = require("azure-pipelines-task-lib/taskcommand");

const lines = (text) => text.split("\n").filter((line) => line);

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
    concise: lines(given.concise).map((line) => matcher.exec(line + "\n")),
  };
  process.stdout.write(JSON.stringify(seen));
}

main();
