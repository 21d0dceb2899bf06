// A report from the board: words, a file and a place, through everything that may come between.
import { describe, expect, it } from 'vitest';
import { Bench, PATIENCE_MS } from './bench.ts';
import { missing } from './browser.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const MOST = 20 * 1024 * 1024;

describe.skipIf(missing !== null)('a report from the board', () => {
  const bench = new Bench();
  const write = async (text: string) => {
    await bench.enter('/tasks/101');
    await bench.page.getByRole('button', { name: 'Agregar novedad' }).click();
    await bench.page.getByLabel('Qué pasó').fill(text);
  };
  const send = () => bench.page.getByRole('button', { name: /Enviar novedad|Reintentar/ }).click();
  const choose = (name: string, mimeType: string, buffer: Buffer) =>
    bench.page.setInputFiles('input[type=file]', { name, mimeType, buffer });
  /** Made inside the page: so much would take long on its way there. */
  const chooseLarge = (name: string, size: number) =>
    bench.page.locator('input[type=file]').evaluate(
      (input: HTMLInputElement, given) => {
        const held = new DataTransfer();
        held.items.add(new File([new Uint8Array(given.size)], given.name, { type: 'video/mp4' }));
        input.files = held.files;
        input.dispatchEvent(new Event('change', { bubbles: true }));
      },
      { name, size },
    );
  const entry = (text: string) => bench.page.locator('ol li', { hasText: text });

  it('goes with a photo and a pin, and stands in the history at once', async () => {
    await write('Vidriera rota, sin heridos');
    const { page } = bench;
    await choose('vidriera.png', 'image/png', PNG);
    await page.getByRole('button', { name: 'Marcar lugar' }).click();
    const map = page.getByRole('group', { name: /Mapa para elegir/ });
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await map.click({ position: { x: 60, y: 60 } });
    expect(await page.getByLabel('Coordenadas').inputValue()).toMatch(/^-34\.\d+, -58\.\d+$/);
    await send();
    await entry('Vidriera rota')
      .getByRole('img', { name: /Foto de/ })
      .waitFor();
    await entry('Vidriera rota').getByRole('group', { name: 'Lugar de la novedad' }).waitFor();
    expect(await page.getByLabel('Qué pasó').count()).toBe(0);
    bench.quiet();
  });

  it('is asked for with what is usual for the kind of the task', async () => {
    await bench.enter('/tasks/101');
    const facts = bench.page.getByRole('region', { name: 'Datos' });
    for (const step of ['Asegurar el lugar', 'Guardar evidencia: foto, video, voz o documento'])
      await facts.getByText(step, { exact: true }).waitFor();
  });

  it('shows one that comes from elsewhere by the event alone', async () => {
    await bench.enter('/tasks/101');
    await entry('Perímetro asegurado').waitFor();
    bench.mock.world.report(101, { text: 'Desde la calle' });
    await entry('Desde la calle').waitFor({ timeout: PATIENCE_MS });
  });

  it('objects to an empty one and to a file that is too large before sending anything', async () => {
    await write('');
    await send();
    await bench.page.getByText('Escribe algo, elige un archivo o marca un lugar.').waitFor();
    await chooseLarge('largo.mp4', MOST + 1);
    await send();
    await bench.page.getByText(/largo\.mp4 pesa 20 MB y el máximo es 20 MB/).waitFor();
    expect(bench.keys(/reports$/)).toEqual([]);
  });

  it('keeps everything when the server finds the file too large', async () => {
    await write('Con video');
    await choose('corto.mp4', 'video/mp4', Buffer.alloc(64));
    bench.mock.fault = ({ path }) =>
      path.endsWith('/reports') ? { status: 413, body: { code: 'too_large', status: 413 } } : null;
    await send();
    await bench.page.getByText('El archivo supera los 20 MB').waitFor();
    expect(await bench.page.getByLabel('Qué pasó').inputValue()).toBe('Con video');
    await bench.page.getByText('corto.mp4').waitFor();
    bench.quiet();
  });

  it('is sent again under the same key after the connection broke, and happens once', async () => {
    await write('Una sola vez');
    await bench.page.route('**/reports', (route) => route.abort());
    await send();
    await bench.page.getByText('No se pudo llegar al servidor').waitFor();
    await bench.page.unroute('**/reports');
    bench.mock.fault = ({ path }) =>
      path.endsWith('/reports') ? { status: 503, body: { code: 'unavailable', status: 503 } } : null;
    await send();
    await bench.page.getByText(/La base de datos no está/).waitFor();
    bench.mock.fault = () => null;
    await send();
    await entry('Una sola vez').waitFor();
    expect(await entry('Una sola vez').count()).toBe(1);
    expect(new Set(bench.keys(/reports$/)).size).toBe(1);
  });

  it('can be stopped on its way and sent later', async () => {
    await write('Detenida');
    let heard = () => {};
    const arrived = new Promise<void>((done) => (heard = done));
    bench.mock.fault = ({ path }) => (path.endsWith('/reports') ? (heard(), new Promise(() => {})) : null);
    await send();
    await arrived;
    expect(await bench.page.getByRole('button', { name: 'Enviando…' }).isDisabled()).toBe(true);
    await bench.page.getByRole('button', { name: 'Detener envío' }).click();
    bench.mock.fault = () => null;
    await send();
    await entry('Detenida').waitFor();
    expect(new Set(bench.keys(/reports$/)).size).toBe(1);
  });

  it('waits through a lost session with its words and its file', async () => {
    await write('Sigue aquí');
    await choose('vidriera.png', 'image/png', PNG);
    bench.mock.endSessions();
    const { page } = bench;
    await page.getByText('La sesión terminó').waitFor();
    await page.fill('input[name=username]', 'jefa');
    await page.fill('input[name=password]', 'una clave de prueba');
    await page.keyboard.press('Enter');
    await page.getByText('vidriera.png').waitFor();
    await send();
    await entry('Sigue aquí').getByRole('img').first().waitFor();
  });

  it('opens by its key and keeps the words through a reload', async () => {
    await bench.enter('/tasks/101');
    await bench.page.getByRole('heading', { name: 'Historia' }).waitFor();
    await bench.page.keyboard.press('r');
    await bench.page.keyboard.type('Escrita a mano');
    await bench.page.reload();
    expect(await bench.page.getByLabel('Qué pasó').inputValue()).toBe('Escrita a mano');
    await bench.page.getByLabel('Qué pasó').press('Control+Enter');
    await entry('Escrita a mano').waitFor();
    bench.quiet();
  });
});
