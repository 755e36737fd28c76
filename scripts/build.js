// Bundles src/ into dist/. One file of start-up code and one chunk for each lazily imported command keep
// `monitor --help` close to the time of an empty Node.js; packages that are native or read files beside
// themselves stay outside. What cron calls every minute is one more bundle, in one file with its compiled code beside it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildDashboard } from './build-dashboard.js';

// `npm ci --omit=dev` in a checkout calls this too, without the tools to build with.
const esbuild = await import('esbuild').catch(() => null);
if (esbuild === null) {
  console.error('esbuild is not installed, nothing is built: run npm ci without --omit=dev');
  process.exit(process.env.npm_lifecycle_event === 'dependencies' ? 0 : 1);
}
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const common = { absWorkingDir: root, bundle: true, platform: 'node', target: 'node20.19' };
const options = {
  ...common,
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  external: ['better-sqlite3', 'better-sqlite3-13', 'systeminformation'],
  define: {
    __MONITOR_VERSION__: JSON.stringify(version),
    __MONITOR_MIGRATIONS__: JSON.stringify(await readMigrations()),
  },
  logLevel: 'warning',
};
const asModules = {
  outdir: 'dist',
  format: 'esm',
  // Bundled CommonJS packages still call require() for Node's own modules.
  banner: {
    js: "import{createRequire as __monitorRequire}from'node:module';const require=__monitorRequire(import.meta.url);",
  },
};
/** Commander can hand a subcommand over to a program of its own. None here is one, and what that needs is not loaded. */
const withoutPrograms = {
  name: 'without-programs',
  setup: (build) => {
    build.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /node_modules[/\\]commander[/\\]/.test(importer) ? { path: 'nothing', namespace: 'nothing' } : null,
    );
    build.onLoad({ filter: /./, namespace: 'nothing' }, () => ({ contents: 'module.exports = {}' }));
  },
};
/** The agent has no commands but its own, and knows the plug-ins of a hub by their names: it never loads the others. */
const withoutTheRest = {
  name: 'without-the-rest',
  setup: (build) =>
    build.onResolve({ filter: /^\.\// }, ({ kind, importer, path }) => {
      const isPlugin = /\/(commands\/registry|list)\.ts$/.test(importer) && kind === 'dynamic-import';
      return isPlugin && !['./check.ts', './push-to-hub.ts'].includes(path) ? { path, external: true } : null;
    }),
};
rmSync(join(root, 'dist'), { recursive: true, force: true });
await Promise.all([
  esbuild
    .build({
      ...options,
      ...asModules,
      entryPoints: { main: 'src/commands/main.ts' },
      plugins: [withoutPrograms],
      splitting: true,
      metafile: true,
    })
    .then(({ metafile }) => {
      writeFileSync(join(root, 'dist/hub-parts.json'), JSON.stringify(partsOf(metafile, 'src/app/hub.ts')));
    }),
  // The threads of a hub, apart from its commands, with which they would share many small chunks: Node.js opens the chunks
  // of a module all at once, and where few files may be open (`ulimit -n 64`) a hub would not start.
  esbuild.build({
    ...options,
    ...asModules,
    entryPoints: { engine: 'src/app/engine/worker.ts', reader: 'src/app/reader/worker.ts' },
    splitting: true,
  }),
  buildAgent(),
  buildDashboard(esbuild, root, version),
]);

const manual = spawnSync(process.execPath, ['bin/monitor', 'manual', '--output', 'dist/man'], {
  cwd: root,
  env: { PATH: process.env.PATH },
  encoding: 'utf8',
});
if (manual.status !== 0) {
  console.error(`the pages of man could not be made\n${manual.stderr}`);
  process.exit(1);
}

/** The files that a module is made of, each behind all that it needs itself: see `src/lib/files/parts.ts`. */
function partsOf({ outputs }, entryPoint) {
  const found = new Set();
  const add = (path) => {
    if (found.has(path) || outputs[path] === undefined) return;
    for (const { path: needed, kind } of outputs[path].imports) if (kind === 'import-statement') add(needed);
    found.add(path);
  };
  const [whole] = Object.entries(outputs).find(([, output]) => output.entryPoint === entryPoint) ?? [];
  if (whole === undefined) throw new Error(`${entryPoint} is no module of its own any more: nothing imports it lazily`);
  add(whole);
  return [...found].map((path) => path.replace(/^dist\//, './'));
}

/** The steps of the schema, as the sources read them. */
async function readMigrations() {
  const folder = 'src/stores/migrations/';
  const { outputFiles } = await esbuild.build({
    ...common,
    entryPoints: [`${folder}read.ts`],
    write: false,
    format: 'esm',
  });
  const module = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
  return module.readMigrations(pathToFileURL(join(root, folder)));
}

/** One file, in the form that `src/lib/files/precompiled.ts` runs, under a name that no other content has. */
async function buildAgent() {
  const { outputFiles } = await esbuild.build({
    ...options,
    entryPoints: ['src/commands/main.ts'],
    write: false,
    format: 'cjs',
    define: { ...options.define, 'import.meta.url': '__filename' },
    plugins: [withoutPrograms, withoutTheRest],
    supported: { 'dynamic-import': false },
    banner: { js: '(function(require,__filename){' },
    footer: { js: '})' },
  });
  const [{ contents }] = outputFiles;
  const name = `agent.${createHash('sha256').update(contents).digest('hex').slice(0, 16)}.cjs`;
  await esbuild.build({
    ...options,
    entryPoints: ['src/commands/precompiled.ts'],
    outfile: 'dist/agent.cjs',
    format: 'cjs',
    define: { ...options.define, __MONITOR_AGENT__: JSON.stringify(name) },
  });
  writeFileSync(join(root, 'dist', name), contents);
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/compile.js'), join(root, 'dist', name)], {
    cwd: join(root, 'dist'),
    env: { PATH: process.env.PATH },
    encoding: 'utf8',
    timeout: 60_000,
  });
  // It runs all the same, and takes longer to start.
  if (status !== 0) console.error(`the agent could not be compiled beforehand\n${stderr}`);
}
