// People from a file: what is read is shown first, a misspelt unit too, and all of them are made or none.
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { missing } from './browser.ts';

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

describe.skipIf(missing !== null)('people from a file', () => {
  const bench = new Bench();
  const dialog = () => bench.page.getByRole('dialog');
  const press = (name: string | RegExp) => bench.page.getByRole('button', { name }).click();
  const lines = (...all: string[]) =>
    dialog()
      .getByLabel(/pega las líneas/)
      .fill(['name;units;level', ...all].join('\n'));
  const people = () => bench.mock.world.users.length;

  it('say what is wrong, name the units that would be new, and are made only then', async () => {
    await bench.enter('/users', PHONE);
    const before = people();
    await press('Importar personas');
    await lines('Rita Vega;Brigada Nrote;1', `${'x'.repeat(121)};;1`, ';;1');
    await press('Ver quiénes son');
    await dialog().getByText('3 líneas leídas').waitFor();
    await dialog().getByText('Línea 3, name: Es demasiado largo.').waitFor();
    await dialog().getByText('Línea 4, name: Hace falta.').waitFor();
    await dialog().getByText('Se crean todas o ninguna: corrige esas líneas.').waitFor();
    await dialog()
      .getByText(/Unidad que sería NUEVA: Brigada Nrote\./)
      .waitFor();
    expect(
      await dialog()
        .getByRole('button', { name: /^Crear/ })
        .count(),
    ).toBe(0);
    await lines('Rita Vega;brigada norte;1', 'Hugo Paz;Brigada Norte|Brigada Río;2');
    expect(await dialog().getByText('NUEVA').count()).toBe(0);
    await press('Ver quiénes son');
    await dialog()
      .getByText(/Unidad que sería NUEVA: Brigada Río\./)
      .waitFor();
    expect(people()).toBe(before);
    expect(await bench.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await press('Crear 2 cuentas');
    await bench.page.getByText('2 cuentas creadas').waitFor();
    await dialog().waitFor({ state: 'detached' });
    expect(people()).toBe(before + 2);
    expect(bench.keys(/^\/users\/import$/).every((key) => key !== undefined)).toBe(true);
    bench.quiet();
  });

  it('can be put into a unit that the account before founded', async () => {
    await bench.enter('/users');
    await press('Nuevo usuario');
    await dialog().locator('input[name=name]').fill('Rita Vega');
    await dialog().locator('input[name=new-username]').fill('rita');
    await dialog().locator('input[name=unit]').fill('Brigada Río');
    await press('Crear e invitar');
    await dialog().getByRole('button', { name: 'Copiar' }).waitFor();
    await bench.page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await press('Nuevo usuario');
    await dialog().getByRole('checkbox', { name: 'Brigada Río' }).waitFor();
    bench.quiet();
  });

  it('that were refused are not said to be made', async () => {
    await bench.enter('/users');
    await press('Importar personas');
    await lines('Rita Vega;Brigada Norte;1');
    await press('Ver quiénes son');
    bench.mock.fault = ({ path }) =>
      path === '/users/import'
        ? { status: 422, body: { code: 'invalid', title: 'Alguna línea está mal' } }
        : null;
    await press('Crear 1 cuenta');
    await dialog().locator('.note.bad').waitFor();
    expect(await bench.page.getByText('cuenta creada').count()).toBe(0);
  });
});
