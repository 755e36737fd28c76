/** Line icons, drawn on 16 by 16. */
const PATHS = {
  pulse: 'M1.5 8.5h3l2-5.5 3 10 2-4.5h3',
  triangle: 'M8 2.2 14.4 13.5H1.6zM8 6.5v3.2M8 11.6v.1',
  lines: 'M2 4h12M2 8h12M2 12h7',
  host: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.1M5 11h.1',
  globe:
    'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM1.8 8h12.4M8 1.8c2 1.7 2.7 3.9 2.7 6.2S10 12.5 8 14.2C6 12.5 5.3 10.3 5.3 8S6 3.5 8 1.8z',
  mute: 'M4.2 11.5h7.6M4.2 11.5C5 10 5 8.5 5 7.2c0-.5.1-1 .3-1.5M6.7 4c2.3-1 4.3.7 4.3 3.2 0 .8.1 1.6.3 2.4M6.8 13.5h2.4M2.5 2l11 12',
  send: 'M14 2 7 9M14 2 9.7 14 7 9 2 6.3z',
  sliders: 'M2 4.5h7.5M12.5 4.5H14M11 2.8v3.4M2 11.5h1.5M6.5 11.5H14M5 9.8v3.4',
  radio:
    'M8 8h.1M5.5 10.5a3.5 3.5 0 0 1 0-5M10.5 5.5a3.5 3.5 0 0 1 0 5M3.4 12.6a6.5 6.5 0 0 1 0-9.2M12.6 3.4a6.5 6.5 0 0 1 0 9.2',
  peers: 'M3 5h8M9 2.8 11.3 5 9 7.2M13 11H5M7 8.8 4.7 11 7 13.2',
  people:
    'M6 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 6 8zM1.5 13.5c0-2.3 2-3.5 4.5-3.5s4.5 1.2 4.5 3.5M11 3a2.5 2.5 0 0 1 0 4.9M12.3 10.3c1.4.5 2.2 1.6 2.2 3.2',
  person: 'M8 7.8a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4zM3 13.6c0-2.5 2.2-3.8 5-3.8s5 1.3 5 3.8',
  file: 'M4 1.8h5.5L12.5 5v9.2H4zM9.5 1.8V5h3M6 8h4.5M6 10.8h4.5',
  inbox: 'M2 9.5 4 3h8l2 6.5V13H2zM2 9.5h3.5L6.5 11h3l1-1.5H14',
  search: 'M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM14 14l-3.5-3.5',
  clock: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 4.5V8l2.3 1.7',
  wave: 'M1.5 10 4 5l2.5 6L9 5l2.5 6 2.5-5',
  calendar: 'M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v3M10.5 2v3',
  note: 'M2.5 3h11v8h-6l-3 2.5V11h-2z',
  dots: 'M3.5 8h.1M8 8h.1M12.5 8h.1',
  close: 'M4 4l8 8M12 4l-8 8',
  up: 'M8 13V3.5M4 7l4-4 4 4',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9 13 13M13 3l-1.1 1.1M4.1 11.9 3 13',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z',
  screen: 'M2 3h12v8H2zM6 14h4M8 11v3',
  check: 'M3 8.5 6.5 12 13 4.5',
  chevron: 'M6 3.5 10.5 8 6 12.5',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  key: 'M5.5 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM7.6 7.9 13.5 2M11 4.5l2 2M9.5 6l1.5 1.5',
  plus: 'M8 3v10M3 8h10',
} as const;

/** Name of an icon. */
export type IconName = keyof typeof PATHS;

/** An icon; what it means stands beside it in words. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  const width = name === 'dots' ? 2.4 : 1.4;
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} stroke-width={width} />
    </svg>
  );
}
