import { ICON_PATHS, type IconName } from '../words/icons.ts';

/** An icon; what it means stands beside it in words. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  const width = name === 'dots' ? 2.4 : 1.4;
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={ICON_PATHS[name]} stroke-width={width} />
    </svg>
  );
}
