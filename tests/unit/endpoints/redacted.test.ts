import { expect, test } from '@jest/globals';
import { redactedText, shownUrl } from '../../../src/endpoints/redacted.ts';

const NOTHING = { hideUrl: false, hideHostname: false, hidePort: false };

test.each([
  [{}, 'https://shop.internal:8443/h?k=1', 'shop.internal:8443 refused'],
  [{ hidePort: true }, 'https://shop.internal:<redacted>/h?k=1', 'shop.internal:<redacted> refused'],
  [{ hideHostname: true }, 'https://<redacted>/h?k=1', '<redacted> refused'],
  [{ hideUrl: true }, '', '<redacted> refused'],
])('%j hides it in the URL and in errors', (ui, url, error) => {
  const place = { url: 'https://shop.internal:8443/h?k=1', ui: { ...NOTHING, ...ui } };
  expect([shownUrl(place), redactedText(place, 'shop.internal:8443 refused')]).toEqual([url, error]);
});

test('what is no URL is shown as it is', () => {
  const place = { url: 'no url', ui: { ...NOTHING, hidePort: true } };
  expect([shownUrl(place), redactedText(place, 'port 25')]).toEqual(['no url', 'port 25']);
});
