import { describe, expect, test } from '@jest/globals';
import { readBody } from '../../src/core/reading/body.ts';
import type { Driver } from '../../src/drivers/contract.ts';
import { parseBody } from '../../src/drivers/read.ts';
import { DRIVERS } from '../../src/drivers/registry.ts';
import { GOLDEN_ARRIVAL } from '../support/golden.ts';
import { mutants } from '../support/mutants.ts';
import { bodiesOf } from '../support/payloads.ts';

const BOM = '\ufeff';
const WORD = 'Störung';
const TYPE = 'application/json';

function read(driver: Driver, bytes: Uint8Array, contentType: string) {
  const content = readBody(bytes, contentType);
  return content.ok ? parseBody(driver, content, { userAgent: '', receivedAt: GOLDEN_ARRIVAL }) : content;
}

/** Texts beyond Latin-1 are not what is asked here. */
const asLatin1 = (text: string) => text.replaceAll(/[^\0-\xff]/gu, '?');

describe.each(DRIVERS.map((driver) => [driver.name, driver] as const))('%s', (name, driver) => {
  // The shortest is enough of each; the word stands in each of its fields, one at a time.
  const [body] = bodiesOf(name)
    .map(([, given]) => given)
    .toSorted((a, b) => JSON.stringify(a).length - JSON.stringify(b).length);
  const texts = [...mutants(body, [WORD])].map(({ mutant }) => asLatin1(JSON.stringify(mutant)));

  test('reads a body the same in every charset that says what it is', () => {
    for (const text of texts) {
      const plain = read(driver, Buffer.from(text), TYPE);
      for (const [bytes, type] of [
        [Buffer.from(BOM + text), TYPE],
        [Buffer.from(BOM + text, 'utf16le'), TYPE],
        [Buffer.from(BOM + text, 'utf16le').swap16(), TYPE],
        [Buffer.from(text, 'utf16le'), `${TYPE}; charset=UTF-16LE`],
        [Buffer.from(text, 'latin1'), `${TYPE}; charset=ISO-8859-1`],
        [Buffer.from(text, 'latin1'), `${TYPE}; charset="windows-1252"`],
      ] as const)
        expect(read(driver, bytes, type)).toEqual(plain);
    }
  });

  test('refuses one that does not say what it is, and gives no identity U+FFFD', () => {
    for (const text of texts) {
      const refused = read(driver, Buffer.from(text, 'latin1'), TYPE);
      expect(refused).toMatchObject({ ok: false, message: expect.stringContaining('charset') });
      const lossy = read(driver, Buffer.from(text.replace(WORD, 'St\ufffdrung')), TYPE);
      const identities = 'alerts' in lossy ? lossy.alerts.map(({ fingerprint }) => fingerprint) : [];
      expect(identities.join()).not.toContain('\ufffd');
    }
  });
});
