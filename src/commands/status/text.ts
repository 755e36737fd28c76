import type { statusDocument } from '../../core/status.ts';
import { type IncidentJson, incidentTable } from '../incidents/page.ts';
import { agoText, isShort, type Screen } from '../screen/screen.ts';
import type { SilenceJson } from '../silences/text.ts';

/** The state of a hub as its API gives it. */
export type StatusJson = ReturnType<typeof statusDocument<IncidentJson, SilenceJson>>;

/** What is wrong, what is silent and what is stuck, on one screen. */
export function statusLines(status: StatusJson, screen: Screen): readonly string[] {
  const { counts, hub, at, incidents, more, fleet, silent, muted, stuck } = status;
  const worst = (['critical', 'warning', 'unknown', 'info'] as const).filter((name) => counts[name] > 0);
  const wrong = worst.map((name) => screen.paint(name, `${counts[name]} ${name}`)).join('  ');
  const time = isShort(screen) ? `${at.slice(0, 19).replace('T', ' ')}Z` : at;
  const heard = fleet.instances - fleet.silent;
  const seen =
    fleet.last_seen_at === null
      ? ''
      : ` · last push ${agoText(fleet.last_seen_at, screen)}${isShort(screen) ? ' ago' : ''}`;
  const rest: readonly (readonly [string, number, readonly string[]])[] = [
    ['Silent', fleet.silent, silent.map((one) => `${one.instance_id} for ${agoText(one.silent_since, screen)}`)],
    ['Muted', muted.length, muted.map(mutedText)],
    [
      'Stuck',
      stuck.length,
      stuck.map(
        ({ name, detail, since }) => `${name}: ${detail}${since === null ? '' : `, ${agoText(since, screen)}`}`,
      ),
    ],
  ];
  return [
    `${wrong === '' ? 'All clear' : wrong}     ${hub.instance_id} ${hub.role}  ${time}`,
    ...(hub.ready ? [] : [screen.paint('critical', `The store cannot be written: ${hub.reason ?? ''}`)]),
    '',
    ...incidentTable(incidents, screen),
    ...(more > 0 ? [`… ${more} more: monitor incidents`] : []),
    ...(incidents.length > 0 ? [''] : []),
    ...rest.flatMap(([word, count, names]) =>
      count === 0 ? [] : [`${word.padEnd(7)}${count}  ${someOf(names, count)}`],
    ),
    fleet.instances === 0
      ? 'No instance pushes to this hub.'
      : `${'Fleet'.padEnd(7)}${heard} of ${fleet.instances} instances report${seen}`,
  ];
}

const SHOWN = 3;

function someOf(names: readonly string[], count: number): string {
  const more = count - Math.min(SHOWN, names.length);
  return `${names.slice(0, SHOWN).join(' · ')}${more > 0 ? ` · ${more} more` : ''}`;
}

function mutedText({ matchers, ends_at: endsAt }: SilenceJson): string {
  const until = endsAt === null ? '' : ` until ${endsAt.slice(11, 16)}Z`;
  return `${matchers.map(({ text }) => text).join(', ')}${until}`;
}
