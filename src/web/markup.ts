const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};

// What XML 1.0 has no place for: one such character, and an image is none. And what turns the text behind it round.
const NO_CHARACTERS = /(?![\t\n\r])\p{Cc}|[\ufffe\uffff\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu;

/** Text as it stands in HTML or SVG, between tags and inside a quoted attribute. */
export function escaped(text: string): string {
  return text.replace(NO_CHARACTERS, '\ufffd').replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
}
