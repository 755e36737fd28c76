import { BADNESS_CLASSES, BADNESS_WORDS, type Badness } from '../words/severity.ts';

/** What each shape is drawn of: no severity is told by its colour alone. */
export const GLYPH_PATHS: Readonly<Record<Badness, { readonly body: string; readonly cut: string }>> = {
  critical: { body: 'M5.2 1.5h5.6L14.5 5.2v5.6L10.8 14.5H5.2L1.5 10.8V5.2z', cut: 'M8 4.5v4.2M8 11.2v.1' },
  warning: { body: 'M8 1.8 15 14H1z', cut: 'M8 6.2v3.6M8 11.9v.1' },
  info: { body: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z', cut: 'M8 7.5v4M8 4.7v.1' },
  unknown: { body: '', cut: '' },
  ok: { body: '', cut: '' },
};

/** The mark of a severity: octagon, triangle, disc, dashed ring, check. */
export function Glyph({ badness, size = 16, named = false }: GlyphProps) {
  const word = BADNESS_WORDS[badness];
  const role = named ? ({ role: 'img', 'aria-label': word } as const) : ({ 'aria-hidden': 'true' } as const);
  return (
    <svg class={`glyph g-${BADNESS_CLASSES[badness]}`} width={size} height={size} viewBox="0 0 16 16" {...role}>
      {badness === 'unknown' && (
        <>
          <circle class="ring" cx="8" cy="8" r="6.2" />
          <path class="stroke" d="M6.2 6.3c0-1.2.8-1.9 1.8-1.9s1.8.7 1.8 1.7c0 1.3-1.8 1.4-1.8 2.7M8 11.3v.1" />
        </>
      )}
      {badness === 'ok' && <path class="stroke" d="M3 8.5 6.5 12 13 4.5" />}
      {GLYPH_PATHS[badness].body !== '' && (
        <>
          <path class="body" d={GLYPH_PATHS[badness].body} />
          <path class="cut" d={GLYPH_PATHS[badness].cut} />
        </>
      )}
    </svg>
  );
}

interface GlyphProps {
  readonly badness: Badness;
  readonly size?: number;
  /** Says its word to screen readers: where no word stands beside it. */
  readonly named?: boolean;
}
