import type { Parcel } from './delivery.ts';

// What a parcel costs however small its body is.
const PARCEL_BYTES = 256;

/** What a parcel counts for, in bytes, where work is shared out. */
export function weightOf({ bytes }: Parcel): number {
  return bytes + PARCEL_BYTES;
}

/** Where a portion of at most `bytes` that begins at `from` ends; one parcel that is larger goes alone. */
export function portionEnd(parcels: readonly Parcel[], from: number, bytes: number): number {
  let weight = 0;
  let end = from;
  while (end < parcels.length) {
    weight += weightOf(parcels[end] as Parcel);
    if (end > from && weight > bytes) break;
    end += 1;
  }
  return end;
}

/** Parcels in their order, in portions of at most `bytes`. */
export function portionsOf<P extends Parcel>(parcels: readonly P[], bytes: number): readonly (readonly P[])[] {
  const portions: (readonly P[])[] = [];
  for (let from = 0; from < parcels.length; ) {
    const end = portionEnd(parcels, from, bytes);
    portions.push(parcels.slice(from, end));
    from = end;
  }
  return portions;
}
