import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');

test('every page of the package is packed with what it links to', () => {
  const told = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const [{ files }] = JSON.parse(told) as [{ readonly files: readonly { readonly path: string }[] }];
  const packed = new Set(files.map(({ path }) => path));
  for (const page of ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE']) expect(packed).toContain(page);
  const missing = [...packed]
    .filter((path) => path.endsWith('.md'))
    .flatMap((page) =>
      [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^[a-z]+:/.test(target))
        .map((target) => relative(ROOT, join(ROOT, dirname(page), decodeURI(target))))
        .filter(
          (target) => ![...packed].some((path) => path === target || path.startsWith(`${target.replace(/\/$/, '')}/`)),
        )
        .map((target) => `${page}: ${target}`),
    );
  expect(missing).toEqual([]);
});

test('no script of the package wants to run where it is installed', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  // npm warns of those, and what it advises leads to the same warning.
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
    expect(Object.keys(scripts)).not.toContain(name);
});
