// One person: what he agrees to, and erasing his data after his username was typed.
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { missing } from './browser.ts';

describe.skipIf(missing !== null)('the data of a person', () => {
  const bench = new Bench();
  const press = (name: string | RegExp) => bench.page.getByRole('button', { name }).click();
  const erasures = () => bench.mock.writes.filter(({ path }) => path === '/users/2/gdpr-delete').length;

  it('shows what he agrees to, and takes down that he took it back', async () => {
    await bench.enter('/users');
    await bench.page.getByRole('link', { name: 'Raúl Ibarra' }).click();
    await bench.page.getByRole('heading', { name: 'Consentimientos' }).waitFor();
    await press('Registrar que lo retira: Ubicaciones que comparte');
    await bench.page.getByText('Consentimiento registrado').waitFor();
    await bench.page.getByText('Retirado').first().waitFor();
    expect(await bench.page.getByRole('button', { name: /^Registrar que lo retira/ }).count()).toBe(1);
    expect(await bench.page.getByRole('button', { name: /^Volver a aceptar/ }).count()).toBe(0);
    expect(bench.keys(/^\/users\/2\/consents$/).every((key) => key !== undefined)).toBe(true);
    bench.quiet();
  });

  it('is erased only once the username was typed', async () => {
    await bench.enter('/users/2');
    await press('Borrar sus datos');
    await press('Borrar para siempre');
    await bench.page.getByText('Escribe exactamente supervisor.').waitFor();
    expect(erasures()).toBe(0);
    await bench.page.getByLabel('Para borrarlos escribe supervisor').fill('supervisor');
    await press('Borrar para siempre');
    await bench.page.getByText(/^Sus datos se borraron el/).waitFor();
    expect(erasures()).toBe(1);
    await bench.page.getByRole('heading', { name: '#2' }).waitFor();
    expect(await bench.page.getByText('Raúl Ibarra').count()).toBe(0);
    bench.quiet();
  });

  it('says why it cannot go yet', async () => {
    await bench.enter('/users/2');
    bench.mock.fault = ({ path }) =>
      path === '/users/2/gdpr-delete'
        ? { status: 409, body: { code: 'open_work', title: 'No', detail: 'Antes cierre PAT-2026-0042.' } }
        : null;
    await press('Borrar sus datos');
    await bench.page.getByLabel(/Para borrarlos/).fill('supervisor');
    await press('Borrar para siempre');
    await bench.page.getByText('Antes cierre PAT-2026-0042.').waitFor();
  });
});
