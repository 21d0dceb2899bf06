// Drills: planning one, calling it off, and looking back at how well people answered.
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { missing } from './browser.ts';

describe.skipIf(missing !== null)('drills', () => {
  const bench = new Bench();
  const press = (name: string) => bench.page.getByRole('button', { name, exact: true }).click();
  const region = (name: string) => bench.page.getByRole('region', { name });

  it('are planned with everything they need, listed, and called off before they leave', async () => {
    await bench.enter('/broadcasts');
    await bench.page.getByRole('link', { name: 'Simulacros' }).click();
    await bench.page.getByText('Ningún simulacro todavía').waitFor();
    await bench.page.getByRole('link', { name: 'Planificar simulacro' }).click();
    await press('Planificar');
    await bench.page.getByText('Escribe el texto o elige un protocolo.').waitFor();
    await bench.page.getByText('Elige a quiénes va.').waitFor();
    await bench.page.getByText('Indica fecha y hora de inicio.').waitFor();
    await bench.page.getByLabel('Texto', { exact: true }).fill('Alarma en el edificio');
    await bench.page.locator('form').getByText('Todos', { exact: true }).click();
    await bench.page.getByLabel('Cuándo sale').fill('2020-01-01T10:00');
    await press('Planificar');
    await bench.page.getByText('Elige una hora que no haya pasado.').waitFor();
    await bench.page.getByLabel('Cuándo sale').fill('2030-01-01T10:00');
    await press('Planificar');
    await region('Por venir').getByText('Alarma en el edificio').waitFor();
    expect(bench.keys(/^\/drills$/)[0]).toBeDefined();
    expect(bench.mock.world.drills.one(1).audience).toEqual({ kind: 'all' });
    await press('Anular simulacro');
    await press('Anularlo');
    await region('Historial').getByText('Anulado').waitFor();
    expect(bench.mock.world.drills.one(1).status).toBe('cancelled');
    bench.quiet();
  });

  it('show how fast the reached and all of them answered, and who stayed silent', async () => {
    const score = {
      recipients: 3,
      reached: 2,
      acknowledged: 1,
      silent: 1,
      unreachable: 1,
      of_reached: { seconds_to_50: 40, seconds_to_90: null },
      of_all: { seconds_to_50: null, seconds_to_90: null },
    };
    bench.mock.world.drills.held('Evacuación', score, [
      { user_id: 7, name: 'Bruno Paz', why: 'silent' },
      { user_id: 8, name: 'Eva Luna', why: 'unreachable' },
    ]);
    const called = { ...score, reached: 3, acknowledged: 2, unreachable: 0, seconds_to_first_coming: 25 };
    bench.mock.world.drills.held('EMG-2026-0001', called, []);
    await bench.enter('/drills');
    const history = region('Historial');
    await history.getByText('Primer «Voy»: 25 s').waitFor();
    await history.getByText('1 de 3 respondieron').waitFor();
    await history.getByRole('row', { name: /2 alcanzados 40 s no llegó/ }).waitFor();
    await history.getByText('Quiénes no respondieron (2)').click();
    await history.getByText('Bruno Paz').waitFor();
    await history.getByText('Eva Luna').waitFor();
    bench.quiet();
  });
});
