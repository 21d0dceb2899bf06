// Figures that open the lists they count, estimates with nothing where nothing is known, and reports that come or say why not.
import { describe, expect, it } from 'vitest';
import { suggestion } from '../mock/numbers.ts';
import { Bench } from './bench.ts';
import { missing } from './browser.ts';

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

describe.skipIf(missing !== null)('numbers', () => {
  const bench = new Bench();
  const rows = () => bench.page.locator('[data-row]');
  const completed = () => [...bench.mock.world.tasks.values()].filter(({ status }) => status === 'completed');

  it('open the list they count, and come back to the same days', async () => {
    await bench.enter('/numbers?from=2026-11-01&until=2026-11-22');
    const figure = bench.page.getByRole('link', { name: /^\d+ completadas$/ });
    const count = Number((await figure.textContent())?.match(/\d+/)?.[0]);
    expect(count).toBe(completed().length);
    await figure.click();
    await bench.page.getByRole('heading', { name: 'Tareas completadas' }).waitFor();
    await rows().first().waitFor();
    expect(await rows().count()).toBe(count);
    await bench.page.getByRole('link', { name: 'Volver a los números' }).click();
    await figure.waitFor();
    expect(bench.page.url()).toContain('/numbers?from=2026-11-01&until=2026-11-22');
    await bench.page.getByRole('link', { name: /% a tiempo$/ }).waitFor();
    await bench.page.getByRole('link', { name: '1 fuera de hora' }).click();
    await bench.page.getByRole('heading', { name: 'Tareas terminadas fuera de hora' }).waitFor();
    await rows().first().waitFor();
    expect(await rows().count()).toBe(1);
    bench.quiet();
  });

  it('ask for the days and the unit that are chosen, and say what is wrong with them', async () => {
    await bench.enter('/numbers');
    await bench.page.getByRole('button', { name: '7 días' }).click();
    await bench.page.getByLabel('Unidad').selectOption('2');
    await expect
      .poll(() => bench.mock.requests.some((one) => /^GET \/stats\/units\/2\?from=.*&until=/.test(one)))
      .toBe(true);
    await bench.page.getByLabel('Desde').fill('2020-01-01');
    await bench.page.getByText('Como mucho 366 días').waitFor();
    bench.quiet();
  });

  it('show how long work takes, and nothing where nothing is known', async () => {
    await bench.enter('/numbers/estimates');
    const row = bench.page.getByRole('row', { name: /Patrullaje P50/ });
    await row.getByText('de 18 tareas').waitFor();
    await row.getByText('sin datos').waitFor();
    const unknown = bench.page.getByRole('row', { name: /Vigilancia/ });
    expect(await unknown.getByText('sin datos').count()).toBe(3);
    const answers = bench.page.getByRole('region', { name: 'Sugerencias de más gente' });
    await answers
      .getByRole('row', { name: /Patrullaje/ })
      .getByRole('link')
      .first()
      .click();
    await bench.page.getByText('respondió Elena Duarte').waitFor();
    expect(await rows().count()).toBe(1);
    bench.quiet();
  });

  it('suggest more people where a task has fewer than usual, once', async () => {
    bench.mock.world.suggested = [suggestion(9, 'offered', 101)];
    await bench.enter('/tasks/101');
    await bench.page.getByText(/¿\+2 personas \(P75 1 h 00\)\?/).waitFor();
    await bench.page.getByRole('button', { name: 'Sumar' }).click();
    await bench.page.getByText('Se suma a Ana Sosa').waitFor();
    expect(await bench.page.getByRole('button', { name: 'Sumar' }).count()).toBe(0);
    expect(bench.keys(/^\/suggestions\/9\/accept$/)[0]).toBeDefined();
    expect(bench.mock.world.suggested[0]?.status).toBe('accepted');
    bench.quiet();
  });

  it('fit on a phone', async () => {
    await bench.enter('/numbers', PHONE);
    for (const path of ['', '/estimates', '/reports', '/tasks', '/answers', '/suggestions']) {
      await bench.page.goto(`${bench.url}/numbers${path}`);
      await bench.page.locator('section table, section [data-row], form.panel').first().waitFor();
      const fits = await bench.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
      expect([path, fits]).toEqual([path, true]);
    }
  });

  it('are taken away as a file, and a report that takes too long says what to do', async () => {
    await bench.enter('/numbers/reports');
    await bench.page.getByText('Turnos', { exact: true }).last().click();
    await bench.page.getByText('CSV', { exact: true }).click();
    const coming = bench.page.waitForEvent('download');
    await bench.page.getByRole('button', { name: 'Bajar informe' }).click();
    expect((await coming).suggestedFilename()).toBe('gad-shifts.csv');
    await bench.page.getByText('gad-shifts.csv: listo').waitFor();
    await bench.page.getByLabel('Unidad').selectOption('3');
    await bench.page.getByRole('button', { name: 'Bajar informe' }).click();
    await bench.page.getByText('no se pudo terminar a tiempo').waitFor();
    bench.quiet();
  });
});
