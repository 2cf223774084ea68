// Copies the vendored files to api/pages/static/vendor and writes vendor.json beside them:
// what each file is, from which package and version, its licence, and its digest.

import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "static", "vendor");

const wanted = [
  { package: "@fontsource-variable/inter", folder: "inter", files: { "files/inter-latin-wght-normal.woff2": "inter-latin-wght-normal.woff2", LICENSE: "LICENSE" } },
  {
    package: "swagger-ui-dist",
    folder: "swagger-ui",
    files: { "swagger-ui.css": "swagger-ui.css", "swagger-ui-bundle.js": "swagger-ui-bundle.js", LICENSE: "LICENSE", NOTICE: "NOTICE" },
  },
];

rmSync(target, { recursive: true, force: true });
const listing = [];
for (const item of wanted) {
  const source = join(here, "node_modules", item.package);
  const manifest = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
  const folder = `${item.folder}-${manifest.version}`;
  mkdirSync(join(target, folder), { recursive: true });
  for (const [from, to] of Object.entries(item.files)) {
    copyFileSync(join(source, from), join(target, folder, to));
    const digest = createHash("sha256").update(readFileSync(join(target, folder, to))).digest("hex");
    listing.push({ file: `${folder}/${to}`, package: item.package, version: manifest.version, licence: manifest.license, sha256: digest });
  }
}
writeFileSync(join(target, "vendor.json"), `${JSON.stringify({ files: listing }, null, 2)}\n`);
