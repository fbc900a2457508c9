// Bundles styles, scripts and icons into ../static/dist. Called by scripts/build_frontend.py and `npm run build`.
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "..", "static", "dist");

// Phones of 2016 whose browser still updates, and the engine inside WeChat. Nesting and short hands are
// rewritten for them; @layer cannot be, so the order of imports is our layering.
const target = ["chrome87", "firefox90", "safari14"];

const banner = "/* yuanba, Apache-2.0 */";

async function iconSprite() {
  const names = JSON.parse(await readFile(join(here, "icons.json"), "utf8"));
  const folder = join(here, "node_modules", "lucide-static", "icons");
  const symbols = await Promise.all(
    Object.entries(names).map(async ([name, source]) => {
      const svg = await readFile(join(folder, `${source}.svg`), "utf8");
      const shapes = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(svg)[1].replace(/\s+/g, " ").replace(/> </g, "><").trim();
      return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
    }),
  );
  const licence = "<!-- Icons: Lucide, ISC licence, https://lucide.dev/license -->";
  await writeFile(
    join(dist, "icons.svg"),
    `${licence}<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`,
  );
}

async function bundle() {
  await build({
    absWorkingDir: here,
    entryPoints: {
      app: "src/app.ts",
      desk: "src/desk.ts",
      pictures: "src/pictures.ts",
      map: "src/map.ts",
      "app.styles": "styles/app.css",
      "desk.styles": "styles/desk.css",
      "pictures.styles": "styles/pictures.css",
      "map.styles": "styles/map.css",
    },
    outdir: dist,
    entryNames: "[name]",
    bundle: true,
    minify: true,
    target,
    // Safari 14's only fault with destructuring is a corner case that this code does not reach.
    supported: { destructuring: true },
    format: "iife",
    charset: "utf8",
    loader: { ".svg": "dataurl" },
    banner: { css: banner, js: banner },
    logLevel: "warning",
  });
  for (const name of ["app", "desk", "pictures", "map"]) {
    const from = join(dist, `${name}.styles.css`);
    await writeFile(join(dist, `${name}.css`), await readFile(from));
    await rm(from);
  }
}

// The map's worker comes from an address of ours, so that the policy of contents needs no blob: of scripts. Its
// source map is not ours to ship, and a link to one that is missing stops the hashing of names.
async function worker() {
  const from = join(here, "node_modules", "maplibre-gl", "dist", "maplibre-gl-csp-worker.js");
  const script = await readFile(from, "utf8");
  await writeFile(join(dist, "map-worker.js"), script.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"));
}

async function report() {
  for (const name of (await readdir(dist)).filter((file) => /\.(css|js|svg)$/.test(file)).sort()) {
    const bytes = await readFile(join(dist, name));
    const kilobytes = (size) => `${(size / 1024).toFixed(1)} kB`.padStart(9);
    process.stdout.write(`${name.padEnd(15)}${kilobytes(bytes.length)}${kilobytes(gzipSync(bytes).length)} gzip\n`);
  }
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await Promise.all([iconSprite(), bundle(), worker()]);
await report();
