// asyncapi.mjs FOLDER FILE: @asyncapi/parser from the npm packages in FOLDER over a document.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [folder, file] = process.argv.slice(2);
const { Parser } = createRequire(`${folder}/`)("@asyncapi/parser");
const { document, diagnostics } = await new Parser().parse(readFileSync(file, "utf8"));
// 0 is an error, 1 a warning; what is less is taste.
const findings = diagnostics.filter(({ severity }) => severity <= 1);
for (const { path, message, code } of findings) {
  console.error(`${path.join("/")}: ${message} [${code}]`);
}
process.exit(document && !findings.length ? 0 : 1);
