import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { rows } from '../../src/config/rows.ts';

// What is shipped for other programs goes by names of this one: of figures, of settings, of routes, of files.
const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;

/** The figures that the page of them lists. */
const figures = new Set([...read('docs/metrics.md').matchAll(/`((?:monitor|process)_\w+)`/g)].map(([, name]) => name));

test.each(['docs/metrics/prometheus-rules.yml', 'docs/metrics/grafana-dashboard.json'])(
  '%s asks for figures that there are',
  (path) => {
    const named = [...read(path).matchAll(/\b((?:monitor|process)_[a-z_]+)(?:_bucket)?\{?/g)].map(([, name = '']) =>
      name.replace(/_bucket$/, ''),
    );
    expect(named.length).toBeGreaterThan(5);
    for (const name of new Set(named)) expect([...figures]).toContain(name);
  },
);

(hasPromtool ? test : test.skip)('promtool takes the rules, and they fire when they are to', () => {
  for (const args of [
    ['check', 'rules', 'prometheus-rules.yml'],
    ['test', 'rules', 'prometheus-rules.test.yml'],
  ]) {
    const { status, stdout, stderr } = spawnSync('promtool', args, {
      cwd: join(ROOT, 'docs/metrics'),
      encoding: 'utf8',
    });
    expect([args, status, stdout + stderr]).toEqual([args, 0, expect.stringContaining('SUCCESS')]);
  }
});

test('panels of the dashboard lie side by side, each with a title, a question and the chosen data source', () => {
  const { panels } = JSON.parse(read('docs/metrics/grafana-dashboard.json')) as {
    panels: { title: string; gridPos: Record<'x' | 'y' | 'w' | 'h', number>; targets: { expr: string }[] }[];
  };
  const taken = new Set<string>();
  for (const { title, gridPos, targets } of panels) {
    expect([title, targets.length > 0 && targets.every(({ expr }) => expr !== '')]).toEqual([title, true]);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        expect(x).toBeLessThan(24);
        expect(taken.has(`${x} ${y}`)).toBe(false);
        taken.add(`${x} ${y}`);
      }
    }
  }
});

interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string }[];
  readonly securityContext: unknown;
  readonly volumeMounts: readonly { readonly name: string }[];
}

test('the example for Kubernetes sets variables that there are, and runs without rights on a read-only file system', () => {
  const documents = parseAllDocuments(read('docs/deployment/kubernetes.yaml')).map((one) => one.toJS());
  expect(documents.map(({ kind }) => kind)).toEqual(['ConfigMap', 'StatefulSet', 'Service', 'DaemonSet']);
  const known = rows().flatMap(({ setting }) => [setting.env, `${setting.env}_FILE`]);
  for (const { spec } of documents.filter(({ kind }) => kind === 'StatefulSet' || kind === 'DaemonSet')) {
    const pod = spec.template.spec;
    expect(pod).toMatchObject({ enableServiceLinks: false, securityContext: { runAsNonRoot: true } });
    const [container] = pod.containers as readonly [Container];
    expect(container.securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
    for (const { name } of container.env ?? []) expect(known).toContain(name);
    const volumes = [
      ...pod.volumes,
      ...(spec.volumeClaimTemplates ?? []).map((claim: { metadata: object }) => claim.metadata),
    ];
    for (const { name } of container.volumeMounts)
      expect(volumes.map((one: { name: string }) => one.name)).toContain(name);
  }
});

test('the image copies what there is, and ends as a user without rights', () => {
  const lines = read('docs/deployment/Containerfile').replaceAll(/\\\n/g, ' ').split('\n');
  const { files } = JSON.parse(read('package.json')) as { files: string[] };
  const own = lines.flatMap((line) => /^COPY --from=build \/build\/(\S+) /.exec(line)?.[1] ?? []);
  for (const path of ['bin', 'dist', 'docs'] as const)
    expect([own.includes(path), files.includes(path)]).toEqual([true, true]);
  expect(own.filter((path) => !['dist', 'node_modules'].includes(path) && !existsSync(join(ROOT, path)))).toEqual([]);
  expect(lines.findLast((line) => line.startsWith('USER '))).toMatch(/^USER [1-9]\d*:[1-9]\d*$/);
  const variables = lines.filter((line) => line.startsWith('ENV ')).flatMap((line) => line.slice(4).split(' '));
  const known = [...rows().map(({ setting }) => setting.env), 'NODE_ENV'];
  for (const variable of variables) expect(known).toContain(variable.split('=')[0]);
});
