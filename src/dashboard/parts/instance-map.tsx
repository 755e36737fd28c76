import { hrefOf } from '../model/address.ts';
import type { Shown } from '../model/hooks.ts';
import { useModel } from '../model/hooks.ts';
import { type Square, squaresOf } from '../model/squares.ts';
import type { Incident, Instance, Page } from '../wire/documents.ts';
import { shown } from '../words/outside.ts';
import { BADNESS_CLASSES, BADNESS_WORDS } from '../words/severity.ts';
import { PageLink } from './link.tsx';
import { Loaded, Panel } from './panel.tsx';

/** Every instance as a square: what is not ok is where the eye and the tab key stop. */
export function InstanceMap({ of, open }: { readonly of: Shown<Page<Instance>>; readonly open: readonly Incident[] }) {
  const { go } = useModel();
  const items = of.value?.items ?? [];
  if (of.value !== undefined && items.length === 0) return null;
  const groups = squaresOf(items, open);
  const ok = groups.reduce((sum, group) => sum + group.ok, 0);
  const side = (
    <span class="legend only-l">
      {(['ok', 'warning', 'critical', 'unknown'] as const).map((one) => (
        <span key={one}>
          <i class={BADNESS_CLASSES[one]} />
          {one}
        </span>
      ))}
    </span>
  );
  return (
    <Panel title="Instances" count={`${ok} of ${items.length}${of.value?.next_cursor ? '+' : ''} ok`} side={side}>
      <Loaded of={of} what="instances" rows={1}>
        {() => (
          <div class="map">
            {groups.map(({ name, squares, ok: fine }) => (
              <div class="map-row" key={name}>
                <span class="trunc" title={shown(name)}>
                  {shown(name)}
                </span>
                <div class="cells">
                  {squares.map(({ id, badness }) => (
                    <i
                      key={id}
                      class={badness === 'ok' ? '' : BADNESS_CLASSES[badness]}
                      title={badness === 'ok' ? shown(id) : `${BADNESS_WORDS[badness]}: ${shown(id)}`}
                      onClick={() => go(hrefOf('instances', id))}
                    />
                  ))}
                </div>
                <Sum squares={squares} ok={fine} name={name} />
              </div>
            ))}
          </div>
        )}
      </Loaded>
    </Panel>
  );
}

const NAMED = 10;

/** How many are ok; where some are not, the way to them by keys, for squares are too small to be aimed at. */
function Sum({
  squares,
  ok,
  name,
}: {
  readonly squares: readonly Square[];
  readonly ok: number;
  readonly name: string;
}) {
  const text = `${ok} of ${squares.length} ok`;
  const bad = squares.filter(({ badness }) => badness !== 'ok');
  if (bad.length === 0) return <span class="num t3">{text}</span>;
  const named = bad.slice(0, NAMED).map(({ id, badness }) => `${BADNESS_WORDS[badness]}: ${shown(id)}`);
  return (
    <PageLink
      class="num t3"
      href={hrefOf('instances', null, { state: 'bad', ...(name !== 'all' && { q: name }) })}
      title={named.join('\n')}
    >
      {text}
      <span class="vh">, {named.join(', ')}</span>
    </PageLink>
  );
}
