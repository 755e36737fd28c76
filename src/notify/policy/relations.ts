import type { RelationRule } from '../../core/policy/relation.ts';
import type { CompiledMatchers, Compiler, Keys } from './compiler.ts';

/** Rules of inhibition, and dependencies on a parent. */
export function compileRelations(compiler: Compiler): readonly RelationRule[] {
  const { inhibit = [], depends_on: dependsOn = [] } = compiler.document.sections;
  return [
    ...inhibit.map(({ source, target, ...rest }, index) =>
      ruleOf(
        'inhibited',
        ['inhibit', index],
        { source: ['source', source], target: ['target', target], ...rest },
        compiler,
      ),
    ),
    ...dependsOn.map(({ parent, child, ...rest }, index) =>
      ruleOf(
        'depends_on',
        ['depends_on', index],
        { source: ['parent', parent], target: ['child', child], ...rest },
        compiler,
      ),
    ),
  ];
}

interface Written {
  readonly source: readonly [string, readonly string[]];
  readonly target: readonly [string, readonly string[]];
  readonly equal?: readonly string[] | undefined;
  readonly name?: string | undefined;
  readonly wait: number;
}

function ruleOf(
  kind: RelationRule['kind'],
  keys: Keys,
  { source, target, equal = [], name, wait }: Written,
  compiler: Compiler,
): RelationRule {
  const side = ([key, texts]: Written['source']): CompiledMatchers => {
    const compiled = compiler.matchers([...keys, key], texts);
    if (compiled.specs.length > 0 && compiled.matches({})) {
      compiler.warn([...keys, key], 'also matches alerts without any of these labels; add a matcher that requires one');
    }
    return compiled;
  };
  return {
    ...{ kind, equal, waitMs: wait, place: compiler.placeAt(keys, name) },
    isSource: side(source).matches,
    isTarget: side(target).matches,
  };
}
