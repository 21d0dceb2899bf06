// The force by unit, with the day of each as bars and in words.
import { describe, expect, it } from 'vitest';
import { dayOf } from '../mock/duty.ts';
import { Bench, PATIENCE_MS } from './bench.ts';
import { missing } from './browser.ts';

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const EVERY_DAY = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

describe.skipIf(missing !== null)('people and their day', () => {
  const bench = new Bench();
  const day = (name: string) => bench.page.getByRole('list', { name: `Día de ${name}` });

  it('stand by unit, with shift, leave and tasks on the line, which can be read out', async () => {
    bench.mock.world.duty.ask(2, { status: 'approved' });
    const now = Date.now();
    const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString();
    bench.mock.world.duty.away.push({
      id: 1,
      agent_id: 2,
      name: 'Luis Pereyra',
      starts_at: at(-1),
      ends_at: at(1),
      reason: 'Comida',
    });
    bench.mock.world.change(100, 'task_updated', { started_at: at(-1), planned_end: at(1) });
    await bench.enter('/agents');
    const unit = bench.page.getByRole('region', { name: 'Comisaría 1ª' });
    await unit.getByText('Marta Gómez').waitFor();
    expect(await unit.getByText('Ana Sosa').count()).toBe(0);
    await day('Marta Gómez').getByText('Turno, 06:00–14:00').waitFor();
    await day('Luis Pereyra')
      .getByText(/^Licencia, /)
      .waitFor();
    await day('Luis Pereyra')
      .getByText(/^No disponible \(Comida\), /)
      .waitFor();
    await day('Luis Pereyra')
      .getByRole('link', { name: /^PAT-2026-0031 Recorrida preventiva/ })
      .waitFor();
    await day('Lucía Ramírez').waitFor();
    bench.quiet();
  });

  it('can be read in words, kept in the address', async () => {
    await bench.enter('/agents', PHONE);
    await day('Marta Gómez').waitFor();
    await bench.page.getByRole('button', { name: 'Día en palabras' }).click();
    await day('Marta Gómez').getByText('Turno, 06:00–14:00').waitFor();
    expect(new URL(bench.page.url()).searchParams.get('view')).toBe('text');
    expect(await bench.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await bench.page.getByRole('button', { name: 'Día en barras' }).click();
    await bench.page.getByText('Línea roja: ahora.').waitFor();
  });

  it('follows what is planned and assigned, and shows another day', async () => {
    await bench.enter('/agents');
    await day('Lucía Ramírez').waitFor();
    const pattern = { agent_ids: [11], weekdays: [...EVERY_DAY], start: '09:00', end: '12:00' };
    bench.mock.world.duty.pattern({ ...pattern, from: dayOf(0), until: dayOf(0) }, true);
    await day('Lucía Ramírez').getByText('Turno, 09:00–12:00').waitFor({ timeout: PATIENCE_MS });
    await bench.page.getByLabel('Día que se muestra').fill(dayOf(9));
    await day('Lucía Ramírez').getByText('Turno, 09:00–12:00').waitFor({ state: 'detached' });
    await day('Lucía Ramírez').getByText('Nada previsto ese día').waitFor();
    expect(new URL(bench.page.url()).searchParams.get('day')).toBe(dayOf(9));
    bench.quiet();
  });

  it('say beside what they do that they cannot, which is taken back from there', async () => {
    const [ana] = bench.mock.world.agents.filter(({ availability }) => availability === 'on_task');
    const until = new Date(Date.now() + 3_600_000).toISOString();
    Object.assign(ana ?? {}, { unavailable: true, reason: 'Comida', until });
    await bench.enter('/agents');
    const row = bench.page.locator('.row', { hasText: 'Comida' });
    await row.getByText('En tarea').waitFor();
    await row.getByText('No disponible', { exact: true }).waitFor();
    await row.getByRole('button', { name: 'Volver a disponible' }).click();
    await bench.page.getByText('Comida').waitFor({ state: 'detached' });
    expect([ana?.availability, ana?.unavailable]).toEqual(['on_task', false]);
    bench.quiet();
  });

  it('can be asked who would get something now, in a unit', async () => {
    await bench.enter('/agents?unit=1');
    await bench.page.getByRole('button', { name: '¿A quién le llegaría?' }).click();
    const dialog = bench.page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Ver quiénes' }).click();
    const free = bench.mock.world.agents.filter(
      ({ availability, units }) => availability === 'available' && units.some(({ id }) => id === 1),
    );
    await dialog.getByText(/disponibles?\.$/).waitFor();
    expect(await dialog.getByRole('listitem').count()).toBe(free.length);
    await dialog.getByText('Solo cerca de un lugar').click();
    await dialog.getByRole('button', { name: 'Ver quiénes' }).click();
    await dialog.getByText('Marca el lugar y los metros.').waitFor();
    bench.quiet();
  });
});
