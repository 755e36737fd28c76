import { readYamlFiles } from '../../config/file.ts';
import { pathText } from '../../config/notify/document.ts';
import type { Labels } from '../../core/alert/alert.ts';
import type { EvaluatedAlert } from '../../core/notice/evaluate.ts';
import { oneLine } from '../../core/one-line.ts';
import { compileMatchers } from '../../core/policy/matchers.ts';
import { instantOf, type Zone } from '../../core/time/zone.ts';
import { issueText } from '../../lib/issue-text.ts';
import { anchoredRegex } from '../../lib/regex.ts';
import type { MutingSilence } from '../../notify/mutes.ts';
import type { AlertJson } from '../alerts/page.ts';
import { UsageError } from '../contract.ts';
import { askHub, type ClientSettings } from '../hub-client.ts';
import { casesSchema, type RouteCase } from './cases.ts';

/** Labels as they are given on the command line: `severity=critical`. Throws UsageError. */
export function labelsFrom(words: readonly string[]): Labels {
  return Object.fromEntries(
    words.map((word) => {
      const [, name = '', value = ''] = /^([^=~!]+)=(?!~)(.*)$/s.exec(word) ?? [];
      if (name === '') throw new UsageError(`"${oneLine(word, 100)}" is not a label: write it as severity=critical`);
      return [name.trim(), value.replace(/^"(.*)"$/s, '$1')];
    }),
  );
}

/** A time in ISO 8601; without an offset it is meant by the wall clock of `zone`. Throws UsageError. */
export function timeFrom(text: string, zone: Zone): number {
  const found = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?$/.exec(
    text.trim(),
  );
  const at = found?.[7] === undefined ? Number.NaN : Date.parse(text.trim().replace(' ', 'T'));
  if (found !== null && found[7] === undefined) {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = found.slice(1, 6).map((part) => Number(part ?? 0));
    if (month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 24 && minute <= 59)
      return instantOf(zone, { year, month, day, hour, minute }, 'start');
  }
  if (Number.isNaN(at))
    throw new UsageError(`"${oneLine(text, 60)}" is not a time: write it as 2026-06-03T23:00 or 2026-06-03T21:00:00Z`);
  return at;
}

/** The alert of that id, as its hub has it, and the silences that the hub holds. */
export async function alertOfHub(
  id: string,
  settings: ClientSettings,
): Promise<{ alert: EvaluatedAlert; silences: readonly MutingSilence[] }> {
  const json = (await askHub(settings, `/api/v1/alerts/${encodeURIComponent(id)}`)) as AlertJson;
  const alert = evaluatedAlertOf(json);
  const silences = (await askHub(settings, '/api/v2/silences')) as readonly SilenceJson[];
  return { alert, silences: silences.map(silenceOf) };
}

/** An alert of the API as routes see it. */
export function evaluatedAlertOf(json: AlertJson): EvaluatedAlert {
  return {
    ...{ id: json.id, name: json.name, source: json.source, origin: json.origin, labels: json.labels },
    fingerprint: json.fingerprint,
    ...{ severity: json.severity, status: 'firing' },
    startedAt: Date.parse(json.started_at ?? ''),
    receivedAt: Date.parse(json.received_at ?? ''),
  };
}

interface SilenceJson {
  readonly id: string;
  readonly matchers: readonly {
    readonly name: string;
    readonly value: string;
    readonly isRegex: boolean;
    readonly isEqual?: boolean;
  }[];
  readonly startsAt: string;
  readonly endsAt: string;
}

function silenceOf({ id, matchers, startsAt, endsAt }: SilenceJson): MutingSilence {
  const specs = matchers.map((matcher) => ({ ...matcher, isEqual: matcher.isEqual ?? true }));
  return {
    id,
    kind: 'silence',
    startsAt: Date.parse(startsAt),
    endsAt: Date.parse(endsAt),
    matchers: specs,
    matches: compileMatchers(specs, anchoredRegex),
  };
}

/** A case, and where it stands. */
export type PlacedCase = RouteCase & { readonly place: string };

/** The cases of a file. Throws UsageError with every problem. */
export function casesFrom(path: string): readonly PlacedCase[] {
  const problems: string[] = [];
  const file = readYamlFiles(path, process.cwd(), problems);
  const read = casesSchema.safeParse(file?.values ?? {});
  if (file !== null && !read.success) {
    for (const issue of read.error.issues) {
      const keys = issue.path;
      problems.push(
        `${file.at(keys.map(String))}: ${keys.length === 0 ? '' : `${pathText(keys)}: `}${issueText(issue)}`,
      );
    }
  }
  if (file === null || !read.success) throw new UsageError('the cases cannot be read', problems);
  return read.data.cases.map((one, index) => ({ ...one, place: file.at(['cases', String(index)]) }));
}
