/** Something that waits, of somebody. */
export interface Queued {
  /** Who is served in turn with others: all of one sender. */
  readonly flow: string;
  /** What it costs. */
  readonly cost: number;
}

/** What waits, in the order of each flow, and the flows in turn. */
export interface FairQueue<T extends Queued> {
  /** How many items may be taken. */
  size(): number;
  /** Whether nothing waits, nor is held back. */
  isEmpty(): boolean;
  /** Holds a flow back, with what it has and what comes of it, until it is released. */
  hold(flow: string): void;
  release(flow: string): void;
  push(item: T): void;
  /** Puts back what was taken last and not served, in its order. */
  unshift(items: readonly T[]): void;
  /** The next items, up to that cost together, one at least; none where nothing waits. */
  take(most: number): readonly T[];
  /** Tells that items of a flow cost so much more than they said: it waits for that. */
  charge(flow: string, cost: number): void;
}

/** One sender's; belongs to a queue and is changed in place. */
interface Flow<T> {
  readonly name: string;
  items: T[];
  /** What it may take before the others have their turn; negative while it owes. */
  credit: number;
}

// Who costs much more than it said waits for so many rounds at most.
const MOST_ROUNDS_OWED = 64;

/**
 * Deficit round robin (Shreedhar and Varghese, 1995): in each round every flow that has something waiting is given the same
 * credit, and takes what that pays for. Who sends little is served in the next round, however much another has sent; what
 * is large waits until its flow has saved up for it, and not at all where nobody else wants anything.
 */
export function createFairQueue<T extends Queued>(credit: number): FairQueue<T> {
  const flows = new Map<string, Flow<T>>();
  const held = new Map<string, Flow<T>>();
  // The flow that has its turn next is the first.
  const turn: Flow<T>[] = [];
  let waiting = 0;

  const flowOf = (name: string) => {
    const known = flows.get(name);
    if (known !== undefined) return known;
    const flow: Flow<T> = { name, items: [], credit: 0 };
    flows.set(name, flow);
    turn.push(flow);
    return flow;
  };
  /** Moves what a flow can pay for into a batch, as long as there is room; gives what it cost. */
  const move = (flow: Flow<T>, batch: T[], room: number, means: number): number => {
    let [count, spent] = [0, 0];
    for (const { cost } of flow.items) {
      const isFirst = batch.length === 0 && count === 0;
      if (spent + cost > means || (spent + cost > room && !isFirst)) break;
      spent += cost;
      count += 1;
    }
    const isAll = count === flow.items.length;
    for (const item of isAll ? flow.items : flow.items.slice(0, count)) batch.push(item);
    flow.items = isAll ? [] : flow.items.slice(count);
    waiting -= count;
    return spent;
  };
  /** One turn for each flow; ends early where one could pay and had no room, so that the next round begins with it. */
  const round = (batch: T[], most: number) => {
    let room = most;
    for (let left = turn.length; left > 0; left -= 1) {
      const flow = turn[0] as Flow<T>;
      const spent = move(flow, batch, room, flow.credit + credit);
      room -= spent;
      const head = flow.items[0];
      if (head !== undefined && head.cost <= flow.credit + credit - spent) {
        flow.credit -= spent;
        return;
      }
      flow.credit += credit - spent;
      turn.shift();
      if (head === undefined) flows.delete(flow.name);
      else turn.push(flow);
    }
  };
  return {
    size: () => waiting,
    isEmpty: () => waiting === 0 && [...held.values()].every(({ items }) => items.length === 0),
    hold(name) {
      const flow = flows.get(name) ?? { name, items: [], credit: 0 };
      if (held.has(name)) return;
      held.set(name, flow);
      waiting -= flow.items.length;
      if (flows.delete(name)) turn.splice(turn.indexOf(flow), 1);
    },
    release(name) {
      const flow = held.get(name);
      held.delete(name);
      if (flow === undefined || flow.items.length === 0) return;
      flows.set(name, flow);
      turn.push(flow);
      waiting += flow.items.length;
    },
    push(item) {
      const back = held.get(item.flow);
      if (back !== undefined) return void back.items.push(item);
      flowOf(item.flow).items.push(item);
      waiting += 1;
    },
    unshift(items) {
      for (const item of items.toReversed()) {
        const back = held.get(item.flow);
        const flow = back ?? flowOf(item.flow);
        flow.items.unshift(item);
        flow.credit += item.cost;
        if (back === undefined) waiting += 1;
      }
    },
    take(most) {
      const batch: T[] = [];
      const [first] = turn;
      if (first !== undefined && turn.length === 1) {
        // Nobody waits for it: it pays nothing.
        move(first, batch, most, Number.POSITIVE_INFINITY);
        first.credit = 0;
        if (first.items.length === 0) {
          turn.length = 0;
          flows.clear();
        }
      }
      while (waiting > 0 && batch.length === 0) round(batch, most);
      return batch;
    },
    charge(flow, cost) {
      const known = flows.get(flow) ?? held.get(flow);
      if (known !== undefined) known.credit = Math.max(known.credit - cost, -MOST_ROUNDS_OWED * credit);
    },
  };
}
