import { useCell, useModel } from '../model/hooks.ts';
import { Age, Moment } from './time.tsx';

/** When something was heard last: how long ago while pages are live, by the clock while nobody knows what came since. */
export function Seen({ at }: { readonly at: string | null }) {
  const { live } = useModel();
  return useCell(live.state).mode === 'lost' ? <Moment at={at} /> : <Age at={at} />;
}
