import { certificateOf, endpointBadness, endpointWord } from '../model/endpoints.ts';
import { useModel } from '../model/hooks.ts';
import type { Endpoint } from '../wire/endpoints.ts';
import { countText, uptimeText } from '../words/numbers.ts';
import { BADNESS_CLASSES } from '../words/severity.ts';
import { Glyph } from './glyph.tsx';

/** Its state: a shape, a word and a colour. */
export function EndpointStateCell({ endpoint }: { readonly endpoint: Endpoint }) {
  const badness = endpointBadness(endpoint, useModel().clock.now());
  return (
    <span class={`with-glyph s-${BADNESS_CLASSES[badness]}`}>
      <Glyph badness={badness} size={14} />
      {endpointWord(endpoint)}
    </span>
  );
}

/** For how many days its certificate holds; nothing where it has none. */
export function CertificateDays({ endpoint }: { readonly endpoint: Endpoint }) {
  const { clock } = useModel();
  const found = certificateOf(endpoint.certificate_ends_at, clock.now());
  if (found === null) return null;
  const { days, badness } = found;
  const text = days < 0 ? 'expired' : `${countText(days)} d`;
  return (
    <span class={badness === 'ok' ? 't2' : `strong s-${BADNESS_CLASSES[badness]}`}>
      {text}
      {days >= 0 && <span class="vh"> until its certificate ends</span>}
    </span>
  );
}

/** The mean time of its answers over a day. */
export function replyText({ response_ms: response }: Pick<Endpoint, 'response_ms'>): string {
  return response === null ? '—' : `${countText(response)} ms`;
}

/** Its uptime over 30 days. */
export function monthText({ uptime }: Pick<Endpoint, 'uptime'>): string {
  return uptimeText(uptime['30d']);
}
