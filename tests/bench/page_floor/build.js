// Writes the page, bundled and minified as for production, to standard output.

import { build } from "esbuild";

const { outputFiles } = await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ["page.js"],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "none",
  write: false,
});
process.stdout.write(outputFiles[0].contents);
