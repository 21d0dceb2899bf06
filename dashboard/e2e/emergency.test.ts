// Calling for help from the board, and the roll-call of those who were asked.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Bench, PATIENCE_MS } from './bench.ts';
import { missing } from './browser.ts';

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

describe.skipIf(missing !== null)('an emergency on the board', () => {
  const bench = new Bench();
  const press = (name: string | RegExp) => bench.page.getByRole('button', { name }).click();
  const dialog = () => bench.page.getByRole('dialog');
  const roll = () => bench.page.getByRole('region', { name: 'A quién se le pidió' });
  const raised = () => bench.mock.writes.filter(({ path }) => path === '/emergencies').length;

  it('leaves in two steps, says that no place was marked, and claims nothing before the answer', async () => {
    await bench.enter('/agents');
    let answer = () => {};
    bench.mock.fault = ({ method, path }) =>
      method === 'POST' && path === '/emergencies'
        ? new Promise((done) => (answer = () => done(null)))
        : null;
    await press('SOS, pedir ayuda');
    await dialog().getByText('Sin lugar marcado: sale sin lugar').waitFor();
    expect(raised()).toBe(0);
    await dialog().getByRole('button', { name: 'Pedir ayuda sin lugar' }).click();
    await dialog().getByText('Pidiendo ayuda…').waitFor();
    expect(await dialog().getByText('creada').count()).toBe(0);
    await expect.poll(raised).toBe(1);
    answer();
    await dialog().getByText('EMG-2026-0001 creada').waitFor();
    await dialog().getByText('Se les pide ayuda a 3 personas.').waitFor();
    await dialog().getByText('Buscando ayuda').waitFor();
    await dialog().getByRole('button', { name: 'Ver quién viene' }).click();
    await bench.page.getByText('Sin lugar: quien pidió ayuda no lo compartió').waitFor();
    expect(raised()).toBe(1);
    bench.quiet();
  });

  it('is sent with the place picked on the map, on a phone too', async () => {
    await bench.enter('/', PHONE);
    const { page } = bench;
    await page.keyboard.press('s');
    await dialog()
      .getByRole('group', { name: /Mapa para elegir/ })
      .click({ position: { x: 60, y: 60 } });
    await dialog()
      .getByText(/Lugar marcado: -34\.\d+, -58\.\d+/)
      .waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await dialog().getByRole('button', { name: 'Pedir ayuda ahora' }).click();
    await dialog().getByText('EMG-2026-0001 creada').waitFor();
    expect(bench.mock.world.emergencies.one(1).place_source).toBe('shared');
    bench.quiet();
  });

  it('can be taken back while the seconds run, which everybody sees', async () => {
    await bench.enter();
    await press('SOS, pedir ayuda');
    await dialog().getByRole('button', { name: 'Pedir ayuda sin lugar' }).click();
    await dialog()
      .getByRole('button', { name: /Retirar \(\d+ s\)/ })
      .click();
    await dialog().getByText('EMG-2026-0001 retirada').waitFor();
    await dialog().getByText('Cancelada').waitFor();
    expect(bench.mock.world.emergencies.one(1).end_reason).toBe('Retirada por quien la pidió');
    await bench.page.keyboard.press('Escape');
    await bench.page.getByRole('region', { name: 'Emergencias abiertas' }).waitFor({ state: 'detached' });
  });

  it('says that it did not leave when it was refused, and that it is unknown when nothing answered', async () => {
    await bench.enter();
    bench.mock.fault = ({ path }) =>
      path === '/emergencies' ? { status: 403, body: { code: 'forbidden' } } : null;
    await press('SOS, pedir ayuda');
    await dialog().getByRole('button', { name: 'Pedir ayuda sin lugar' }).click();
    await dialog().getByText('La alerta NO salió.').waitFor();
    bench.mock.fault = ({ path }) =>
      path === '/emergencies' ? { status: 500, body: { code: 'server' } } : null;
    await dialog().getByRole('button', { name: 'Pedir ayuda sin lugar' }).click();
    await dialog().getByText('No se sabe si la alerta salió. Repite: no se duplica.').waitFor();
    bench.mock.fault = () => null;
    await dialog().getByRole('button', { name: 'Pedir ayuda sin lugar' }).click();
    await dialog().getByText('EMG-2026-0001 creada').waitFor();
    const keys = bench.keys(/^\/emergencies$/);
    expect(keys[2]).toBe(keys[1]);
  });

  it('stands on top of the board by itself, with who comes and in how many minutes', async () => {
    await bench.enter();
    await bench.page.locator('[data-row]').first().waitFor();
    bench.mock.world.emergencies.raise({ text: 'Disparos en la plaza' });
    const strip = bench.page.getByRole('region', { name: 'Emergencias abiertas' });
    await strip.getByText('Disparos en la plaza').waitFor({ timeout: PATIENCE_MS });
    await strip.getByText('nadie viene todavía').waitFor();
    await bench.page.getByRole('link', { name: '1 emergencia abierta' }).waitFor();
    const [row] = await bench.page.locator('[data-row]').all();
    expect(await row?.textContent()).toContain('EMG-2026-0001');
    const planned = bench.page.getByRole('region', { name: /Programadas/ });
    await planned.locator('[data-row]').first().waitFor();
    expect(await planned.textContent()).not.toContain('EMG-2026-0001');
    bench.mock.world.emergencies.says(1, 1, 'taken');
    await strip.getByText('1 de 1 en camino').waitFor({ timeout: PATIENCE_MS });
    await strip.getByText('Marta Gómez').waitFor();
    await strip.getByRole('link').click();
    await bench.page
      .getByRole('region', { name: 'Quiénes acuden' })
      .getByText(/unos 2 min.*llegaría/)
      .waitFor();
    bench.mock.world.emergencies.arrives(1, 1);
    const there = bench.page.locator('[data-step="there"]');
    await there.getByText('en el lugar desde las').waitFor({ timeout: 1500 });
    expect(await there.textContent()).not.toContain('llegaría');
    await bench.page
      .getByRole('region', { name: 'Quiénes acuden' })
      .getByText('1 de 1 en el lugar')
      .waitFor();
    await roll().getByRole('link', { name: '1 En el lugar' }).waitFor();
    const marta = roll().locator('[data-offer]', { hasText: 'Marta Gómez' });
    await marta.getByText('En el lugar', { exact: true }).waitFor();
    bench.quiet();
  });

  it('counts nobody as coming who only said that he got the order', async () => {
    const { emergencies } = bench.mock.world;
    emergencies.raise();
    emergencies.widen(1);
    emergencies.hears(1, 1);
    await bench.enter();
    const strip = bench.page.getByRole('region', { name: 'Emergencias abiertas' });
    await strip.getByText('nadie viene todavía').waitFor();
    expect(await strip.textContent()).not.toContain('en camino');
    await strip.getByRole('link').click();
    const takers = bench.page.getByRole('region', { name: 'Quiénes acuden' });
    await takers.getByText('0 de 1 en camino').waitFor();
    await takers.getByText('Nadie va desde las').waitFor();
    await takers.getByText('Respondió «Recibido», sin decir todavía que va').waitFor();
    await takers.getByText('Hacen falta 1 más.').waitFor();
    await roll().getByRole('link', { name: '1 Recibido, sin decir que va' }).waitFor();
    await roll().getByRole('link', { name: '0 Va', exact: true }).waitFor();
    const alarm = bench.page.locator('.note', { hasText: 'Escalada a quienes mandan: nadie venía' });
    expect(await alarm.getAttribute('class')).toContain('bad');
    emergencies.says(1, 1, 'taken');
    await takers.getByText('1 de 1 en camino').waitFor({ timeout: PATIENCE_MS });
    expect(await alarm.getAttribute('class')).not.toContain('bad');
    await takers.getByText('Con quienes vienen alcanza.').waitFor();
    expect(await takers.textContent()).not.toContain('Nadie va');
    emergencies.arrives(1, 1);
    await takers.getByText('1 de 1 en el lugar').waitFor({ timeout: PATIENCE_MS });
    expect(await alarm.getAttribute('class')).toContain('muted');
    emergencies.blocks(1, 1);
    await takers.getByText('Telegram ya no le llega: hay que llamar').waitFor({ timeout: PATIENCE_MS });
    await takers.getByText('Hacen falta 1 más.').waitFor();
    bench.quiet();
  });

  it('shows the silent first, why this one and not the other, and follows every answer', async () => {
    await bench.enter();
    bench.mock.world.emergencies.raise({ drill: true });
    const told = bench.page.getByRole('log').getByText('SIMULACRO · Emergencia EMG-2026-0001');
    expect(await told.textContent()).toContain('la pidió Elena Duarte · Sin lugar');
    await bench.page.getByRole('button', { name: 'Abrir' }).click();
    const names = () => roll().locator('[data-offer] .name').allTextContents();
    await roll().getByText('Marta Gómez').waitFor();
    expect((await names()).map((name) => name.split(' Anillo')[0])).toEqual(
      ['Pablo Medina', 'Ana Sosa', 'Marta Gómez'].map((name) => expect.stringContaining(name)),
    );
    await roll()
      .getByText(/Por qué: a 420 m en línea recta · posición de hace 1 min · sin tareas/)
      .waitFor();
    await bench.page
      .getByRole('region', { name: 'Por qué no otros' })
      .getByText(/^en otra tarea · a 900 m/)
      .first()
      .waitFor();
    bench.mock.world.emergencies.says(1, 3, 'declined');
    await roll().locator('[data-offer=declined]', { hasText: 'Ana Sosa' }).waitFor({ timeout: PATIENCE_MS });
    expect((await names()).at(-1)).toContain('Ana Sosa');
    await roll().getByRole('link', { name: '1 No puede' }).click();
    await expect.poll(names).toHaveLength(1);
    await roll()
      .getByRole('link', { name: /3 Pedidos/ })
      .click();
    bench.mock.world.emergencies.asksAgain(1, 1);
    await roll().getByText('Se le pidió 2 veces, la primera').waitFor({ timeout: PATIENCE_MS });
    bench.mock.world.emergencies.widen(1);
    await roll().getByText('Anillo 2').waitFor({ timeout: PATIENCE_MS });
    await roll().getByText('el mensaje todavía no salió').waitFor();
    await bench.page.getByText('Escalada a quienes mandan: nadie venía').waitFor();
    bench.quiet();
  });

  it('is told to whom it becomes a business of only when his people are asked', async () => {
    await bench.enter();
    await bench.page.locator('[data-row]').first().waitFor();
    bench.mock.world.emergencies.raise({}, false);
    bench.mock.world.emergencies.goesOn(1, 1);
    await bench.page.getByRole('log').getByText('Emergencia EMG-2026-0001').waitFor({ timeout: PATIENCE_MS });
    await bench.page.getByRole('region', { name: 'Emergencias abiertas' }).waitFor();
    bench.quiet();
  });

  it('has what the caller said since, each with its time, and his photo', async () => {
    const { emergencies } = bench.mock.world;
    emergencies.raise({ text: 'Disparos en la plaza' });
    emergencies.tells(1, 'Puesto sin permiso', new File(['x'], 'foto.jpg', { type: 'image/jpeg' }));
    await bench.enter('/emergencies/1');
    const said = bench.page.getByRole('list', { name: 'Lo que dijo después' });
    await said.getByText('«Puesto sin permiso»').waitFor();
    await said.getByRole('link', { name: 'Foto de Elena Duarte' }).waitFor();
    await bench.page.getByText('«Disparos en la plaza»').waitFor();
    emergencies.tells(1, 'Todo en orden');
    await said.getByText('«Todo en orden»').waitFor({ timeout: PATIENCE_MS });
    expect(await said.getByRole('listitem').first().textContent()).toContain('Todo en orden');
    for (const n of [1, 2, 3, 4, 5]) emergencies.tells(1, `Mensaje ${n}`);
    await said.getByText('«Mensaje 5»').waitFor({ timeout: PATIENCE_MS });
    expect(await said.getByRole('listitem').count()).toBe(5);
    expect(await said.evaluate((list) => list.scrollHeight <= list.clientHeight)).toBe(true);
    await bench.page.getByText('Lo que dijo antes: 2').click();
    await bench.page.getByText('«Puesto sin permiso»').waitFor();
    bench.quiet();
  });

  it('keeps whoever is under a resting pointer there when a box appears above', async () => {
    bench.mock.world.emergencies.raise();
    await bench.enter('/emergencies/1', { viewport: { width: 1280, height: 500 } });
    await roll().getByRole('link', { name: 'Llamar a Marta Gómez' }).waitFor();
    const row = roll().locator('[data-offer]', { hasText: 'Ana Sosa' });
    await row.hover();
    const before = (await row.boundingBox())?.y;
    bench.mock.world.emergencies.widen(1);
    await bench.page.getByText('Escalada a quienes mandan: nadie venía').waitFor({ timeout: PATIENCE_MS });
    // A page is scrolled by whole pixels.
    const pushed = async () => Math.abs(((await row.boundingBox())?.y ?? 0) - (before ?? 0));
    await expect.poll(pushed).toBeLessThan(1);
    bench.quiet();
  });

  it('counts down to the next ring, and to the alert that leaves without a place', async () => {
    bench.mock.world.emergencies.raise();
    await bench.enter('/emergencies/1');
    const timer = bench.page.getByRole('timer');
    await timer.filter({ hasText: /se amplía en 0:(2\d|30)/ }).waitFor();
    const seconds = async () => Number(/0:(\d\d)/.exec((await timer.textContent()) ?? '')?.[1]);
    const first = await seconds();
    await expect.poll(seconds).toBeLessThan(first);
    bench.mock.world.emergencies.goesOn(1, 21);
    await timer.filter({ hasText: 'se vuelve a buscar en' }).waitFor({ timeout: PATIENCE_MS });
    expect(await bench.page.locator('main').textContent()).not.toContain('Anillo 2');
    bench.mock.world.emergencies.goesOn(1, 0);
    bench.mock.world.emergencies.nextAt(1, { next_ring_at: new Date().toISOString() });
    await timer.filter({ hasText: 'se amplía ahora' }).waitFor({ timeout: PATIENCE_MS });
    bench.mock.world.emergencies.nextAt(1, { next_ring_at: '2026-01-01T00:00:00Z' });
    await timer.waitFor({ state: 'detached', timeout: PATIENCE_MS });
    const soon = new Date(Date.now() + 55_000).toISOString();
    bench.mock.world.emergencies.nextAt(1, { next_ring_at: null, waits_until: soon });
    await timer.filter({ hasText: /sale sin lugar en 0:[345]\d/ }).waitFor({ timeout: PATIENCE_MS });
    bench.mock.world.emergencies.end(1, 'resolved', 'Todos a salvo');
    await timer.waitFor({ state: 'detached' });
    bench.quiet();
  });

  it('calls and writes with one tap, those in command first', async () => {
    bench.mock.world.emergencies.raise();
    await bench.enter('/emergencies/1');
    const call = roll().getByRole('link', { name: 'Llamar a Marta Gómez' });
    expect(await call.getAttribute('href')).toBe('tel:+5491155550100');
    const write = roll().getByRole('link', { name: 'Escribir a Marta Gómez por Telegram' });
    expect(await write.getAttribute('href')).toBe('https://t.me/efectivo_1');
    const phones = bench.page.getByRole('region', { name: 'Teléfonos para llamar' });
    await phones.getByRole('link', { name: 'Llamar a Raúl Ibarra' }).waitFor();
    expect(await phones.getByRole('listitem').first().textContent()).toContain('Raúl Ibarra');
  });

  it('has its roll-call as a file, with why each was asked', async () => {
    bench.mock.world.emergencies.raise();
    bench.mock.world.emergencies.says(1, 3, 'declined');
    await bench.enter('/emergencies/1');
    const save = roll().getByRole('button', { name: 'Bajar CSV' });
    const [file] = await Promise.all([bench.page.waitForEvent('download'), save.click()]);
    const text = readFileSync(await file.path(), 'utf8');
    expect(file.suggestedFilename()).toBe('EMG-2026-0001.csv');
    expect(text).toContain('"Nombre","Estado"');
    expect(text).toContain('"Marta Gómez","Sin respuesta"');
    expect(text).toContain('"Ana Sosa","No puede"');
    expect(text).toMatch(/a 420\sm en línea recta/);
    bench.quiet();
  });

  it('ends with a reason and is found among the ended ones', async () => {
    bench.mock.world.emergencies.raise({ drill: true });
    await bench.enter('/emergencies/1');
    await bench.page.getByText('SIMULACRO').waitFor();
    await press('Dar por resuelta');
    await dialog().getByRole('button', { name: 'Dar por resuelta' }).click();
    await dialog().getByText('Escribe el motivo.').waitFor();
    await dialog().getByRole('textbox', { name: 'Motivo' }).fill('Todos a salvo');
    await dialog().getByRole('button', { name: 'Dar por resuelta' }).click();
    await bench.page.getByText('EMG-2026-0001 resuelta').waitFor();
    expect(await bench.page.getByRole('button', { name: 'Dar por resuelta' }).count()).toBe(0);
    await bench.page.getByText('Cerrada por Elena Duarte').waitFor();
    await bench.page.locator('main').getByRole('link', { name: 'Ver la tarea' }).waitFor();
    await bench.page.getByRole('link', { name: 'Todas las emergencias' }).click();
    await bench.page.getByText('Ninguna emergencia abierta').waitFor();
    await bench.page.getByRole('link', { name: 'Terminadas' }).click();
    await bench.page.getByText('Todos a salvo').waitFor();
  });

  it('misses no answer that came while the connection was gone', async () => {
    bench.mock.world.emergencies.raise();
    await bench.enter('/emergencies/1');
    await roll().getByText('Marta Gómez').waitFor();
    bench.mock.refuseTickets = true;
    bench.mock.dropSockets();
    await bench.page.getByRole('status').getByText('Sin conexión, reintentando', { exact: true }).waitFor();
    bench.mock.world.emergencies.says(1, 1, 'taken');
    bench.mock.refuseTickets = false;
    await bench.page.locator('[data-taker="1"]').waitFor();
  });
});
