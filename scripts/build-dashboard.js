// Bundles the dashboard into dist/dashboard: files named by their content, compressed once here, and the one page that
// loads them. Nothing in it is fetched from elsewhere, and the page holds no code or style of its own.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { brotliCompressSync, gzipSync, constants as zlib } from 'node:zlib';

/** Builds it with this esbuild, below `root`. */
export async function buildDashboard(esbuild, root, version) {
  const out = join(root, 'dist/dashboard');
  const common = {
    ...{ absWorkingDir: root, bundle: true, platform: 'browser', target: ['es2022', 'safari16'], minify: true },
    ...{ write: false, metafile: true, legalComments: 'none', outdir: 'dist/dashboard', logLevel: 'warning' },
    ...{ entryNames: '[name]-[hash]', chunkNames: '[name]-[hash]', jsx: 'automatic', jsxImportSource: 'preact' },
    define: { __MONITOR_VERSION__: JSON.stringify(version) },
  };
  const results = await Promise.all([
    esbuild.build({ ...common, entryPoints: { app: 'src/dashboard/main.tsx' }, format: 'esm', splitting: true }),
    // Runs before the first paint, so it is no module.
    esbuild.build({ ...common, entryPoints: { theme: 'src/dashboard/theme.ts' }, format: 'iife' }),
    esbuild.build({ ...common, entryPoints: { app: 'src/dashboard/styles/index.css' } }),
  ]);
  mkdirSync(out, { recursive: true });
  for (const { path, contents } of results.flatMap(({ outputFiles }) => outputFiles)) writeCompressed(path, contents);
  const entry = (index, ending) => {
    const paths = Object.entries(results[index].metafile.outputs);
    return basename(paths.find(([path, { entryPoint }]) => entryPoint !== undefined && path.endsWith(ending))[0]);
  };
  const names = { app: entry(0, '.js'), theme: entry(1, '.js'), style: entry(2, '.css') };
  const page = readFileSync(join(root, 'src/dashboard/index.html'), 'utf8').replace(
    /\{(app|theme|style)\}/g,
    (_, name) => names[name],
  );
  writeCompressed(join(out, 'index.html'), Buffer.from(page));
}

function writeCompressed(path, contents) {
  writeFileSync(path, contents);
  writeFileSync(`${path}.gz`, gzipSync(contents, { level: 9 }));
  writeFileSync(`${path}.br`, brotliCompressSync(contents, { params: { [zlib.BROTLI_PARAM_QUALITY]: 11 } }));
}
