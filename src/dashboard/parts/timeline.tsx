import { timelineOf } from '../model/timeline.ts';
import type { ExplainedStep } from '../wire/documents.ts';
import { Glyph } from './glyph.tsx';
import { Icon } from './icon.tsx';
import { OutsideText } from './link.tsx';
import { Panel } from './panel.tsx';
import { Moment } from './time.tsx';

/** What happened, newest first, each with its reason. */
export function Timeline({ steps, isCut }: { readonly steps: readonly ExplainedStep[]; readonly isCut: boolean }) {
  return (
    <Panel title="Time line" count={steps.length} side={<span class="t3 only-l">newest first</span>}>
      <ol class="tl" id="timeline" tabIndex={-1}>
        {timelineOf(steps).map(({ at, mark, text, folded }, index) => (
          <li key={`${at} ${index}`}>
            <Moment at={at} />
            {'badness' in mark ? <Glyph badness={mark.badness} named /> : <Icon name={mark.icon} />}
            <div>
              <OutsideText text={text} />
              {folded.map((line) => (
                <p key={line}>
                  <OutsideText text={line} />
                </p>
              ))}
            </div>
          </li>
        ))}
      </ol>
      {isCut && <p class="more t3">Older events are in the store and are not shown here.</p>}
    </Panel>
  );
}
