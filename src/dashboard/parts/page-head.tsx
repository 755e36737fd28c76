import type { ComponentChildren } from 'preact';
import { BADNESS_CLASSES, BADNESS_WORDS, type Badness } from '../words/severity.ts';
import { Glyph } from './glyph.tsx';

/** The head of the page of one thing: how bad it is, its name, what else tells it apart, and what can be done. */
export function PageHead({ badness, severity = badness, word, title, isMono = false, children, actions }: HeadProps) {
  return (
    <div class="ihead">
      <Glyph badness={badness} size={18} />
      <div class="names">
        <h1 class={isMono ? 'mono' : ''}>{title}</h1>
        <div class="meta">
          <span class={`s-${BADNESS_CLASSES[severity]}`}>{word ?? BADNESS_WORDS[severity]}</span>
          {children}
        </div>
      </div>
      {actions}
    </div>
  );
}

interface HeadProps {
  /** By its shape. */
  readonly badness: Badness;
  /** By its word, where that is another: what is over was critical. */
  readonly severity?: Badness;
  /** In place of the word of the severity. */
  readonly word?: string | undefined;
  readonly title: string;
  /** Whether the name is one that is typed elsewhere. */
  readonly isMono?: boolean;
  readonly children?: ComponentChildren;
  readonly actions?: ComponentChildren;
}
