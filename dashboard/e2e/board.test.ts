// The built page in a real browser against the mock server, under a strict content policy.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { complaints, login, missing, open, stage, type Stage } from './browser.ts';
import { World } from '../mock/world.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const LOST = 'Sin conexión, reintentando';
/** Refused sign-ins and refused tickets are meant to be refused. */
const EXPECTED = /status of (401|404|409|412|422|429|503)/;

describe.skipIf(missing !== null)('the board in chromium', () => {
  let on: Stage;
  let page: Page;
  beforeAll(async () => {
    on = await stage();
  });
  afterAll(() => on.end());
  beforeEach(async () => {
    await page?.context().close();
    on.mock.reset();
  });

  const enter = async (path = '/', options = {}) => {
    page = await open(on, options);
    await login(page, on.url, path);
    await page.getByText('En vivo').or(page.locator('.live .dot')).first().waitFor();
  };
  const quiet = () => expect(complaints.get(page)?.filter((text) => !EXPECTED.test(text))).toEqual([]);
  const card = (text: string) => page.locator('[data-row]', { hasText: text });
  const change = (id: number, status: 'in_progress' | 'completed') =>
    on.mock.world.change(id, 'task_status_changed', { status, started_at: new Date().toISOString() });

  it('explains a refused login and brings one back to the page asked for', async () => {
    page = await open(on);
    await page.goto(`${on.url}/tasks/101`);
    await page.fill('input[name=username]', 'jefa');
    for (let i = 0; i < 6; i++) {
      await page.fill('input[name=password]', 'mal');
      await page.keyboard.press('Enter');
      await page.getByText(i < 5 ? 'Usuario o contraseña incorrectos' : /Cuenta bloqueada.*30 min/).waitFor();
    }
    on.mock.failures = 0;
    await page.fill('input[name=password]', 'una clave de prueba');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Disturbios en la terminal de ómnibus' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/tasks/101');
    quiet();
  });

  it('shows codes and titles on the first screen at every width', async () => {
    for (const options of [{}, PHONE, { viewport: { width: 820, height: 1100 } }]) {
      await enter('/', options);
      await card('INT-2026-0032').waitFor();
      const box = await page.getByText('Disturbios en la terminal de ómnibus').boundingBox();
      expect(box && box.y + box.height < (page.viewportSize()?.height ?? 0)).toBe(true);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      expect(await page.getByRole('link', { name: 'Mapa' }).isVisible()).toBe(true);
      quiet();
      await page.context().close();
    }
  });

  it('moves a task by itself within a second, without reloading the lists', async () => {
    await enter();
    await page.locator('[data-status=scheduled]', { hasText: 'PAT-2026-0035' }).waitFor();
    on.mock.requests = [];
    change(104, 'in_progress');
    await page.locator('[data-status=in_progress]', { hasText: 'PAT-2026-0035' }).waitFor({ timeout: 1000 });
    expect(on.mock.requests.filter((line) => line.startsWith('GET /tasks'))).toEqual(['GET /tasks/104']);
  });

  it('fetches many changes in one request', async () => {
    await enter();
    await card('PAT-2026-0035').waitFor();
    on.mock.requests = [];
    for (const id of [104, 105, 107, 108]) change(id, 'in_progress');
    await page.locator('[data-status=in_progress]').nth(7).waitFor({ timeout: 1500 });
    expect(on.mock.requests.filter((line) => line.startsWith('GET /tasks'))).toHaveLength(1);
  });

  it('says when the connection is lost, and misses nothing when it returns', async () => {
    await enter();
    await card('PAT-2026-0035').waitFor();
    on.mock.refuseTickets = true;
    on.mock.dropSockets();
    await page.getByRole('status').getByText(LOST, { exact: true }).waitFor();
    change(104, 'completed');
    on.mock.world.create({ title: 'Creada mientras tanto', kind: 'patrullaje', agent_ids: [] });
    on.mock.refuseTickets = false;
    await page.getByText('Creada mientras tanto').waitFor();
    await page.locator('[data-status=completed]', { hasText: 'PAT-2026-0035' }).waitFor();
    await page.getByText(LOST).waitFor({ state: 'detached' });
    quiet();
  });

  it('fetches everything again when the server starts a new epoch', async () => {
    await enter();
    await card('PAT-2026-0035').waitFor();
    const old = on.mock.world;
    const world = new World();
    Object.defineProperty(world, 'epoch', { value: 'mock-2' });
    world.heard = old.heard;
    world.tasks.set(104, { ...world.task(104), title: 'Otro título', version: 9 });
    on.mock.world = world;
    on.mock.dropSockets();
    await page.getByText('Otro título').waitFor();
  });

  it('keeps combined filters in the address', async () => {
    await enter();
    await page.getByRole('button', { name: 'En curso' }).click();
    await page.selectOption('select >> nth=0', 'investigacion');
    await card('PAT-2026-0031').waitFor({ state: 'detached' });
    await card('INV-2026-0034').waitFor();
    await page.getByRole('searchbox').fill('camaras');
    await page.waitForURL(/q=camaras/);
    expect(new URL(page.url()).search).toBe('?status=in_progress&kind=investigacion&q=camaras');
    await page.reload();
    await card('INV-2026-0034').waitFor();
    await page.getByRole('searchbox').fill('nada de esto');
    await page.getByText('Ninguna tarea con estos filtros').waitFor();
    await page.getByRole('button', { name: 'Quitar filtros' }).last().click();
    await card('PAT-2026-0031').waitFor();
  });

  it('goes to the login when the session ends and returns afterwards', async () => {
    await enter('/tasks/101');
    on.mock.endSessions();
    await page.getByText('La sesión terminó').waitFor();
    await page.fill('input[name=username]', 'jefa');
    await page.fill('input[name=password]', 'una clave de prueba');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Disturbios en la terminal de ómnibus' }).waitFor();
  });

  it('creates and assigns by keyboard and pointer, with field errors and a reason when needed', async () => {
    await enter();
    await page.keyboard.press('n');
    await page.getByRole('heading', { name: 'Nueva tarea' }).waitFor();
    await page.getByRole('button', { name: 'Crear tarea' }).click();
    await page.getByText('Escriba un título corto.').waitFor();
    await page.getByText('Patrullaje', { exact: true }).click();
    await page.getByLabel('Título').fill('Corte de calle prueba 422');
    await page.getByLabel('Coordenadas').fill('-34.6037, -58.3816');
    await page
      .getByText(/^a .* (m|km)/)
      .first()
      .waitFor();
    await page.getByRole('checkbox', { name: 'Ana Sosa' }).check();
    await page.getByRole('checkbox', { name: 'Diego Ferreyra' }).check();
    await page.getByRole('button', { name: 'Crear tarea' }).click();
    await page.getByText('Hay gente de más').waitFor();
    await page.getByLabel('Título').fill('Corte de calle');
    await page.getByRole('button', { name: 'Crear tarea' }).click();
    await page.getByText('Diego Ferreyra: fuera de turno').waitFor();
    await page.getByRole('textbox', { name: 'Motivo' }).fill('Emergencia climática');
    await page.getByRole('button', { name: 'Hacerlo igual' }).click();
    await page.getByRole('heading', { name: 'Corte de calle' }).waitFor();
    expect(await page.getByText('delegado').count()).toBeGreaterThan(0);
    quiet();
  });

  it('acts on a task with a reason, undoes, and explains what changed meanwhile', async () => {
    await enter('/tasks/101');
    await page.getByRole('button', { name: 'Completar' }).click();
    await page.getByRole('button', { name: 'Completar' }).last().click();
    await page.getByText('Escriba el motivo.').waitFor();
    await page.getByRole('textbox', { name: 'Motivo' }).fill('El delegado perdió señal');
    await page.getByRole('button', { name: 'Completar' }).last().click();
    await page.getByRole('button', { name: 'Deshacer' }).click();
    await page.getByRole('button', { name: 'Pausar' }).waitFor();
    await page.getByRole('button', { name: 'Pausar' }).click();
    await page.getByRole('textbox', { name: 'Motivo' }).fill('Espera');
    const old = on.mock.world.heard;
    on.mock.world.heard = () => {};
    change(101, 'completed');
    on.mock.world.heard = old;
    await page.getByRole('button', { name: 'Pausar' }).last().click();
    await page.getByText('La tarea ya está completed.').waitFor();
    await page.getByRole('button', { name: 'Reabrir' }).waitFor();
  });

  it('shows people and the invitation with its code to scan', async () => {
    await enter('/agents');
    await page.getByText('Marta Gómez').waitFor();
    await page.getByRole('link', { name: 'Usuarios' }).click();
    await page.getByRole('button', { name: 'Invitar' }).first().click();
    await page.getByRole('img', { name: 'Código QR de la invitación' }).waitFor();
    expect(await page.getByLabel('Enlace de invitación').inputValue()).toContain('https://t.me/');
    await page.keyboard.press('Escape');
    await page.getByRole('img', { name: 'Código QR de la invitación' }).waitFor({ state: 'detached' });
    quiet();
  });

  it('speaks three languages and keeps the choice', async () => {
    await enter();
    await page.getByRole('button', { name: /Cuenta de/ }).click();
    await page.getByLabel('Idioma').selectOption('en');
    await page.getByRole('link', { name: 'Board' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'In progress' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
  });

  it('lists its shortcuts and gives the focus back', async () => {
    await enter();
    await card('INT-2026-0032').waitFor();
    await page.keyboard.press('j');
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('href'));
    const first = await focused();
    expect(first).toMatch(/^\/tasks\//);
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Atajos de teclado' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Atajos de teclado' }).waitFor({ state: 'detached' });
    expect(await focused()).toBe(first);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/tasks\/\d+/);
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await page.waitForURL(/\/map/);
  });

  const looks = [
    { colorScheme: 'dark' as const },
    { colorScheme: 'light' as const },
    { colorScheme: 'dark' as const, ...PHONE },
    { colorScheme: 'light' as const, ...PHONE },
  ];
  it.each(looks)('has no accessibility fault that axe finds (%o)', async (options) => {
    await enter('/', { ...options, reducedMotion: 'reduce', bypassCSP: true });
    for (const path of ['/', '/?view=list', '/tasks/101', '/tasks/new', '/agents', '/map', '/users']) {
      await page.goto(on.url + path);
      await page.waitForLoadState('networkidle');
      await page.evaluate(AXE);
      const found = await page.evaluate(async () => {
        const { violations } = await (globalThis as any).axe.run(document, {
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
        });
        return violations.map(
          (v: any) => `${v.id}: ${v.nodes.map((n: any) => n.target.join(' ')).slice(0, 3)}`,
        );
      });
      expect([path, found]).toEqual([path, []]);
    }
  });
});
