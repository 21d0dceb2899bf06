// The board of the real binary beside the agents' phones: what one does, the other shows.
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ARGS, executablePath } from '../e2e/browser.ts';
import { startDemo, type Demo } from './demo.ts';
import { Phone } from './phone.ts';

const LOST = 'Sin conexión, reintentando';
/** The figure is a second, and is printed; a busy machine gets ten times as long. */
const LIVE_MS = 10_000;
const OFFLINE_CHANGES = 20;

describe.skipIf(executablePath === undefined)('the board of gad demo', () => {
  let demo: Demo;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];
  /** Numbers of the reports that came over the page's sockets, in the order in which they came. */
  const reported: number[] = [];
  let resyncs = 0;

  function hears(payload: string | Buffer) {
    const said = JSON.parse(String(payload)) as { event_type?: string; seq?: number };
    if (said.event_type === 'task_reported') reported.push(said.seq ?? 0);
    if (said.event_type === 'resync') resyncs++;
  }

  beforeAll(async () => {
    [demo, browser] = await Promise.all([startDemo(), chromium.launch({ executablePath, args: ARGS })]);
    context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    page = await context.newPage();
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => hears(payload)));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on(
      'console',
      (message) => /Content Security Policy/.test(message.text()) && complaints.push(message.text()),
    );
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });

  const admin = () => demo.book.users.find((user) => user.level === 3) ?? demo.book.users[0];
  const card = (text: string, status: string) => page.locator(`[data-status=${status}]`, { hasText: text });

  /** Somebody available on Telegram, whose own planned work is called off so that nothing overlaps. */
  async function freeAgent() {
    const agents = demo.book.agents.map((one) => one.agent_id);
    const id = await page.evaluate(async (known) => {
      const read = async (path: string) => (await fetch(`/api/v1/${path}`)).json();
      const { items } = await read('agents?availability=available&limit=200');
      const free = items.find((one: { id: number; linked: boolean }) => one.linked && known.includes(one.id));
      const planned = await read(`tasks?agent_id=${free.id}&status=scheduled`);
      for (const task of planned.items)
        await fetch(`/api/v1/tasks/${task.id}/cancel`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ reason: 'Prueba' }),
        });
      return free.id as number;
    }, agents);
    const agent = demo.book.agents.find((one) => one.agent_id === id);
    if (!agent) throw new Error('nobody is free');
    return agent;
  }

  let phone: Phone;
  let code: string;

  it('signs in', async () => {
    await page.goto(`${demo.book.base_url}/`);
    const { username = '', password = '' } = admin() ?? {};
    await page.fill('input[name=username]', username);
    await page.fill('input[name=password]', password);
    await page.click('button[type=submit]');
    await page.locator('[data-row]').first().waitFor();
    await page.getByText('En vivo').waitFor();
  });

  it('creates and assigns a task from the page', async () => {
    const agent = await freeAgent();
    await page.getByRole('link', { name: 'Nueva tarea' }).click();
    await page.getByRole('radiogroup', { name: 'Tipo' }).locator('label').first().click();
    await page.getByLabel('Título').fill('Prueba de la página');
    await page.getByLabel('Coordenadas').fill('-34.6037, -58.3816');
    phone = new Phone(demo.book, agent.telegram_id);
    await page.getByRole('checkbox', { name: agent.name }).check();
    await page.getByRole('button', { name: 'Crear tarea' }).click();
    await page.getByRole('heading', { name: 'Prueba de la página' }).waitFor();
    code = await page.locator('header .code').innerText();
    expect(code).toMatch(/^[A-Z]{2,5}-\d{4}-\d{4,}$/);
  });

  it('shows what the agent does on the phone, without a reload', async () => {
    await page.evaluate(() => Object.assign(window, { notReloaded: true }));
    await phone.taps('Recibido', code);
    await page.locator('.acknowledged', { hasText: 'Recibido' }).waitFor({ timeout: LIVE_MS });
    await page.getByRole('link', { name: 'Tablero' }).click();
    await card(code, 'scheduled').waitFor();
    await phone.taps('Iniciar', code);
    const tapped = performance.now();
    await card(code, 'in_progress').waitFor({ timeout: LIVE_MS });
    console.info(`a tap stands on the board after ${Math.round(performance.now() - tapped)} ms (goal: 1000)`);
    expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true);
  });

  it('adds a report with a file, which the server keeps and gives back', async () => {
    await card(code, 'in_progress').click();
    await page.getByRole('button', { name: 'Agregar novedad' }).click();
    await page.getByLabel('Qué pasó').fill('Vista desde el tablero');
    const buffer = await page.screenshot();
    await page.setInputFiles('input[type=file]', { name: 'pantalla.png', mimeType: 'image/png', buffer });
    await page.getByRole('button', { name: 'Enviar novedad' }).click();
    const picture = page.locator('ol li', { hasText: 'Vista desde el tablero' }).locator('img');
    await picture.scrollIntoViewIfNeeded();
    await expect
      .poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth), { timeout: LIVE_MS })
      .toBe(page.viewportSize()?.width);
    await page.getByRole('link', { name: 'Tablero' }).click();
  });

  it('says that the connection is lost, and misses none of twenty changes when it returns', async () => {
    await context.setOffline(true);
    await page.getByRole('status').getByText(LOST, { exact: true }).waitFor();
    const [before, fresh] = [reported.length, resyncs];
    const texts = Array.from({ length: OFFLINE_CHANGES }, (_, n) => `Sin señal ${n + 1}.`);
    for (const text of texts) await phone.act({ do: 'says', text });
    await phone.taps('Finalizar', code);
    await phone.taps('Sin novedades', code);
    expect(reported.length).toBe(before);
    await context.setOffline(false);
    await card(code, 'completed').waitFor();
    await page.getByText(LOST).waitFor({ state: 'detached' });
    expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true);
    // Each of them over the socket, once and in order, and not by reading everything anew.
    await expect.poll(() => reported.length - before, { timeout: LIVE_MS }).toBe(OFFLINE_CHANGES);
    const missed = reported.slice(before);
    expect(missed).toEqual([...new Set(missed)].sort((a, b) => a - b));
    expect(resyncs).toBe(fresh);
    await card(code, 'completed').click();
    for (const text of texts) await page.locator('ol li', { hasText: text }).first().waitFor();
    await page.getByRole('link', { name: 'Tablero' }).click();
  });

  it('opens every page without a complaint of the browser', async () => {
    for (const path of ['/agents', '/map', '/users', '/account', '/?view=list']) {
      await page.goto(demo.book.base_url + path);
      await page.waitForLoadState('networkidle');
      expect(await page.locator('[role=alert]').allInnerTexts()).toEqual([]);
    }
    expect(complaints).toEqual([]);
  });
});
