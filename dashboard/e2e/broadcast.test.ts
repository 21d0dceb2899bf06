// Messages to many: sending one, its live roll-call, drafts that wait for a second person, and Telegram being away.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Bench, PATIENCE_MS } from './bench.ts';
import { missing } from './browser.ts';

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

describe.skipIf(missing !== null)('broadcasts', () => {
  const bench = new Bench();
  const world = () => bench.mock.world.broadcasts;
  const press = (name: string | RegExp) => bench.page.getByRole('button', { name }).click();
  const pick = (name: string) => bench.page.locator('form').getByText(name, { exact: true }).click();
  const dialog = () => bench.page.getByRole('dialog');
  const roll = () => bench.page.getByRole('region', { name: 'Quién respondió' });
  const sent = () => bench.mock.writes.filter(({ path }) => path === '/broadcasts').length;
  const everybody = { audience: { kind: 'all' as const } };
  const fits = () => bench.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

  it('are previewed before the button that sends exists, and open their roll-call', async () => {
    await bench.enter('/broadcasts');
    await bench.page.getByText('Ninguna difusión en curso').waitFor();
    await bench.page.getByRole('link', { name: 'Nueva difusión' }).click();
    await press('Ver a quiénes llega');
    await bench.page.getByText('Escribe el texto o elige un protocolo.').waitFor();
    await bench.page.getByText('Elige a quiénes va.').waitFor();
    await bench.page.getByLabel('Texto', { exact: true }).fill('Corte en la avenida');
    await pick('Es un simulacro');
    await pick('Una unidad');
    await bench.page.getByLabel('Unidad', { exact: true }).selectOption({ index: 3 });
    await press('Ver a quiénes llega');
    await bench.page.getByText('Llega a 0 personas.').waitFor();
    expect(await bench.page.getByRole('button', { name: 'Enviar a 0' }).isDisabled()).toBe(true);
    expect(sent()).toBe(0);
    await bench.page.getByText('A quiénes no llega', { exact: true }).click();
    await bench.page
      .getByText(/sin Telegram/)
      .first()
      .waitFor();
    await pick('Supervisores');
    await bench.page.getByRole('button', { name: /^Enviar a/ }).waitFor({ state: 'detached' });
    await press('Ver a quiénes llega');
    await press('Enviar a 1');
    await bench.page.getByRole('heading', { name: 'Corte en la avenida' }).waitFor();
    await bench.page.getByText('SIMULACRO').waitFor();
    await roll().getByText('Raúl Ibarra').waitFor();
    expect(sent()).toBe(1);
    expect(bench.keys(/^\/broadcasts$/)[0]).toBeDefined();
    bench.quiet();
  });

  it('want the typed word for Código Rojo, with or without its accent', async () => {
    await bench.enter('/broadcasts/new');
    await pick('Código Rojo');
    await bench.page.getByLabel(/Qué agregar/).fill('Plaza Mitre');
    await bench.page.getByText('CÓDIGO ROJO. Todos a sus puestos y confirmen. Plaza Mitre').waitFor();
    await pick('Todos');
    await press('Ver a quiénes llega');
    const word = bench.page.getByLabel('Para enviarla escribe CODIGO ROJO');
    await word.waitFor();
    expect(await word.evaluate((field) => field === document.activeElement)).toBe(true);
    await press(/^Enviar a \d+/);
    await bench.page.getByText('Escribe exactamente CODIGO ROJO.').waitFor();
    expect(sent()).toBe(0);
    await word.fill('código rojo');
    await bench.page.keyboard.press('Enter');
    await roll().waitFor();
    expect(world().one(1).protocol).toBe('codigo_rojo');
    bench.quiet();
  });

  it('go to whoever is near a place, on a phone too, and say when it is unknown whether they left', async () => {
    await bench.enter('/broadcasts/new', PHONE);
    await bench.page.getByLabel('Texto', { exact: true }).fill('Busquen una moto roja');
    await pick('Cerca de un lugar');
    await press('Ver a quiénes llega');
    await bench.page.getByText('Escribe latitud y longitud así').waitFor();
    await bench.page.getByLabel('Coordenadas').fill('-34.6037, -58.3816');
    await bench.page.getByLabel('Metros alrededor').fill('500');
    await pick('Enviar también el lugar');
    await press('Ver a quiénes llega');
    bench.mock.fault = ({ method, path }) =>
      method === 'POST' && path === '/broadcasts' ? { status: 500, body: { code: 'server' } } : null;
    await press(/^Enviar a \d+/);
    await bench.page.getByText('No se sabe si salió. Repite: no se duplica.').waitFor();
    expect(await fits()).toBe(true);
    bench.mock.fault = () => null;
    await press(/^Enviar a \d+/);
    await roll().waitFor();
    const keys = bench.keys(/^\/broadcasts$/);
    expect(keys.at(-1)).toBe(keys[0]);
    expect(world().one(1).place).toEqual({ lat: -34.6037, lon: -58.3816 });
    await bench.page.getByText('A 500 m de -34.6037, -58.3816').waitFor();
    expect(await fits()).toBe(true);
  });

  it('go to whoever is within an area, drawn by taps or written corner by corner, with a place of its own', async () => {
    await bench.enter('/broadcasts/new');
    const { page } = bench;
    await page.getByLabel('Texto', { exact: true }).fill('Desvío por el acto');
    await pick('Dentro de un área');
    const map = page.getByRole('group', { name: /Mapa para dibujar el área/ });
    const corners = page.getByLabel('Esquinas del área');
    await map.click({ position: { x: 25, y: 60 } });
    await map.click({ position: { x: 25, y: 150 } });
    await page.getByText('Dentro de un área de 2 puntos').waitFor();
    await press('Ver a quiénes llega');
    await page.getByText('Marca entre 3 y 200 esquinas.').waitFor();
    await map.click({ position: { x: 150, y: 20 } });
    await map.locator('polygon').waitFor();
    expect((await corners.inputValue()).split('\n')).toHaveLength(3);
    await press('Quitar la última');
    expect((await corners.inputValue()).split('\n')).toHaveLength(2);
    await corners.fill('-34.60, -58.38\nesquina\n-34.61, -58.37');
    await press('Ver a quiénes llega');
    await page.getByText('Escribe cada esquina en su renglón así').waitFor();
    await corners.fill('-34.60, -58.38\n-34.60, -58.37');
    await map.focus();
    await page.keyboard.press('Enter');
    await page.getByText('Dentro de un área de 3 puntos').waitFor();
    await pick('Enviar también el lugar');
    await page.getByLabel('Coordenadas').fill('-34.605, -58.375');
    await press('Ver a quiénes llega');
    await press(/^Enviar a \d+/);
    await roll().waitFor();
    const made = world().one(1);
    expect(made.place).toEqual({ lat: -34.605, lon: -58.375 });
    expect(made.audience.kind === 'area' && made.audience.points.slice(0, 2)).toEqual([
      { lat: -34.6, lon: -58.38 },
      { lat: -34.6, lon: -58.37 },
    ]);
    const drawn = page.getByRole('group', { name: 'Mapa de la difusión' });
    await drawn.locator('polygon').waitFor();
    await drawn.getByText('Lugar', { exact: true }).waitFor();
    await page.getByText('Lugar: -34.60500, -58.37500').waitFor();
    bench.quiet();
  });

  it('show the silent first and follow every answer, with one tap to call', async () => {
    world().send({ ...everybody, text: 'Reportarse' });
    await bench.enter('/broadcasts/1');
    const states = () =>
      roll()
        .locator('[data-recipient]')
        .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-recipient')));
    await roll().getByText('Marta Gómez').waitFor();
    expect((await states())[0]).toBe('sent');
    expect((await states()).at(-1)).toBe('unreachable');
    const call = roll().getByRole('link', { name: 'Llamar a Marta Gómez' });
    expect(await call.getAttribute('href')).toBe('tel:+5491155550100');
    const write = roll().getByRole('link', { name: 'Escribir a Marta Gómez por Telegram' });
    expect(await write.getAttribute('href')).toBe('https://t.me/efectivo_1');
    world().says(1, 3, 'acknowledged');
    await roll().getByRole('link', { name: '1 Recibido' }).waitFor({ timeout: PATIENCE_MS });
    await expect.poll(async () => (await states()).at(-1)).toBe('acknowledged');
    world().says(1, 2, 'sent', true);
    await roll().getByText('De ellos, escalados a quienes mandan: 1').waitFor({ timeout: PATIENCE_MS });
    const sign = roll().getByText(/^escalado/);
    await sign.waitFor();
    world().says(1, 2, 'needs_help', true);
    await bench.page.getByRole('link', { name: '1 persona pide ayuda' }).click({ timeout: PATIENCE_MS });
    await expect.poll(states).toEqual(['needs_help']);
    await expect.poll(() => sign.count()).toBe(0);
    bench.quiet();
  });

  it('say of whoever is asked again when he was, and not that he never answered', async () => {
    world().send({ ...everybody, text: 'Reportarse', ack_mode: 'first' });
    await bench.enter('/broadcasts/1');
    const row = roll().locator('[data-recipient]', { hasText: 'Marta Gómez' });
    await row.getByText('Sin respuesta').waitFor();
    await roll()
      .getByText(/^Si los que bastan no se ponen en camino/)
      .waitFor();
    world().says(1, 3, 'acknowledged');
    await row.getByText('Recibido').waitFor({ timeout: PATIENCE_MS });
    world().says(1, 3, 'sent');
    await row.getByText('Se le volvió a preguntar').waitFor({ timeout: PATIENCE_MS });
    await row.getByText(/^había respondido/).waitFor();
    expect(await row.getByText('Sin respuesta').count()).toBe(0);
    expect(await row.getByText(/^se volvió a preguntar/).count()).toBe(1);
    await roll()
      .getByText(/se volvió a preguntar.*no había bastantes en camino/)
      .waitFor();
    bench.quiet();
  });

  it('do not announce that somebody is asked again while enough are on the way', async () => {
    world().send({ ...everybody, text: 'Reportarse', ack_mode: 'first' });
    world().says(1, 3, 'acknowledged');
    await bench.enter('/broadcasts/1');
    const expires = roll().getByText(/^Si los que bastan no se ponen en camino/);
    await expires.waitFor();
    world().says(1, 3, 'on_the_way');
    await expires.waitFor({ state: 'detached', timeout: PATIENCE_MS });
    bench.quiet();
  });

  it('follow a stream of answers without waiting for its end, and keep within their budget', async () => {
    world().send(everybody);
    await bench.enter('/broadcasts');
    await bench.page.getByText(/0 de \d+ respondieron/).waitFor();
    const streaming = setInterval(() => world().says(1, 3, 'acknowledged'), 100);
    await bench.page.getByText(/1 de \d+ respondieron/).waitFor({ timeout: PATIENCE_MS });
    clearInterval(streaming);
    expect(
      bench.mock.requests.filter((one) => one.includes('/broadcasts?status=active')).length,
    ).toBeLessThan(6);
  });

  it('read more people than one page by their state, the silent first', async () => {
    world().send(everybody);
    const many = Array.from({ length: 450 }, (_, i) => ({
      user_id: 1000 + i,
      name: `Persona ${i}`,
      state: i < 40 ? ('sent' as const) : ('acknowledged' as const),
      at: '2026-11-22T15:00:00Z',
      sent_at: '2026-11-22T15:00:00Z',
    }));
    world().people.set(1, many);
    const counts = { ...world().one(1).counts, sent: 40, acknowledged: 410, unreachable: 0, queued: 0 };
    world().all.set(1, { ...world().one(1), counts });
    await bench.enter('/broadcasts/1');
    const rows = roll().locator('[data-recipient]');
    await expect.poll(() => rows.count()).toBe(200);
    expect(await roll().locator('[data-recipient=sent]').count()).toBe(40);
    expect(await rows.first().getAttribute('data-recipient')).toBe('sent');
    await press('Cargar más');
    await expect.poll(() => rows.count()).toBe(400);
    await press('Cargar más');
    await expect.poll(() => rows.count()).toBe(450);
    expect(await bench.page.getByRole('button', { name: 'Cargar más' }).count()).toBe(0);
  });

  it('are saved as a file that no spreadsheet takes for a formula', async () => {
    world().send(everybody);
    world().people.set(1, [
      ...(world().people.get(1) ?? []),
      { user_id: 99, name: '=HYPERLINK("x")', state: 'sent', at: '2026-11-22T15:00:00Z' },
    ]);
    await bench.enter('/broadcasts/1');
    const [file] = await Promise.all([bench.page.waitForEvent('download'), press('Bajar CSV')]);
    const text = readFileSync(await file.path(), 'utf8');
    expect(file.suggestedFilename()).toBe('gad-1.csv');
    expect(text).toContain('"Nombre","Estado"');
    expect(text).toContain('"Marta Gómez","Sin respuesta"');
    expect(text).toContain(`"'=HYPERLINK(""x"")"`);
    bench.quiet();
  });

  it('end with a last word or are called off, and are found among the ended ones', async () => {
    world().send({ ...everybody, text: 'Primera' });
    world().send({ ...everybody, text: 'Segunda', drill: true });
    await bench.enter('/broadcasts/1');
    await press('Cerrar difusión');
    await dialog().getByRole('textbox').fill('Gracias a todos');
    await dialog().getByRole('button', { name: 'Cerrarla' }).click();
    await bench.page.getByText('«Gracias a todos»').waitFor();
    await bench.page.getByText('Cerrada', { exact: true }).waitFor();
    expect(await bench.page.getByRole('button', { name: 'Cerrar difusión' }).count()).toBe(0);
    await bench.page.getByRole('link', { name: 'Todas las difusiones' }).click();
    await bench.page.getByRole('link', { name: /SIMULACRO.*Segunda/s }).click();
    await press('Cancelar difusión');
    await dialog().getByRole('button', { name: 'Volver' }).click();
    expect(world().one(2).status).toBe('active');
    await press('Cancelar difusión');
    await dialog().getByRole('button', { name: 'Cancelarla' }).click();
    await bench.page.getByText('Cancelada', { exact: true }).waitFor();
    await bench.page.getByRole('link', { name: 'Todas las difusiones' }).click();
    await bench.page.getByRole('link', { name: 'Terminadas' }).click();
    await bench.page.getByText('Primera').waitFor();
    await bench.page.getByText('Segunda').waitFor();
    bench.quiet();
  });

  it('from another system wait as drafts and leave when confirmed, to other people if so chosen', async () => {
    await bench.enter('/broadcasts');
    world().draft({ source: 'defensa,CAP-7,2026-11-22T15:00:00Z' });
    const drafts = bench.page.getByRole('region', { name: 'Esperan a otra persona' });
    await drafts.getByText('Crecida del río').click({ timeout: PATIENCE_MS });
    await bench.page.getByText('Alerta de origen: defensa,CAP-7,2026-11-22T15:00:00Z').waitFor();
    await bench.page.getByText('Elegir otros destinatarios').click();
    await press('Confirmar y enviar');
    await bench.page.getByText('Elige a quiénes va.').waitFor();
    await pick('Supervisores');
    await bench.page.getByLabel('Texto', { exact: true }).fill('Crecida: a sus puestos');
    await press('Confirmar y enviar');
    await dialog().getByText('«Crecida: a sus puestos»').waitFor();
    await dialog().getByText('Llega a 1 persona.').waitFor();
    expect(world().one(1).status).toBe('draft');
    await dialog().getByRole('button', { name: 'Enviar a 1' }).click();
    await roll().getByText('Raúl Ibarra').waitFor();
    expect(world().one(1)).toMatchObject({
      text: 'Crecida: a sus puestos',
      audience: { kind: 'supervisors' },
    });
    bench.quiet();
  });

  it('to everybody wait for a second person, never for whoever put them in', async () => {
    world().secondApprover = true;
    await bench.enter('/broadcasts/new');
    await bench.page.getByLabel('Texto', { exact: true }).fill('Formación mañana');
    await pick('Todos');
    await press('Ver a quiénes llega');
    await press(/^Enviar a \d+/);
    await bench.page.getByText('Guardada: sale cuando otra persona la confirme').waitFor();
    await bench.page.getByText('La pusiste tú: tiene que confirmarla otra persona.').waitFor();
    expect(await bench.page.getByRole('button', { name: 'Confirmar y enviar' }).count()).toBe(0);
    await press('Descartar');
    await dialog().getByRole('button', { name: 'Descartarla' }).click();
    await bench.page.getByText('Cancelada', { exact: true }).waitFor();
    expect(world().one(1).status).toBe('cancelled');
    bench.quiet();
  });

  it('say why the server does not let them be confirmed', async () => {
    world().draft({ source: 'defensa,CAP-8' });
    await bench.enter('/broadcasts/1');
    bench.mock.fault = ({ path }) =>
      path.endsWith('/confirm') ? { status: 409, body: { code: 'needs_another', title: 'Another' } } : null;
    await press('Confirmar y enviar');
    await dialog()
      .getByRole('button', { name: /^Enviar a/ })
      .click();
    await dialog().getByText('La pusiste tú: tiene que confirmarla otra persona.').waitFor();
    expect(world().one(1).status).toBe('draft');
  });

  it('show an error with a way to try again, and what is not there', async () => {
    bench.mock.fault = ({ path }) => (path === '/broadcasts' ? { status: 403, body: { code: 'no' } } : null);
    await bench.enter('/broadcasts');
    await bench.page.getByRole('alert').getByRole('button', { name: 'Reintentar' }).waitFor();
    bench.mock.fault = () => null;
    await press('Reintentar');
    await bench.page.getByText('Ninguna difusión en curso').waitFor();
    await bench.page.goto(`${bench.url}/broadcasts/77`);
    await bench.page.getByText('No hay tal difusión').waitFor();
    await bench.page.getByRole('link', { name: 'Todas las difusiones' }).first().click();
    await bench.page.keyboard.press('g');
    await bench.page.keyboard.press('b');
    await bench.page.getByRole('heading', { name: 'Tablero de tareas' }).waitFor();
    await bench.page.keyboard.press('g');
    await bench.page.keyboard.press('d');
    await bench.page.getByRole('heading', { name: 'Difusiones' }).waitFor();
  });
});

describe.skipIf(missing !== null)('when Telegram is away', () => {
  const bench = new Bench();
  const SAID = 'Problemas con Telegram: puede que los avisos no lleguen.';
  /** The server knows after six seconds at most; together that is less than ten. */
  const WITHIN_MS = 4_000;

  it('the board says so within ten seconds, lists whom to call, and takes it back', async () => {
    bench.mock.world.emergencies.raise({ text: 'Disparos en la plaza' });
    bench.mock.world.broadcasts.send({ audience: { kind: 'all' }, text: 'Reportarse' });
    bench.mock.world.broadcasts.says(1, 3, 'acknowledged');
    await bench.enter('/agents');
    await bench.page.locator('nav').first().waitFor();
    expect(await bench.page.getByText(SAID).count()).toBe(0);
    bench.mock.checks.telegram = 'degraded';
    await bench.page.getByRole('status').getByText(SAID).waitFor({ timeout: WITHIN_MS });
    const calls = bench.page.getByRole('region', { name: 'A quién llamar' });
    const first = calls.getByRole('link', { name: 'Llamar a Raúl Ibarra' }).first();
    expect(await first.getAttribute('href')).toBe('tel:+541145550900');
    await calls.getByText('EMG-2026-0001').waitFor();
    await calls.getByText('Reportarse').waitFor();
    await calls.getByText('Pablo Medina').waitFor();
    expect(await calls.getByText('Marta Gómez').count()).toBe(0);
    bench.mock.checks.telegram = 'ok';
    await bench.page.getByText(SAID).waitFor({ state: 'detached', timeout: WITHIN_MS });
    expect(await calls.count()).toBe(0);
    bench.quiet();
  });

  it('leaves room for the sign of an emergency beside every place, at any width', async () => {
    bench.mock.world.emergencies.raise();
    await bench.enter('/broadcasts');
    await bench.page.getByRole('link', { name: '1 emergencia abierta' }).waitFor();
    for (const width of [320, 360, 390, 600, 760, 820, 900, 1000, 1080, 1100, 1280]) {
      await bench.page.setViewportSize({ width, height: 800 });
      const wide = await bench.page.evaluate(() => document.documentElement.scrollWidth);
      expect([width, wide]).toEqual([width, width]);
    }
  });

  it('says that messages wait, also with nothing running, on a phone', async () => {
    bench.mock.checks.outbox = 'degraded';
    await bench.enter('/', PHONE);
    await bench.page.getByText('Los avisos no salen: hay mensajes que esperan hace minutos.').waitFor();
    expect(await bench.page.getByRole('region', { name: 'A quién llamar' }).count()).toBe(0);
    expect(await bench.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  });
});
