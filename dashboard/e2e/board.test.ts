// The built page in a real browser against the mock server, under a strict content policy.
import type { BrowserContextOptions } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { missing } from './browser.ts';
import { World } from '../mock/world.ts';

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const LOST = 'Sin conexión, reintentando';
/** Ten times the second in which a change must stand on the board: speed is measured, not tested. */
const LIVE_MS = 10_000;

describe.skipIf(missing !== null)('the board in chromium', () => {
  const bench = new Bench();
  const enter = (path?: string, options?: BrowserContextOptions) => bench.enter(path, options);
  const card = (text: string) => bench.page.locator('[data-row]', { hasText: text });
  const change = (id: number, status: 'in_progress' | 'completed') =>
    bench.mock.world.change(id, 'task_status_changed', { status, started_at: new Date().toISOString() });

  it('explains a refused login and brings one back to the page asked for', async () => {
    await bench.open();
    await bench.page.goto(`${bench.url}/tasks/101`);
    await bench.page.fill('input[name=username]', 'jefa');
    for (let i = 0; i < 6; i++) {
      await bench.page.fill('input[name=password]', 'mal');
      await bench.page.keyboard.press('Enter');
      await bench.page
        .getByText(i < 5 ? 'Usuario o contraseña incorrectos' : /Cuenta bloqueada.*30 min/)
        .waitFor();
    }
    bench.mock.failures = 0;
    await bench.page.fill('input[name=password]', 'una clave de prueba');
    await bench.page.keyboard.press('Enter');
    await bench.page.getByRole('heading', { name: 'Disturbios en la terminal de ómnibus' }).waitFor();
    expect(new URL(bench.page.url()).pathname).toBe('/tasks/101');
    bench.quiet();
  });

  it('shows codes and titles on the first screen at every width', async () => {
    for (const options of [{}, PHONE, { viewport: { width: 820, height: 1100 } }]) {
      await enter('/', options);
      await card('INT-2026-0032').waitFor();
      const box = await bench.page.getByText('Disturbios en la terminal de ómnibus').boundingBox();
      expect(box && box.y + box.height < (bench.page.viewportSize()?.height ?? 0)).toBe(true);
      expect(await bench.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      expect(await bench.page.getByRole('link', { name: 'Mapa' }).isVisible()).toBe(true);
      bench.quiet();
      await bench.page.context().close();
    }
  });

  it('moves a task by itself, without reloading the lists', async () => {
    await enter();
    await bench.page.locator('[data-status=scheduled]', { hasText: 'PAT-2026-0035' }).waitFor();
    bench.mock.requests = [];
    change(104, 'in_progress');
    await bench.page
      .locator('[data-status=in_progress]', { hasText: 'PAT-2026-0035' })
      .waitFor({ timeout: LIVE_MS });
    expect(bench.mock.requests.filter((line) => line.startsWith('GET /tasks'))).toEqual(['GET /tasks/104']);
  });

  it('fetches many changes in one request', async () => {
    await enter();
    await card('PAT-2026-0035').waitFor();
    bench.mock.requests = [];
    for (const id of [104, 105, 107, 108]) change(id, 'in_progress');
    await bench.page.locator('[data-status=in_progress]').nth(7).waitFor({ timeout: LIVE_MS });
    expect(bench.mock.requests.filter((line) => line.startsWith('GET /tasks'))).toHaveLength(1);
  });

  it('says when the connection is lost, and misses nothing when it returns', async () => {
    await enter();
    await card('PAT-2026-0035').waitFor();
    bench.mock.refuseTickets = true;
    bench.mock.dropSockets();
    await bench.page.getByRole('status').getByText(LOST, { exact: true }).waitFor();
    change(104, 'completed');
    bench.mock.world.create({ title: 'Creada mientras tanto', kind: 'patrullaje', agent_ids: [] });
    bench.mock.refuseTickets = false;
    await bench.page.getByText('Creada mientras tanto').waitFor();
    await bench.page.locator('[data-status=completed]', { hasText: 'PAT-2026-0035' }).waitFor();
    await bench.page.getByText(LOST).waitFor({ state: 'detached' });
    bench.quiet();
  });

  it('fetches everything again when the server starts a new epoch', async () => {
    await enter();
    await card('PAT-2026-0035').waitFor();
    const old = bench.mock.world;
    const world = new World();
    Object.defineProperty(world, 'epoch', { value: 'mock-2' });
    world.heard = old.heard;
    world.tasks.set(104, { ...world.task(104), title: 'Otro título', version: 9 });
    bench.mock.world = world;
    bench.mock.dropSockets();
    await bench.page.getByText('Otro título').waitFor();
  });

  it('keeps combined filters in the address', async () => {
    await enter();
    await bench.page.getByRole('button', { name: 'En curso' }).click();
    await bench.page.selectOption('select >> nth=0', 'investigacion');
    await card('PAT-2026-0031').waitFor({ state: 'detached' });
    await card('INV-2026-0034').waitFor();
    await bench.page.getByRole('searchbox').fill('camaras');
    await bench.page.waitForURL(/q=camaras/);
    expect(new URL(bench.page.url()).search).toBe('?status=in_progress&kind=investigacion&q=camaras');
    await bench.page.reload();
    await card('INV-2026-0034').click();
    await bench.page.waitForURL(/tasks/);
    await bench.page.getByRole('link', { name: 'Volver' }).click();
    await bench.page.waitForURL(/q=camaras/);
    await card('INV-2026-0034').waitFor();
    expect(await card('PAT-2026-0031').count()).toBe(0);
    await bench.page.getByRole('searchbox').fill('nada de esto');
    await bench.page.getByText('Ninguna tarea con estos filtros').waitFor();
    await bench.page.getByRole('button', { name: 'Quitar filtros' }).last().click();
    await card('PAT-2026-0031').waitFor();
  });

  it('goes to the login when the session ends and returns afterwards', async () => {
    await enter('/tasks/101');
    bench.mock.endSessions();
    await bench.page.getByText('La sesión terminó').waitFor();
    const focused = () => bench.page.evaluate(() => document.activeElement?.getAttribute('name'));
    await expect.poll(focused).toBe('username');
    await bench.page.fill('input[name=username]', 'jefa');
    await bench.page.fill('input[name=password]', 'una clave de prueba');
    await bench.page.keyboard.press('Enter');
    await bench.page.getByRole('heading', { name: 'Disturbios en la terminal de ómnibus' }).waitFor();
  });

  it('creates and assigns by keyboard and pointer, with field errors and a reason when needed', async () => {
    await enter();
    await bench.page.keyboard.press('n');
    await bench.page.getByRole('heading', { name: 'Nueva tarea' }).waitFor();
    await bench.page.getByRole('button', { name: 'Crear tarea' }).click();
    await bench.page.getByText('Escribe un título corto.').waitFor();
    await bench.page.getByText('Patrullaje', { exact: true }).click();
    await bench.page.getByLabel('Título').fill('Corte de calle prueba 422');
    await bench.page.getByLabel('Coordenadas').fill('-34.6037, -58.3816');
    await bench.page
      .getByText(/^a .* (m|km)/)
      .first()
      .waitFor();
    await bench.page.getByRole('checkbox', { name: 'Ana Sosa' }).check();
    await bench.page.getByRole('checkbox', { name: 'Diego Ferreyra' }).check();
    await bench.page.getByRole('button', { name: 'Crear tarea' }).click();
    await bench.page.getByText('Hay gente de más').waitFor();
    await bench.page.getByLabel('Título').fill('Corte de calle');
    await bench.page.getByRole('button', { name: 'Crear tarea' }).click();
    await bench.page.getByText('Diego Ferreyra: fuera de turno').waitFor();
    expect(await bench.page.getByText('Hay personas fuera de turno en ese horario.').count()).toBe(0);
    await bench.page.getByRole('textbox', { name: 'Motivo' }).fill('Emergencia climática');
    await bench.page.getByRole('button', { name: 'Hacerlo igual' }).click();
    await bench.page.getByRole('heading', { name: 'Corte de calle' }).waitFor();
    expect(await bench.page.getByText('delegado').count()).toBeGreaterThan(0);
    bench.quiet();
  });

  it('lets nobody be ticked while the list of people is about to change places', async () => {
    await enter('/tasks/new');
    const ana = bench.page.getByRole('checkbox', { name: 'Ana Sosa' });
    await ana.check();
    let letThrough = () => {};
    const held = new Promise<void>((resolve) => (letThrough = resolve));
    await bench.page.route('**/api/v1/agents?*', async (route) => (await held, await route.fallback()));
    await bench.page.getByLabel('Coordenadas').fill('-34.6037, -58.3816');
    expect(await ana.isDisabled()).toBe(true);
    letThrough();
    await ana.uncheck();
    await bench.page.unrouteAll();
    bench.quiet();
  });

  it('acts on a task with a reason, undoes, and explains what changed meanwhile', async () => {
    await enter('/tasks/101');
    await bench.page.getByRole('button', { name: 'Completar' }).click();
    await bench.page.getByRole('button', { name: 'Completar' }).last().click();
    await bench.page.getByText('Escribe el motivo.').waitFor();
    await bench.page.getByRole('textbox', { name: 'Motivo' }).fill('El delegado perdió señal');
    await bench.page.getByRole('button', { name: 'Completar' }).last().click();
    await bench.page.getByRole('button', { name: 'Deshacer' }).click();
    await bench.page.getByRole('button', { name: 'Pausar' }).waitFor();
    await bench.page.getByRole('button', { name: 'Pausar' }).click();
    await bench.page.getByRole('textbox', { name: 'Motivo' }).fill('Espera');
    const old = bench.mock.world.heard;
    bench.mock.world.heard = () => {};
    change(101, 'completed');
    bench.mock.world.heard = old;
    await bench.page.getByRole('button', { name: 'Pausar' }).last().click();
    await bench.page.getByText('La tarea ya está completed.').waitFor();
    await bench.page.getByRole('button', { name: 'Reabrir' }).waitFor();
  });

  it('shows people and the invitation with its code to scan', async () => {
    await enter('/agents');
    await bench.page.getByText('Marta Gómez').waitFor();
    await bench.page.getByRole('link', { name: 'Usuarios' }).click();
    await bench.page.getByRole('button', { name: 'Invitar' }).first().click();
    await bench.page.getByRole('img', { name: 'Código QR de la invitación' }).waitFor();
    expect(await bench.page.getByLabel('Enlace de invitación').inputValue()).toContain('https://t.me/');
    await bench.page.keyboard.press('Escape');
    await bench.page.getByRole('img', { name: 'Código QR de la invitación' }).waitFor({ state: 'detached' });
    bench.quiet();
  });

  it('speaks three languages and keeps the choice', async () => {
    await enter();
    await bench.page.getByRole('button', { name: /Cuenta de/ }).click();
    await bench.page.getByLabel('Idioma').selectOption('en');
    await bench.page.getByRole('link', { name: 'Board' }).waitFor();
    await bench.page.reload();
    await bench.page.getByRole('heading', { name: 'In progress' }).waitFor();
    expect(await bench.page.evaluate(() => document.documentElement.lang)).toBe('en');
  });

  it('lists its shortcuts and gives the focus back', async () => {
    await enter();
    await card('INT-2026-0032').waitFor();
    await bench.page.keyboard.press('j');
    const focused = () => bench.page.evaluate(() => document.activeElement?.getAttribute('href'));
    const first = await focused();
    expect(first).toMatch(/^\/tasks\//);
    await bench.page.keyboard.press('?');
    await bench.page.getByRole('heading', { name: 'Atajos de teclado' }).waitFor();
    await bench.page.keyboard.press('Escape');
    await bench.page.getByRole('heading', { name: 'Atajos de teclado' }).waitFor({ state: 'detached' });
    expect(await focused()).toBe(first);
    await bench.page.keyboard.press('Enter');
    await bench.page.waitForURL(/\/tasks\/\d+/);
    await bench.page.keyboard.press('g');
    await bench.page.keyboard.press('m');
    await bench.page.waitForURL(/\/map/);
  });
});
