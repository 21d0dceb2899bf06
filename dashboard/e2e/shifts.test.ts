// The week of shifts: singly, by pattern, from a file, and what is done with one.
import { describe, expect, it } from 'vitest';
import { dayOf } from '../mock/duty.ts';
import { Bench, PATIENCE_MS } from './bench.ts';
import { missing } from './browser.ts';

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

describe.skipIf(missing !== null)('the week of shifts', () => {
  const bench = new Bench();
  const dialog = () => bench.page.getByRole('dialog');
  const press = (name: string) => dialog().getByRole('button', { name, exact: true }).click();
  const open = (name: string) => bench.page.getByRole('button', { name, exact: true }).click();
  const row = (name: string) => bench.page.getByRole('row', { name: new RegExp(`^${name}`) });
  const stored = () => bench.mock.world.duty.shifts.length;
  const file = (text: string) =>
    dialog()
      .getByLabel('Archivo CSV')
      .setInputFiles({
        name: 'turnos.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(text),
      });

  it('shows people by unit with their hours, and those without any', async () => {
    await bench.enter('/shifts');
    await row('Marta Gómez')
      .getByRole('button', { name: /turno 06:00–14:00/ })
      .waitFor();
    await row('Jorge Benítez')
      .getByRole('button', { name: /turno 22:00–06:00/ })
      .waitFor();
    await bench.page.getByRole('rowheader', { name: 'Brigada Norte' }).waitFor();
    expect(
      await row('Lucía Ramírez')
        .getByRole('button', { name: /: turno/ })
        .count(),
    ).toBe(0);
    await bench.page.getByLabel('Unidad').selectOption('Tránsito');
    await row('Marta Gómez').waitFor({ state: 'detached' });
    await row('Ana Sosa').waitFor();
    bench.quiet();
  });

  it('plans one by itself shown, with the night going into the next day, and says what stands against it', async () => {
    await bench.enter('/shifts');
    await row('Lucía Ramírez')
      .getByRole('button', { name: /^Planificar turno de/ })
      .last()
      .click();
    await dialog()
      .getByLabel('Empieza')
      .fill(`${dayOf(0)}T22:00`);
    await dialog()
      .getByLabel('Termina')
      .fill(`${dayOf(0)}T06:00`);
    await dialog().getByLabel('Empieza').press('Tab');
    expect(await dialog().getByLabel('Termina').inputValue()).toBe(`${dayOf(1)}T06:00`);
    await press('Planificar turno');
    await bench.page.getByText('Turno de Lucía Ramírez planificado').waitFor();
    await row('Lucía Ramírez')
      .getByRole('button', { name: /turno 22:00–06:00/ })
      .waitFor();
    await open('Planificar turno');
    await press('Planificar turno');
    await dialog().getByText('Elige de quién es el turno.').waitFor();
    await dialog().getByLabel('Efectivo').selectOption('Marta Gómez');
    await press('Planificar turno');
    await dialog().getByText('Ya tiene un turno en ese horario.').waitFor();
    bench.quiet();
  });

  it('marks somebody present, ends and removes shifts', async () => {
    const soon = new Date(Date.now() - 3_600_000).toISOString();
    bench.mock.world.duty.change(1, { status: 'active', starts_at: soon });
    bench.mock.world.duty.change(4, { status: 'planned' });
    bench.mock.world.duty.reports.set(1, [
      { id: 1, name: 'Marta Gómez', at: soon, kind: 'text', text: 'Reja rota', attachments: [] },
    ]);
    await bench.enter('/shifts');
    const mine = () => row('Marta Gómez').getByRole('button', { name: /06:00–14:00/ });
    await mine().click();
    await dialog().getByText('Todavía no dijo que está.').waitFor();
    await dialog().getByText('Reja rota').waitFor();
    await press('Marcar presente');
    await bench.page.getByText('Marta Gómez: presente').waitFor();
    await mine().click();
    await dialog().getByText('Presente:').waitFor();
    await press('Terminar ahora');
    await dialog().getByLabel('Nota para el turno siguiente').fill('Falta nafta');
    await press('Terminar el turno');
    await row('Marta Gómez')
      .getByRole('button', { name: /terminado/ })
      .waitFor();
    expect(bench.mock.world.duty.shift(1).note).toBe('Falta nafta');
    await row('Jorge Benítez')
      .getByRole('button', { name: /: turno/ })
      .click();
    await press('Quitar turno');
    await dialog().getByText('se borra del plan').waitFor();
    await press('Quitar el turno');
    await row('Jorge Benítez')
      .getByRole('button', { name: /: turno/ })
      .waitFor({ state: 'detached' });
  });

  it('plans a weekly pattern only after showing what it would be', async () => {
    await bench.enter('/shifts');
    await row('Marta Gómez').waitFor();
    const before = stored();
    await open('Patrón semanal');
    await press('Ver qué se planifica');
    await dialog().getByText('Elige al menos una persona.').waitFor();
    await dialog().getByRole('checkbox', { name: 'Marta Gómez' }).check();
    await dialog().getByLabel('Desde').fill(dayOf(0));
    await dialog().getByLabel('Hasta').fill(dayOf(6));
    for (const day of ['sáb', 'dom']) await dialog().getByRole('checkbox', { name: day }).check();
    await press('Ver qué se planifica');
    await dialog().getByText('Se pueden planificar 6 turnos.').waitFor();
    await dialog().getByText('1 turno no se puede:').waitFor();
    await dialog()
      .getByText(/Marta Gómez: .*ya tiene otro turno/)
      .waitFor();
    expect(stored()).toBe(before);
    await press('Planificar solo 6 turnos');
    await bench.page.getByText('6 turnos planificados').waitFor();
    expect(stored()).toBe(before + 6);
    bench.quiet();
  });

  it('imports a file after its preview, with the faults of each line', async () => {
    await bench.enter('/shifts');
    await row('Marta Gómez').waitFor();
    const before = stored();
    await open('Importar CSV');
    await file('nombre;hora\nx;y');
    await dialog().getByText('Hace falta.').waitFor();
    const lines = [
      `LP-1044;${dayOf(1)};06:00;14:00`,
      'XX-1;2026-12-01;06:00;14:00',
      'LP-1045;mal;06:00;14:00',
    ];
    await file(['badge;date;start;end', ...lines].join('\n'));
    await dialog().getByText('3 líneas leídas').waitFor();
    await dialog().getByText('Línea 3, badge: No existe.').waitFor();
    await dialog().getByText('Línea 4, date: No se entiende; revísalo.').waitFor();
    expect(stored()).toBe(before);
    await press('Planificar solo 1 turno');
    await bench.page.getByText('1 turno planificado').waitFor();
    expect(stored()).toBe(before + 1);
    bench.quiet();
  });

  it('hears of what others plan', async () => {
    await bench.enter('/shifts');
    await row('Marta Gómez').waitFor();
    bench.mock.world.duty.pattern(
      {
        agent_ids: [11],
        weekdays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
        start: '09:00',
        end: '12:00',
        from: dayOf(0),
        until: dayOf(0),
      },
      true,
    );
    await row('Lucía Ramírez')
      .getByRole('button', { name: /turno 09:00–12:00/ })
      .waitFor({ timeout: PATIENCE_MS });
  });

  it('makes the calendar link of a unit, shows it once, and takes it back', async () => {
    await bench.enter('/shifts');
    await row('Marta Gómez').waitFor();
    await open('Calendario');
    await dialog().getByLabel('Unidad').selectOption('Tránsito');
    await press('Crear enlace');
    const link = dialog().getByLabel('Enlace secreto');
    expect(await link.inputValue()).toMatch(/^http.*\/api\/v1\/shifts\.ics\?token=secret1$/);
    await dialog().getByRole('button', { name: 'Anular el enlace de Tránsito' }).click();
    await dialog().locator('[data-calendar]').waitFor({ state: 'detached' });
    expect(await link.count()).toBe(0);
    bench.quiet();
  });

  it('shows on the board who is missing from his shift, with one tap to call', async () => {
    bench.mock.world.duty.miss(1);
    await bench.enter('/');
    const missing = bench.page.getByRole('region', { name: 'Faltan en su turno' });
    const call = missing.getByRole('link', { name: 'Llamar a Marta Gómez' });
    expect(await call.getAttribute('href')).toMatch(/^tel:\+/);
    bench.quiet();
  });

  it('shows one day at a time on a phone, without scrolling sideways', async () => {
    await bench.enter('/shifts', PHONE);
    await row('Marta Gómez')
      .getByRole('button', { name: /turno 06:00–14:00/ })
      .waitFor();
    expect(await bench.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    const days = bench.page.getByRole('navigation', { name: 'Día' }).getByRole('link');
    expect(await days.count()).toBe(7);
    expect(await bench.page.getByRole('columnheader').count()).toBe(2);
  });
});
