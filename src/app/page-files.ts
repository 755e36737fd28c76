import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { PageFile, PageFiles } from '../web/pages/files.ts';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

/** The dashboard as it was built, from its folder; null where it has not been built. */
export function readPageFiles(folder: URL): PageFiles | null {
  if (!existsSync(new URL('index.html', folder))) return null;
  const names = readdirSync(folder).filter((name) => !/\.(gz|br)$/.test(name) && name !== 'index.html');
  return {
    index: readFile(folder, 'index.html'),
    assets: new Map(names.map((name) => [name, readFile(folder, name)])),
  };
}

function readFile(folder: URL, name: string): PageFile {
  const bytes = (ending: string) => readFileSync(new URL(`${name}${ending}`, folder));
  const plain = bytes('');
  return {
    type: TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
    ...{ plain, gzip: bytes('.gz'), brotli: bytes('.br') },
  };
}
