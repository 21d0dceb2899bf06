// A busy, absent or forgetful server: nothing is sent twice, nothing typed is lost, and the page says what it waits for.
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { missing } from './browser.ts';

const away = { status: 503, body: { code: 'unavailable', status: 503 }, headers: { 'Retry-After': '1' } };
const busyFor = (seconds: number) => ({
  status: 429,
  body: { code: 'too_many_requests', status: 429 },
  headers: { 'Retry-After': String(seconds) },
});
const busy = busyFor(1);
const LOST = 'Sin conexión, reintentando';
const BUSY = 'Demasiados pedidos, reintentando';

describe.skipIf(missing !== null)('in trouble', () => {
  const bench = new Bench();

  it('reads again by itself while the server is away, and says so', async () => {
    await bench.enter();
    let refused = 0;
    bench.mock.fault = ({ path }) => (path === '/agents' && refused++ < 2 ? away : null);
    await bench.page.getByRole('link', { name: 'Efectivos' }).click();
    await bench.page.getByRole('status').getByText('El servidor no responde, reintentando').waitFor();
    await bench.page.getByText('Marta Gómez').waitFor();
    await bench.page.getByText('El servidor no responde, reintentando').waitFor({ state: 'detached' });
    expect(refused).toBe(3);
    bench.quiet();
  });

  it('waits as long as it is told when it asked too often, also with a write', async () => {
    await bench.enter('/tasks/101');
    let refused = 0;
    bench.mock.fault = ({ method, path }) =>
      method === 'POST' && path.endsWith('/pause') && refused++ < 1 ? busy : null;
    await bench.page.getByRole('button', { name: 'Pausar' }).click();
    await bench.page.getByRole('textbox', { name: 'Motivo' }).fill('Espera');
    await bench.page.getByRole('button', { name: 'Pausar' }).last().click();
    await bench.page.getByRole('status').getByText('Demasiados pedidos, reintentando').waitFor();
    await bench.page.getByRole('button', { name: 'Reanudar' }).waitFor();
    const keys = bench.keys(/pause$/);
    expect([keys.length, new Set(keys).size, typeof keys[0]]).toEqual([2, 1, 'string']);
  });

  it('says why a page has nothing to show yet, and shows it as soon as it may', async () => {
    bench.mock.world.emergencies.raise({ drill: true });
    await bench.enter();
    let refused = 0;
    bench.mock.fault = ({ path }) => (path.startsWith('/emergencies') && refused++ < 2 ? busyFor(3) : null);
    await bench.page.goto(`${bench.url}/emergencies/1`);
    await bench.page.getByRole('heading', { name: 'Cargando…' }).waitFor();
    await bench.page.getByText('esta cuenta hizo demasiados pedidos seguidos').waitFor();
    await bench.page.getByRole('status').getByText('Demasiados pedidos, reintentando').waitFor();
    await bench.page.getByText('SIMULACRO').waitFor();
    await bench.page.getByText('demasiados pedidos').waitFor({ state: 'detached' });
    bench.quiet();
  });

  it('says why it is not live when it asked for too many tickets, and is live again by itself', async () => {
    await bench.enter();
    let asked = 0;
    bench.mock.fault = ({ path }) => (path === '/ws/ticket' && asked++ < 1 ? busyFor(3) : null);
    bench.mock.dropSockets();
    await bench.page.getByRole('status').getByText(BUSY, { exact: true }).waitFor();
    await bench.page.locator('.trouble', { hasText: /reintentando.* [123] s/ }).waitFor();
    expect(await bench.page.getByText(LOST).count()).toBe(0);
    await bench.page.getByText('En vivo').waitFor();
    expect([asked, await bench.page.getByText(BUSY).count()]).toEqual([2, 0]);
    bench.quiet();
  });

  it('comes back by itself to a page that could not be had', async () => {
    await bench.enter();
    let broken = true;
    bench.mock.fault = ({ path }) =>
      broken && path === '/tasks/101' ? { status: 500, body: { code: 'internal', status: 500 } } : null;
    await bench.page.goto(`${bench.url}/tasks/101`);
    await bench.page.getByText('Algo falló en el servidor').waitFor();
    broken = false;
    await bench.page.getByRole('heading', { name: 'Disturbios en la terminal de ómnibus' }).waitFor();
  });

  it('sends nothing twice however often it is pressed', async () => {
    await bench.enter('/tasks/new');
    let release = () => {};
    const held = new Promise<void>((done) => (release = done));
    bench.mock.fault = async ({ method, path }) => {
      if (method === 'POST' && path === '/tasks') await held;
      return null;
    };
    await bench.page.getByText('Patrullaje', { exact: true }).click();
    await bench.page.getByLabel('Título').fill('Una vez');
    const button = bench.page.getByRole('button', { name: 'Crear tarea' });
    await button.click();
    await bench.page.getByRole('button', { name: 'Enviando…' }).waitFor();
    await bench.page.keyboard.press('Control+Enter');
    await bench.page.getByLabel('Título').press('Enter');
    release();
    await bench.page.getByRole('heading', { name: 'Una vez' }).waitFor();
    expect(bench.keys(/^\/tasks$/)).toHaveLength(1);
  });

  it('repeats a creation whose answer was lost under the same key, and makes one task', async () => {
    await bench.enter('/tasks/new');
    await bench.page.getByText('Patrullaje', { exact: true }).click();
    await bench.page.getByLabel('Título').fill('Respuesta perdida');
    await bench.page.route('**/api/v1/tasks', async (route) => {
      if (route.request().method() !== 'POST') return route.fallback();
      await route.fetch();
      await route.abort();
    });
    await bench.page.getByRole('button', { name: 'Crear tarea' }).click();
    await bench.page.getByText('No se pudo llegar al servidor').waitFor();
    await bench.page.unroute('**/api/v1/tasks');
    await bench.page.getByRole('button', { name: 'Crear tarea' }).click();
    await bench.page.getByRole('heading', { name: 'Respuesta perdida' }).waitFor();
    expect(new Set(bench.keys(/^\/tasks$/)).size).toBe(1);
    const made = [...bench.mock.world.tasks.values()].filter((task) => task.title === 'Respuesta perdida');
    expect(made).toHaveLength(1);
  });

  it('keeps the reason typed for a conflict when the answer was lost', async () => {
    await bench.enter('/tasks/104');
    await bench.page.getByRole('button', { name: 'Asignar' }).click();
    await bench.page.getByRole('checkbox', { name: 'Diego Ferreyra' }).check();
    await bench.page.getByRole('button', { name: 'Guardar' }).click();
    await bench.page.getByText('Diego Ferreyra: fuera de turno').waitFor();
    await bench.page.getByRole('textbox', { name: 'Motivo' }).fill('Falta gente');
    bench.mock.fault = ({ method }) => (method === 'PUT' ? away : null);
    await bench.page.getByRole('button', { name: 'Hacerlo igual' }).click();
    await bench.page.getByText(/La base de datos no está/).waitFor();
    expect(await bench.page.getByRole('textbox', { name: 'Motivo' }).inputValue()).toBe('Falta gente');
    bench.mock.fault = () => null;
    await bench.page.getByRole('button', { name: 'Hacerlo igual' }).click();
    await bench.page.getByText(/asignación guardada/i).waitFor();
  });
});
