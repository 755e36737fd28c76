// Bundles src/ into dist/. One file of start-up code and one chunk for each lazily imported command keep
// `monitor --help` close to the time of an empty Node.js; packages that are native or read files beside
// themselves stay outside.
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// `npm ci --omit=dev` in a checkout calls this too, without the tools to build with.
const esbuild = await import('esbuild').catch(() => null);
if (esbuild === null) {
  console.error('esbuild is not installed, nothing is built: run npm ci without --omit=dev');
  process.exit(process.env.npm_lifecycle_event === 'prepare' ? 0 : 1);
}
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
rmSync(join(root, 'dist'), { recursive: true, force: true });
await esbuild.build({
  absWorkingDir: root,
  entryPoints: {
    main: 'src/commands/main.ts',
    // Threads of a hub.
    engine: 'src/app/engine/worker.ts',
    reader: 'src/app/reader/worker.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  external: ['better-sqlite3', 'better-sqlite3-13', 'systeminformation'],
  define: { __MONITOR_VERSION__: JSON.stringify(version) },
  // Bundled CommonJS packages still call require() for Node's own modules.
  banner: {
    js: "import{createRequire as __monitorRequire}from'node:module';const require=__monitorRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
