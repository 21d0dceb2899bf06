// What has to be readable at every width: the state of the connection, the figures, and titles beside their buttons.
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { missing } from './browser.ts';

const WIDTHS = [360, 390, 768, 1024, 1280, 1440];
const ONE_LINE_PX = 30;

describe.skipIf(missing !== null)('at any width', () => {
  const bench = new Bench();
  const enter = (width: number, path?: string) => bench.enter(path, { viewport: { width, height: 800 } });

  it.each(WIDTHS)('%i: nothing covers that the connection is lost, also in an emergency', async (width) => {
    bench.mock.world.emergencies.raise();
    await enter(width);
    await bench.page.getByRole('link', { name: '1 emergencia abierta' }).waitFor();
    const live = await bench.page.locator('.live').first().boundingBox();
    expect(live && live.height < ONE_LINE_PX).toBe(true);
    bench.mock.refuseTickets = true;
    bench.mock.dropSockets();
    await bench.page.getByRole('status').getByText('Sin conexión, reintentando', { exact: true }).waitFor();
    const seen = await bench.page.locator('.trouble').evaluate((notice) => {
      const { left, right, top, bottom } = notice.getBoundingClientRect();
      const free = [left + 4, (left + right) / 2, right - 4].map((x) =>
        notice.contains(document.elementFromPoint(x, (top + bottom) / 2)),
      );
      const inside = left >= 0 && right <= innerWidth;
      return { free, inside, whole: notice.scrollWidth <= notice.clientWidth };
    });
    expect(seen).toEqual({ free: [true, true, true], inside: true, whole: true });
    bench.mock.refuseTickets = false;
  });

  it.each([768, 1024, 1280])('%i: all figures of the moment are in sight', async (width) => {
    await enter(width);
    const figures = bench.page.getByRole('navigation', { name: 'Cifras del momento' });
    await figures.getByRole('link', { name: /licencias por decidir/ }).waitFor();
    const outside = await figures.evaluate((row) => {
      const edge = row.getBoundingClientRect().right + 1;
      return [...row.children].filter((one) => one.getBoundingClientRect().right > edge).length;
    });
    expect(outside).toBe(0);
  });

  it('the title of the people stands clear of its buttons on a phone', async () => {
    await enter(390, '/users');
    const title = await bench.page.getByRole('heading', { name: 'Usuarios' }).boundingBox();
    const tool = await bench.page.getByRole('link', { name: 'Grupos de Telegram' }).boundingBox();
    expect(title && tool && title.y + title.height <= tool.y).toBe(true);
  });
});
