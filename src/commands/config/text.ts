import { printable } from '../columns.ts';
import type { ConfigDiff } from './diff.ts';

const SIGNS = { added: '+', removed: '-', changed: ' ' } as const;

/** One thing of a section with what has changed of it; values only where they were told. */
function changeLine({ name, change, fields }: ConfigDiff['changes'][number]): string {
  const hidden = fields.filter((field) => !('from' in field)).map(({ path }) => path);
  const shown = fields
    .filter((field) => 'from' in field)
    .map(({ path, from, to }) => `${path === '' ? '' : `${path} `}${text(from)} → ${text(to)}`);
  const others = hidden.join('') === '' ? [] : [`${hidden.join(', ')} changed`];
  const what = [...shown, ...others].join('; ') || (change === 'changed' ? 'changed' : '');
  return `${SIGNS[change]} ${name}${name !== '' && what !== '' ? ': ' : ''}${what}`;
}

function text(value: unknown): string {
  return value === null ? 'not set' : typeof value === 'string' ? value : JSON.stringify(value);
}

/** What would change, for people. */
export function diffLines({ settings, routes, incidents, changes }: ConfigDiff): readonly string[] {
  const channels = (names: readonly string[]) => names.join(', ') || 'nobody';
  const parts = [
    ['Settings', settings.map(({ name, from, to }) => `  ${name}: ${text(from)} → ${text(to)}`)],
    ...[...new Set(changes.map(({ section }) => section))].map(
      (section) => [section, changes.filter((one) => one.section === section).map(changeLine)] as const,
    ),
    ['Routes', [...routes.lost.map((line) => `- ${line}`), ...routes.gained.map((line) => `+ ${line}`)]],
    [
      'Open incidents that would change hands',
      incidents.map(({ id, name, from, to }) => `  ${id}  ${name}: ${channels(from)} → ${channels(to)}`),
    ],
  ] as const;
  const shown = parts.filter(([, lines]) => lines.length > 0);
  if (shown.length === 0) return ['Nothing would change.'];
  return shown.flatMap(([head, lines]) => [head, ...lines.map(printable)]);
}
