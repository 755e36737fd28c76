import type { Labels } from '../alert/alert.ts';

/** A rule by which one alert holds back others: inhibition, or a dependency on a parent. */
export interface RelationRule {
  readonly kind: 'inhibited' | 'depends_on';
  /** Where it stands in the configuration, for people. */
  readonly place: string;
  readonly isSource: (labels: Labels) => boolean;
  readonly isTarget: (labels: Labels) => boolean;
  /** Labels that must be the same on both; one that is missing on either side is not the same. */
  readonly equal: readonly string[];
  /** How long a target and a source wait for one another before they are told, in milliseconds. */
  readonly waitMs: number;
}

/** An alert as relations see it. */
export interface RelatedAlert {
  readonly id: string;
  readonly incidentId: string | null;
  readonly labels: Labels;
}

/** What holds an alert back: the alert, and the rule. */
export interface Relation {
  readonly sourceId: string;
  readonly rule: RelationRule;
}

/** Firing alerts that take part in a rule, found by rule and equal labels; belongs to one process. */
export interface RelationBook {
  /** An alert fires, or has changed. Gives the incidents that this may hold back or set free. */
  fires(alert: RelatedAlert): readonly string[];
  /** It fires no more, or is gone. The same. */
  ends(alertId: string): readonly string[];
  /** What holds back an alert; null for nothing. */
  heldBy(alertId: string): Relation | null;
  /** How many incidents an alert holds back. */
  heldCount(alertId: string): number;
  /** Longest wait of the rules that an alert with these labels takes part in, in milliseconds. */
  waitMs(labels: Labels): number;
  clear(): void;
}

interface Place {
  readonly sources: Map<string, RelatedAlert>;
  readonly targets: Map<string, RelatedAlert>;
}

/** An empty book for these rules. */
export function createRelationBook(rules: readonly RelationRule[]): RelationBook {
  const places = rules.map(() => new Map<string, Place>());
  const known = new Map<string, RelatedAlert>();
  const placesOf = (alert: RelatedAlert) =>
    rules.flatMap((rule, index) => {
      const key = equalKey(rule, alert.labels);
      return key === null ? [] : [{ rule, key, byKey: places[index] ?? new Map<string, Place>() }];
    });
  const touched = (alert: RelatedAlert, change: (place: Place, isSource: boolean, isTarget: boolean) => void) => {
    const incidents = new Set<string>();
    for (const { rule, key, byKey } of placesOf(alert)) {
      const [isSource, isTarget] = [rule.isSource(alert.labels), rule.isTarget(alert.labels)];
      if (!isSource && !isTarget) continue;
      const place = byKey.get(key) ?? { sources: new Map(), targets: new Map() };
      byKey.set(key, place);
      change(place, isSource, isTarget);
      if (isSource)
        for (const { incidentId } of place.targets.values()) if (incidentId !== null) incidents.add(incidentId);
      if (place.sources.size === 0 && place.targets.size === 0) byKey.delete(key);
    }
    return [...incidents];
  };
  const sourcesOf = (alert: RelatedAlert): readonly Relation[] =>
    placesOf(alert).flatMap(({ rule, key, byKey }) => {
      if (!rule.isTarget(alert.labels)) return [];
      const isBoth = rule.isSource(alert.labels);
      return [...(byKey.get(key)?.sources.values() ?? [])]
        .filter((source) => source.id !== alert.id && !(isBoth && rule.isTarget(source.labels)))
        .map((source) => ({ sourceId: source.id, rule }));
    });
  /** Whether a chain of sources ends in one that nothing holds back: in a circle, everybody would be held back by nobody. */
  const isGrounded = (id: string): boolean => {
    const seen = new Set<string>();
    const waiting = [id];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const alert = known.get(next);
      const above = alert === undefined ? [] : sourcesOf(alert);
      if (above.length === 0) return true;
      waiting.push(...above.map(({ sourceId }) => sourceId));
    }
    return false;
  };
  const heldBy = (alertId: string) => {
    const alert = known.get(alertId);
    if (alert === undefined) return null;
    return sourcesOf(alert).find(({ sourceId }) => isGrounded(sourceId)) ?? null;
  };
  return {
    fires(alert) {
      const before = known.get(alert.id);
      const freed = before === undefined ? [] : this.ends(alert.id);
      const held = touched(alert, ({ sources, targets }, isSource, isTarget) => {
        if (isSource) sources.set(alert.id, alert);
        if (isTarget) targets.set(alert.id, alert);
        if (isSource || isTarget) known.set(alert.id, alert);
      });
      return [...new Set([...freed, ...held])];
    },
    ends(alertId) {
      const alert = known.get(alertId);
      if (alert === undefined) return [];
      known.delete(alertId);
      return touched(alert, ({ sources, targets }) => {
        sources.delete(alertId);
        targets.delete(alertId);
      });
    },
    heldBy,
    heldCount(alertId) {
      const alert = known.get(alertId);
      if (alert === undefined) return 0;
      const incidents = new Set<string>();
      for (const { rule, key, byKey } of placesOf(alert)) {
        if (!rule.isSource(alert.labels)) continue;
        for (const target of byKey.get(key)?.targets.values() ?? []) {
          const isOther = target.incidentId !== null && target.incidentId !== alert.incidentId;
          if (isOther && heldBy(target.id) !== null) incidents.add(target.incidentId);
        }
      }
      return incidents.size;
    },
    waitMs: (labels) =>
      Math.max(
        0,
        ...rules
          .filter((rule) => rule.waitMs > 0 && (rule.isSource(labels) || rule.isTarget(labels)))
          .map(({ waitMs }) => waitMs),
      ),
    clear() {
      known.clear();
      for (const place of places) place.clear();
    },
  };
}

/** The values of the equal labels as one text; null where one is missing. */
function equalKey({ equal }: RelationRule, labels: Labels): string | null {
  const values = equal.map((name) => (Object.hasOwn(labels, name) ? labels[name] : undefined));
  if (values.some((value) => value === undefined || value === '')) return null;
  return JSON.stringify(values);
}
