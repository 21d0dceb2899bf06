// A server that says "too often": what is known stays usable, one can call for help, and it says how long it takes.
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { missing } from './browser.ts';

const refused = (seconds: number) => ({
  status: 429,
  body: { code: 'too_many_requests', status: 429 },
  headers: { 'Retry-After': String(seconds) },
});

describe.skipIf(missing !== null)('while the server asks to wait', () => {
  const bench = new Bench();
  /** Everything is refused but the call for help; the returned function ends that. */
  function busy(seconds: number): () => void {
    bench.mock.fault = ({ method, path }) =>
      method === 'POST' && path === '/emergencies' ? null : refused(seconds);
    return () => (bench.mock.fault = () => null);
  }
  async function callForHelp(page: Page) {
    await page.getByRole('button', { name: 'SOS, pedir ayuda' }).click();
    await page.getByRole('button', { name: 'Pedir ayuda sin lugar' }).click();
    await page.getByText('EMG-2026-0001 creada').waitFor();
  }

  it('keeps the frame of the page, its menu and the call for help through a reload', async () => {
    await bench.enter();
    const over = busy(2);
    await bench.page.reload();
    await bench.page.getByRole('link', { name: 'Efectivos' }).waitFor();
    await bench.page
      .locator('.trouble', { hasText: /reintentando.* \d+ s/ })
      .first()
      .waitFor();
    await callForHelp(bench.page);
    await bench.page.keyboard.press('Escape');
    over();
    await bench.page.getByText('Disturbios en la terminal de ómnibus').first().waitFor();
    bench.quiet();
  });

  it('says how long to a tab that knows nobody yet, and lets it call for help', async () => {
    await bench.enter();
    const tab = await bench.page.context().newPage();
    const over = busy(2);
    await tab.goto(bench.url);
    await tab.getByRole('heading', { name: 'Demasiados pedidos seguidos' }).waitFor();
    await tab.getByText(/Se vuelve a intentar en [123] s/).waitFor();
    await callForHelp(tab);
    over();
    await tab.getByRole('button', { name: 'Ver quién viene' }).click();
    await tab.waitForURL(/\/emergencies\/1$/);
    await tab.getByRole('link', { name: 'Efectivos' }).waitFor();
  });

  it('says that it is busy, and not away, however long it asks to wait', async () => {
    await bench.enter();
    const tab = await bench.page.context().newPage();
    busy(100);
    await tab.goto(bench.url);
    await tab.getByRole('heading', { name: 'Demasiados pedidos seguidos' }).waitFor();
    await tab.getByText(/Se vuelve a intentar en (100|9\d) s/).waitFor();
    expect(await tab.getByText('El servidor no responde').count()).toBe(0);
  });

  it('calls for help by the same keys as everywhere', async () => {
    await bench.enter();
    const tab = await bench.page.context().newPage();
    busy(100);
    await tab.goto(bench.url);
    await tab.getByRole('heading', { name: 'Demasiados pedidos seguidos' }).waitFor();
    await tab.keyboard.press('s');
    await tab.getByRole('dialog').waitFor();
    await tab.keyboard.press('Enter');
    await tab.getByText('EMG-2026-0001 creada').waitFor();
  });

  it('lets nobody in by a reload after signing out, and says until when the server does not know of it', async () => {
    await bench.enter('/account');
    const over = busy(2);
    await bench.page.getByRole('button', { name: 'Cerrar sesión' }).click();
    await bench.page.getByText(/todavía no se cerró en el servidor/).waitFor();
    bench.mock.requests = [];
    await bench.page.reload();
    await bench.page.getByText(/todavía no se cerró en el servidor/).waitFor();
    over();
    await bench.page.getByText('Ahora sí: la sesión se cerró en el servidor.').waitFor();
    expect(new Set(bench.mock.requests)).toEqual(new Set(['POST /auth/logout']));
  });

  it('says how long whoever signs in has to wait, and lets him in then', async () => {
    await bench.open();
    let refusals = 0;
    bench.mock.fault = ({ path }) => (path === '/auth/me' && refusals++ < 1 ? refused(2) : null);
    await bench.page.goto(bench.url);
    await bench.page.fill('input[name=username]', 'jefa');
    await bench.page.fill('input[name=password]', 'una clave de prueba');
    await bench.page.click('button[type=submit]');
    await bench.page.getByText(/El servidor pide esperar.* [123] s/).waitFor();
    await bench.page.getByRole('button', { name: /Cuenta de/ }).waitFor();
  });

  it('forgets who was here once the session is over', async () => {
    await bench.enter();
    bench.mock.endSessions();
    await bench.page.getByText('La sesión terminó').waitFor();
    expect(await bench.page.evaluate(() => sessionStorage.getItem('gad.me'))).toBeNull();
  });
});

describe.skipIf(missing !== null)('one load of the board', () => {
  const bench = new Bench();
  const tasks = () => new Set(bench.mock.requests.filter((line) => line.startsWith('GET /tasks?')));

  async function load() {
    bench.mock.requests = [];
    await bench.page.reload();
    await bench.page.locator('[data-row]').first().waitFor();
    await bench.page.waitForLoadState('networkidle');
  }

  it('asks for no more than it shows, and for what is open in one request', async () => {
    await bench.enter();
    await load();
    // What is asked for once more because it changed meanwhile counts once; kinds and units were here a moment ago.
    expect([...new Set(bench.mock.requests)].sort()).toHaveLength(11);
    expect(bench.mock.requests.filter((line) => /^GET \/(units|task-kinds)/.test(line))).toEqual([]);
    expect(tasks().size).toBe(3);
  });

  it('asks for no figures that are here when somebody comes back to it', async () => {
    await bench.enter();
    await load();
    await bench.page.getByRole('link', { name: 'Efectivos' }).click();
    await bench.page.getByText('Marta Gómez').first().waitFor();
    bench.mock.requests = [];
    await bench.page.getByRole('link', { name: 'Tablero' }).first().click();
    await bench.page.locator('[data-row]').first().waitFor();
    await bench.page.waitForLoadState('networkidle');
    expect(bench.mock.requests.filter((line) => /^GET \/(tasks\?|stats)/.test(line))).toEqual([]);
  });

  it('asks for each state when more is open than comes together, and misses none', async () => {
    for (let n = 0; n < 200; n++)
      bench.mock.world.create({ title: `Ronda ${n}`, kind: 'patrullaje', agent_ids: [] });
    await bench.enter();
    await load();
    expect(tasks().size).toBe(6);
    const planned = bench.page.getByRole('region', { name: /Programadas/ });
    await planned.getByRole('button', { name: 'Cargar más' }).waitFor();
    await bench.page.getByText('Disturbios en la terminal de ómnibus').first().waitFor();
  });

  it('asks for what waits for a decision only where that is shown', async () => {
    await bench.enter('/tasks/101');
    await bench.page.waitForLoadState('networkidle');
    expect(bench.mock.requests.filter((line) => /^GET \/(leaves|shift-swaps)/.test(line))).toEqual([]);
    await bench.page.getByRole('link', { name: 'Turnos' }).click();
    await expect
      .poll(() => bench.mock.requests.some((line) => line.startsWith('GET /leaves?status=requested')))
      .toBe(true);
  });
});
