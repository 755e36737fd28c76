import { badgeText, WITNESS_WORDS } from '../model/endpoints.ts';
import type { Witness } from '../wire/endpoints.ts';
import { shown } from '../words/outside.ts';
import { Glyph } from './glyph.tsx';
import { Icon } from './icon.tsx';

/** What each probe says of an endpoint: a shape and three letters, grey and dashed where it says nothing of late. */
export function ProbeBadges({ probes }: { readonly probes: readonly Witness[] }) {
  return (
    <ul class="badges">
      {probes.map((probe) => {
        const isSilent = probe.state !== 'up' && probe.state !== 'down';
        const said = `${probe.name}${probe.region === '' ? '' : ` (${probe.region})`}: ${WITNESS_WORDS[probe.state]}`;
        return (
          <li
            key={probe.id}
            class={`badge ${isSilent ? 'none' : probe.state}`}
            title={shown(`${said}${probe.error === '' ? '' : `, ${probe.error}`}`)}
          >
            {isSilent ? (
              <Icon name="clock" size={12} />
            ) : (
              <Glyph badness={probe.state === 'up' ? 'ok' : 'critical'} size={12} />
            )}
            <span aria-hidden="true">{shown(badgeText(probe))}</span>
            <span class="vh">{shown(said)}</span>
          </li>
        );
      })}
    </ul>
  );
}
