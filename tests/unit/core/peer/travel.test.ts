import { expect, test } from '@jest/globals';
import { arrivalOf } from '../../../../src/core/peer/merge.ts';
import { type Hop, passedOn, type Via } from '../../../../src/core/peer/path.ts';
import fc from '../../../support/property.ts';

// Hubs in a simulation: each keeps what it has had, and tells whom it knows, over ways that repeat and hold back.

type Edge = readonly [number, number];

interface World {
  readonly hubs: readonly Hop[];
  readonly edges: readonly Edge[];
  /** What each edge does not carry: by the number of the thing. */
  readonly blocked: ReadonlySet<string>;
  readonly things: readonly number[];
  readonly choices: readonly number[];
}

const worlds = fc
  .record({
    count: fc.integer({ min: 1, max: 7 }),
    pairs: fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 30 }),
    filters: fc.array(fc.tuple(fc.nat(29), fc.nat(4)), { maxLength: 10 }),
    things: fc.array(fc.nat(6), { minLength: 1, maxLength: 5 }),
    choices: fc.array(fc.nat(1000), { minLength: 1, maxLength: 50 }),
    isMisnamed: fc.boolean(),
  })
  .map(({ count, pairs, filters, things, choices, isMisnamed }): World => {
    const hubs = Array.from({ length: count }, (_, at) => ({
      marker: `mh-${at}`,
      url: isMisnamed && at % 2 === 1 ? 'http://same' : `http://h${at}`,
    }));
    const all = pairs.map(([from, to]): Edge => [from % count, to % count]).filter(([from, to]) => from !== to);
    const edges = [...new Map(all.map((edge) => [edge.join(), edge])).values()];
    const blocked = new Set(filters.map(([edge, thing]) => `${edge} ${thing}`));
    return { hubs, edges, blocked, things: things.map((at) => at % count), choices };
  });

/** Plays it to its end; gives how often each hub did each thing, and how many messages crossed. */
function play({ hubs, edges, blocked, things, choices }: World) {
  const done = hubs.map(() => new Map<number, number>());
  const seen = hubs.map(() => new Set<string>());
  const queues = edges.map(() => [] as { readonly thing: number; readonly via: Via }[]);
  let crossed = 0;
  const happen = (at: number, thing: number, via: Via) => {
    done[at]?.set(thing, (done[at]?.get(thing) ?? 0) + 1);
    const next = passedOn(via, hubs[at] as Hop);
    if (next === null) return;
    for (const [edge, [from]] of edges.entries())
      if (from === at && !blocked.has(`${edge} ${thing}`)) queues[edge]?.push({ thing, via: next });
  };
  for (const [thing, at] of things.entries()) happen(at, thing, { key: `mh-${at}/${thing}`, path: [], urls: [] });
  for (let step = 0; queues.some((queue) => queue.length > 0); step += 1) {
    const open = queues.flatMap((queue, edge) => (queue.length > 0 ? [edge] : []));
    const choice = choices[step % choices.length] ?? 0;
    const edge = open[choice % open.length] as number;
    const [message] = queues[edge] as { readonly thing: number; readonly via: Via }[];
    // An answer is lost now and then: the same is told again.
    if (choice % 7 !== 0 || step > 5000) queues[edge]?.shift();
    const to = edges[edge]?.[1] as number;
    crossed += 1;
    if (message === undefined || crossed > 20_000) break;
    if (arrivalOf(message.via, hubs[to] as Hop, (key) => seen[to]?.has(key) === true) !== 'new') continue;
    seen[to]?.add(message.via.key);
    happen(to, message.thing, message.via);
  }
  return { done, crossed };
}

/** Hubs to which a thing has a way. */
function reached({ edges, blocked, things }: World, thing: number): ReadonlySet<number> {
  const found = new Set([things[thing] as number]);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const [edge, [from, to]] of edges.entries())
      if (found.has(from) && !blocked.has(`${edge} ${thing}`)) found.add(to);
  }
  return found;
}

test('over any ways, whatever they carry and in whatever order, each hub does each thing once, and nothing travels for ever', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const { done, crossed } = play(world);
      for (const [thing] of world.things.entries()) {
        const to = reached(world, thing);
        for (const [at, counts] of done.entries())
          expect([thing, at, counts.get(thing) ?? 0]).toEqual([thing, at, to.has(at) ? 1 : 0]);
      }
      expect(crossed).toBeLessThan(20_000);
    }),
    { numRuns: 300 },
  );
});
