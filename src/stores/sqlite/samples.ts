import type BetterSqlite3 from 'better-sqlite3';
import { createRecent } from '../../lib/recent.ts';
import type { SampleWrite } from '../contract/samples.ts';
import { createShapes, SHAPES } from '../tables/samples.ts';

/** Writes samples on one connection, as part of every ingest: nothing is waited for, and names that are there are not asked for. */
export function createSqliteSamples(db: BetterSqlite3.Database): {
  write(samples: readonly SampleWrite[]): void;
  /** What was written last was rolled back, or another connection has written. */
  forget(): void;
} {
  const insertShape = db.prepare('INSERT INTO sample_shapes (id, names) VALUES (?, ?) ON CONFLICT (id) DO NOTHING');
  const insert = db.prepare('INSERT INTO samples (instance, at, received_at, shape, figures) VALUES (?, ?, ?, ?, ?)');
  const shapeOf = createShapes();
  const stored = createRecent<true>(SHAPES);
  return {
    write: (samples) => {
      for (const { instanceId, at, receivedAt, names, values } of samples) {
        const { id, names: text } = shapeOf(names);
        if (stored.get(id) === undefined) {
          insertShape.run(id, text);
          stored.set(id, true);
        }
        insert.run(instanceId, at, receivedAt, id, JSON.stringify(values));
      }
    },
    forget: () => stored.clear(),
  };
}
