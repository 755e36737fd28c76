import type { NotifyDocument } from '../../config/notify/document.ts';
import type { RelationRule } from '../../core/policy/relation.ts';
import type { PlainDocument } from '../notify/document.ts';

/** What the configuration says of alerts that hold back others, as plain values that cross into a thread. */
export interface PlainRelations extends Pick<NotifyDocument, 'places'> {
  readonly sections: Pick<NotifyDocument['sections'], 'inhibit' | 'depends_on'>;
}

/** That part of the configuration; null where it says nothing of it. */
export function plainRelations(notify: PlainDocument | null): PlainRelations | null {
  const { inhibit, depends_on } = notify?.sections ?? {};
  if (notify === null || (inhibit ?? []).length + (depends_on ?? []).length === 0) return null;
  const sections = { ...(inhibit && { inhibit }), ...(depends_on && { depends_on }) };
  return { sections, places: notify.places };
}

/** The rules of it: those by which notices are held back. It was compiled without fault before the hub started. */
export async function relationRules(plain: PlainRelations | null): Promise<readonly RelationRule[]> {
  if (plain === null) return [];
  const [{ createCompiler }, { compileRelations }] = await Promise.all([
    import('../../notify/policy/compiler.ts'),
    import('../../notify/policy/relations.ts'),
  ]);
  return compileRelations(createCompiler({ ...plain, channels: [], urls: [] }));
}
