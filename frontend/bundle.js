// Bundles scripts, styles and icons into the folder named by the first argument, and the script for
// shops' own landing pages into that named by the second.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const [, , out, landingOut] = process.argv;
const tokens = JSON.parse(readFileSync(join(here, "src/tokens.json"), "utf8"));
const icons = JSON.parse(readFileSync(join(here, "src/icons.json"), "utf8"));

function declarations(theme) {
  return Object.entries(tokens[theme])
    .map(([name, colour]) => `  --${name}: ${colour};`)
    .join("\n");
}

function tokenStyles() {
  const dark = `  color-scheme: dark;\n${declarations("dark")}`;
  return [
    `:root {\n  color-scheme: light;\n${declarations("light")}\n}`,
    `:root[data-theme="dark"] {\n${dark}\n}`,
    `@media (prefers-color-scheme: dark) { :root[data-theme="auto"] {\n${dark}\n} }`,
  ].join("\n");
}

function styles() {
  const compiled = sass.compile(join(here, "src/styles/app.scss"), {
    loadPaths: [join(here, "node_modules")],
    quietDeps: true,
    silenceDeprecations: ["import"],
  });
  const css = `${tokenStyles()}\n${compiled.css}`;
  return esbuild.transformSync(css, { loader: "css", minify: true, target: "es2022" }).code;
}

function sprite() {
  const symbols = icons.map((name) => {
    const svg = readFileSync(join(here, "node_modules/bootstrap-icons/icons", `${name}.svg`), "utf8");
    const inner = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
    return `<symbol id="${name}" viewBox="0 0 16 16" fill="currentColor">${inner.trim()}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await esbuild.build({
  entryPoints: [join(here, "src/app.js")],
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: "es2022",
  legalComments: "eof",
  logLevel: "warning",
});
await esbuild.build({
  entryPoints: [join(here, "src/landing.js")],
  outdir: landingOut,
  minify: true,
  target: "es2018",
  logLevel: "warning",
});
writeFileSync(join(out, "app.css"), styles());
writeFileSync(join(out, "icons.svg"), sprite());
for (const name of readdirSync(out)) {
  writeFileSync(join(out, `${name}.gz`), gzipSync(readFileSync(join(out, name)), { level: 9 }));
}
