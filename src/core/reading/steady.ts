const UNITS =
  '%|‰|°?[CFK]|[kKMGTP]?i?(?:B|b|bps|Hz)|[KMGTP]|(?:n|u|µ|m)?s|sec(?:ond)?s?|min(?:ute)?s?|h|hours?|d|days?|rpm|[mk]?[VAW]|dBm?';
const FIGURE = new RegExp(
  String.raw`(?<![\p{L}\p{N}.:/_-])[-+]?\d+(?:[.,]\d+)*\s?(?:${UNITS})(?:/s)?(?![\p{L}\p{N}_])`,
  'gu',
);
// Of a decimal alone: no version, address or date, which have further points, signs or letters at either end.
const DECIMAL = /(?<![\p{L}\p{N}.:/_-])[-+]?\d+[.,]\d+(?![\p{L}\p{N}.:/_-]|[.,]\d)/gu;

/**
 * A text with what was measured taken out of it, so that it is the same the next time: "CPU at 95.2% on web-1" becomes
 * "CPU at # on web-1". Numbers that are part of a name, such as a port or a host, stay.
 */
export function steadyText(text: string): string {
  return text.replaceAll(FIGURE, '#').replaceAll(DECIMAL, '#');
}
