import { shown } from '../words/outside.ts';
import { Glyph } from './glyph.tsx';

/** The conditions of a look with what was seen, and its errors. */
export function SeenList({
  conditions,
  errors,
}: {
  readonly conditions: readonly { readonly condition: string; readonly success: boolean }[];
  readonly errors: readonly string[];
}) {
  return (
    <ul class="seen">
      {conditions.map(({ condition, success: holds }, index) => (
        <li key={index} class={holds ? 't3' : 's-crit'}>
          <Glyph badness={holds ? 'ok' : 'critical'} size={12} named />
          <span class="mono">{shown(condition)}</span>
        </li>
      ))}
      {errors.map((error, index) => (
        <li key={`e${index}`} class="t2">
          {shown(error)}
        </li>
      ))}
    </ul>
  );
}
