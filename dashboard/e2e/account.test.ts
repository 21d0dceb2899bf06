// One's own account: where one is signed in, and how the page looks here.
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { missing } from './browser.ts';

describe.skipIf(missing !== null)('my account', () => {
  const bench = new Bench();
  const button = (name: string | RegExp) => bench.page.getByRole('button', { name });

  it('is reached from the menu and ends sessions one by one and all at once', async () => {
    await bench.enter();
    await button(/Cuenta de/).click();
    await bench.page.getByRole('link', { name: 'Mi cuenta' }).click();
    await bench.page.getByText('Chrome · Android').waitFor();
    await button('Cerrar la sesión de Chrome · Android').click();
    await bench.page.getByText('Chrome · Android').waitFor({ state: 'detached' });
    await button('Cerrar las demás').click();
    await bench.page.getByText('curl').waitFor({ state: 'detached' });
    expect(await bench.page.getByText('Chrome · Linux').count()).toBe(1);
    expect(bench.keys(/^\/auth\/sessions/).every((key) => key !== undefined)).toBe(true);
    bench.quiet();
  });

  it('keeps the choice of light and dark', async () => {
    await bench.enter('/account', { colorScheme: 'light' });
    const theme = () => bench.page.evaluate(() => document.documentElement.dataset.theme);
    await bench.page.getByText('Oscura', { exact: true }).click();
    expect(await theme()).toBe('dark');
    await bench.page.reload();
    await bench.page.getByRole('heading', { name: 'Mi cuenta' }).waitFor();
    expect(await theme()).toBe('dark');
    await bench.page.getByText('Como el sistema', { exact: true }).click();
    expect(await theme()).toBeUndefined();
  });

  it('goes out and leaves nothing typed behind', async () => {
    await bench.enter('/tasks/101');
    await button('Agregar novedad').click();
    await bench.page.getByLabel('Qué pasó').fill('Privado');
    await bench.page.goto(`${bench.url}/account`);
    await button('Cerrar sesión').click();
    await bench.page.getByRole('heading', { name: 'GAD' }).waitFor();
    expect(await bench.page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain('Privado');
  });
});
