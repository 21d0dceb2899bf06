// Leave and exchanges of shifts, decided on the board.
import { describe, expect, it } from 'vitest';
import { Bench, PATIENCE_MS } from './bench.ts';
import { missing } from './browser.ts';

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

describe.skipIf(missing !== null)('decisions about people', () => {
  const bench = new Bench();
  const dialog = () => bench.page.getByRole('dialog');
  const leave = (name: string) => bench.page.locator('[data-leave]', { hasText: name });
  const press = (name: string) => dialog().getByRole('button', { name }).click();

  it('shows the tasks a leave breaks before it is approved, and lets them be reassigned afterwards', async () => {
    bench.mock.world.duty.ask(6, { reason: 'Cirugía' });
    await bench.enter('/leaves');
    const row = leave('Diego Ferreyra');
    await row.getByText('«Cirugía»').waitFor();
    await row.getByText('Rompe 2 tareas:').waitFor();
    await row.getByRole('button', { name: 'Aprobar' }).click();
    await dialog().getByText('quedan 2 tareas sin esta persona').waitFor();
    await press('Aprobar');
    await bench.page.getByText('Licencia de Diego Ferreyra aprobada').waitFor();
    await row.getByText('Quedan 2 tareas por reasignar:').waitFor();
    await row.getByRole('button', { name: 'Reasignar' }).first().click();
    await dialog().getByRole('button', { name: 'Quitar a Diego Ferreyra' }).click();
    await dialog().getByRole('checkbox', { name: 'Ana Sosa' }).check();
    await press('Guardar');
    await row.getByText('Queda 1 tarea por reasignar:').waitFor();
    bench.quiet();
  });

  it('rejects only with a reason, and the row leaves by itself', async () => {
    bench.mock.world.duty.ask(1);
    await bench.enter('/leaves', PHONE);
    await leave('Marta Gómez').getByRole('button', { name: 'Rechazar' }).click();
    await press('Rechazar');
    await dialog().getByText('Escribe el motivo.').waitFor();
    await expect
      .poll(() => bench.page.evaluate(() => document.activeElement?.getAttribute('name')))
      .toBe('reason');
    await dialog().getByRole('textbox', { name: 'Motivo' }).fill('Falta gente ese día');
    await press('Rechazar');
    await bench.page.getByText('Ninguna licencia por decidir').waitFor();
    await bench.page.getByRole('link', { name: 'Rechazadas' }).click();
    await leave('Marta Gómez').getByText('«Falta gente ese día»').waitFor();
    expect(await bench.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  });

  it('hears of new ones by the event, also in the figures of the board and on the tab', async () => {
    await bench.enter();
    const figures = bench.page.getByRole('navigation', { name: 'Cifras del momento' });
    await figures.getByRole('link', { name: '0 licencias por decidir' }).waitFor();
    bench.mock.world.duty.ask(1);
    bench.mock.world.duty.ask(3);
    await figures.getByRole('link', { name: '2 licencias por decidir' }).click();
    await leave('Ana Sosa').waitFor();
    expect(await bench.page.locator('[data-leave]').count()).toBe(2);
    await bench.page.getByRole('link', { name: 'Licencias 2' }).waitFor();
    bench.mock.world.duty.decideLeave(1, 'rejected', 'no');
    await leave('Marta Gómez').waitFor({ state: 'detached', timeout: PATIENCE_MS });
    await bench.page.getByRole('link', { name: 'Licencias 1' }).waitFor();
  });

  it('says why a decision was not taken, and keeps the question open', async () => {
    bench.mock.world.duty.ask(1);
    await bench.enter('/leaves');
    bench.mock.fault = ({ method }) =>
      method === 'POST' ? { status: 409, body: { code: 'state', detail: 'Ya fue decidida.' } } : null;
    await leave('Marta Gómez').getByRole('button', { name: 'Aprobar' }).click();
    await press('Aprobar');
    await dialog().getByText('Ya fue decidida.').waitFor();
    expect(await bench.page.getByText('Licencia de Marta Gómez aprobada').count()).toBe(0);
  });

  it('approves an exchange that both agreed on, showing both shifts', async () => {
    bench.mock.world.duty.propose({ reason: 'Turno médico' });
    await bench.enter('/swaps');
    const row = bench.page.locator('[data-swap]');
    await row.getByText('«Turno médico»').waitFor();
    expect(await row.textContent()).toMatch(
      /Marta Gómez da .*0?6:00.*14:00.*Luis Pereyra da .*0?6:00.*14:00/s,
    );
    await row.getByRole('button', { name: 'Aprobar' }).click();
    await press('Aprobar');
    await bench.page.getByText('Cambio entre Marta Gómez y Luis Pereyra aprobado').waitFor();
    await bench.page.getByText('Ningún cambio por decidir').waitFor();
    bench.quiet();
  });
});
