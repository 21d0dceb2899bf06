// Without a mouse: help in two keys, the way through a form, and where one stands after it was refused.
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { missing } from './browser.ts';

describe.skipIf(missing !== null)('by keyboard', () => {
  const bench = new Bench();
  const focused = (what: 'name' | 'role') =>
    bench.page.evaluate((name) => document.activeElement?.getAttribute(name) ?? null, what);
  const inFocus = () => bench.page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
  const refuse = (path: string, status: number, body: object) => {
    bench.mock.fault = (call) =>
      call.method === 'POST' && call.path === path ? { status, body: { status, ...body } } : null;
  };

  it('help is called by two keys', async () => {
    await bench.enter();
    await bench.page.keyboard.press('s');
    await bench.page.getByRole('dialog').waitFor();
    expect(await inFocus()).toBe('Pedir ayuda sin lugar');
    await bench.page.keyboard.press('Enter');
    await bench.page.getByText('EMG-2026-0001 creada').waitFor();
  });

  it('a refused call for help is repeated by one key', async () => {
    await bench.enter();
    refuse('/emergencies', 403, { code: 'forbidden' });
    await bench.page.keyboard.press('s');
    await bench.page.getByRole('dialog').waitFor();
    await bench.page.keyboard.press('Enter');
    await bench.page.getByText('La alerta NO salió.').waitFor();
    await expect.poll(inFocus).toBe('Pedir ayuda sin lugar');
    bench.mock.fault = () => null;
    await bench.page.keyboard.press('Enter');
    await bench.page.getByText('EMG-2026-0001 creada').waitFor();
  });

  it('the marks of the small map are no stops on the way to the next field', async () => {
    await bench.enter('/tasks/new');
    await bench.page.locator('form .mark').first().waitFor({ state: 'attached' });
    await bench.page.getByLabel('Coordenadas').focus();
    // The map itself, its three tools, and the field after it.
    for (let n = 0; n < 5; n++) await bench.page.keyboard.press('Tab');
    expect(await focused('name')).toBe('unit_id');
    await bench.page.goto(`${bench.url}/map`);
    const mark = bench.page.locator('.map .mark').first();
    await mark.waitFor({ state: 'attached' });
    expect(await mark.evaluate((one) => (one as HTMLElement).tabIndex)).toBe(0);
  });

  it('a refused task leaves one at the field that is wrong, else at what is said', async () => {
    await bench.enter('/tasks/new');
    await bench.page.getByText('Patrullaje', { exact: true }).click();
    await bench.page.getByLabel('Título').fill('Ronda');
    const fault = { field: 'title', code: 'too_short', message: '' };
    refuse('/tasks', 422, { code: 'invalid', errors: [fault] });
    await bench.page.getByRole('button', { name: 'Crear tarea' }).press('Enter');
    await bench.page.getByText('Es demasiado corto.').waitFor();
    await expect.poll(() => focused('name')).toBe('title');
    const conflicts = ['Marta Gómez', 'Ana Sosa'].map((name) => ({ kind: 'overlap', name, message: '' }));
    refuse('/tasks', 409, { code: 'overlap', detail: 'Elige a otra persona: Marta Gómez.', conflicts });
    await bench.page.getByRole('button', { name: 'Crear tarea' }).press('Enter');
    const alert = bench.page.getByRole('alert').filter({ hasText: 'Elige a otra persona' });
    await alert.getByText('Elige a otra persona: Marta Gómez.').waitFor();
    // Each is named once.
    await alert.getByText('Ana Sosa: con otra tarea').waitFor();
    expect(await alert.textContent()).not.toContain('Marta Gómez: con otra tarea');
    await expect.poll(() => focused('role')).toBe('alert');
    await bench.page.keyboard.press('Tab');
    expect(await inFocus()).toBe('Volver');
  });
});
