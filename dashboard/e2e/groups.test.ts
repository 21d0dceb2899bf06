// The Telegram groups of units: what has to be looked after stands first, and one is removed only after a second word.
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { missing } from './browser.ts';

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

describe.skipIf(missing !== null)('groups of units', () => {
  const bench = new Bench();
  const row = (title: string) => bench.page.locator('main li').filter({ hasText: title });

  it('say who no longer answers for them and what did not arrive, and are removed one by one', async () => {
    await bench.enter('/groups', PHONE);
    await row('Guardia Norte').getByText('Sin responsable: Marta Ruiz').waitFor();
    await row('Norte · Operativo').getByText('La última no llegó').waitFor();
    await row('Foro Norte').getByText('Telegram rechazó los temas').waitFor();
    await bench.page.getByRole('button', { name: 'Intentar de nuevo los temas de Foro Norte' }).click();
    await row('Foro Norte').getByText('Telegram rechazó los temas').waitFor({ state: 'detached' });
    expect(await bench.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    for (const title of ['Guardia Norte', 'Norte · Operativo', 'Foro Norte']) {
      await bench.page.getByRole('button', { name: `Quitar ${title}` }).click();
      const dialog = bench.page.getByRole('dialog');
      await dialog.getByText('Brigada Norte').waitFor();
      await dialog.getByRole('button', { name: 'Quitar', exact: true }).click();
      await dialog.waitFor({ state: 'detached' });
      await row(title).waitFor({ state: 'detached' });
    }
    await bench.page.getByText('Ningún grupo registrado').waitFor();
    await bench.page.getByText('escribe /grupo').waitFor();
    bench.quiet();
  });
});
