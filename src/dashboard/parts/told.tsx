import type { Shown } from '../model/hooks.ts';
import type { Explanation, Notice } from '../wire/documents.ts';
import { shown } from '../words/outside.ts';
import { Glyph } from './glyph.tsx';
import { Icon } from './icon.tsx';
import { Loaded, Panel } from './panel.tsx';

const HELD = ['silenced', 'maintenance', 'inhibited', 'depends_on', 'shelved', 'muted_time', 'inactive_time'];

/** Who was told, and who was not, each with the one reason. */
export function Told({ explanation, notices }: ToldProps) {
  return (
    <Panel title="Notifications">
      <Loaded of={explanation} what="notifications" rows={2}>
        {({ channels, verdict, untold }) => (
          <ul class="list">
            {channels.map(({ channel, told, attempts, untold: reason, text, places }) => {
              const notice = notices.find((one) => one.channel === channel);
              const isDead = notice?.state === 'dead' || notice?.state === 'retry';
              const isHeld = reason !== null && HELD.includes(reason.reason);
              return (
                <li key={channel} class="li" title={shown(places.join('\n'))}>
                  {isDead ? (
                    <Glyph badness="warning" named />
                  ) : (
                    <Icon name={isHeld || told.length === 0 ? 'mute' : 'send'} />
                  )}
                  <div>
                    <div class="r">
                      <b class="trunc">{shown(channel)}</b>
                      <span class="side-text">{wordOf(told.length, attempts, isDead, isHeld)}</span>
                    </div>
                    {(reason !== null && told.length === 0 ? [reason.text] : text).map((line) => (
                      <p key={line} class="outside">
                        {shown(line)}
                      </p>
                    ))}
                  </div>
                </li>
              );
            })}
            {channels.length === 0 && (
              <li class="li">
                <Icon name="mute" />
                <div>
                  <b>{shown(verdict)}</b>
                  {untold !== null && <p class="outside">{shown(untold.text)}</p>}
                </div>
              </li>
            )}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}

function wordOf(told: number, attempts: number, isDead: boolean, isHeld: boolean): string {
  if (isDead) return `${attempts} ${attempts === 1 ? 'try' : 'tries'}`;
  if (told > 0) return told === 1 ? 'told' : `told ${told} times`;
  return isHeld ? 'held back' : 'not yet';
}

interface ToldProps {
  readonly explanation: Shown<Explanation>;
  readonly notices: readonly Notice[];
}
