// Who opened the board inside Telegram.
import { describe, expect, it } from 'vitest';
import { initDataOf } from '../src/live/telegram';

const DATA = 'user=%7B%22id%22%3A1%7D&auth_date=1700000000&hash=00';

describe('the address in Telegram', () => {
  it('tells who opened it, as it was signed', () => {
    const hash = `#tgWebAppData=${encodeURIComponent(DATA)}&tgWebAppVersion=8.0&tgWebAppPlatform=ios`;
    expect(initDataOf(hash)).toBe(DATA);
  });

  it('tells nothing elsewhere', () => {
    for (const hash of ['', '#', '#tgWebAppData=', '#mapa', '#tgWebAppVersion=8.0'])
      expect(initDataOf(hash)).toBeNull();
  });
});
