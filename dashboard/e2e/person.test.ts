// An account on its page: changed by an admin, also when somebody else was faster, and its data taken away as a file.
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { missing } from './browser.ts';

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

describe.skipIf(missing !== null)('the page of a person', () => {
  const bench = new Bench();
  const dialog = () => bench.page.getByRole('dialog');
  const open = () => bench.page.getByRole('button', { name: 'Cambiar datos' }).click();
  const save = () => dialog().getByRole('button', { name: 'Guardar' }).click();
  const user = (id: number) => bench.mock.world.users.find((one) => one.id === id)!;
  const focused = () => bench.page.evaluate(() => document.activeElement?.getAttribute('name') ?? null);

  it('changes level, units, permissions and contact, and sends only that', async () => {
    await bench.enter('/users/2', PHONE);
    await open();
    await expect.poll(focused).toBe('name');
    await dialog().getByLabel('Correo').fill('raul');
    await save();
    await dialog()
      .getByText(/^No se entiende/)
      .waitFor();
    await expect.poll(focused).toBe('email');
    expect(await bench.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await dialog().getByLabel('Correo').fill('raul@example.org');
    await dialog().getByLabel('Nivel').selectOption({ label: 'Administrador' });
    await dialog().getByRole('checkbox', { name: 'Brigada Norte' }).check();
    await dialog().getByRole('checkbox', { name: 'Difusiones' }).check();
    await save();
    await bench.page.getByText('Datos de Raúl Ibarra guardados').waitFor();
    expect(bench.sent(/^\/users\/2$/)).toEqual({
      email: 'raul@example.org',
      level: 3,
      units: ['Comisaría 1ª', 'Brigada Norte'],
      permissions: ['broadcast'],
    });
    await bench.page.getByText('Comisaría 1ª, Brigada Norte').waitFor();
    await bench.page.getByText('raul@example.org').waitFor();
    expect(bench.keys(/^\/users\/2$/).every((key) => key !== undefined)).toBe(true);
    bench.quiet();
  });

  it('takes nothing back that somebody else changed meanwhile', async () => {
    await bench.enter('/users/2');
    await open();
    Object.assign(user(2), { version: 9, phone: '+54 11 4000-0000' });
    await dialog().getByLabel('Nombre y apellido').fill('Raúl Ibarra Paz');
    await save();
    await dialog()
      .getByText(/^Otra persona cambió esta cuenta/)
      .waitFor();
    await save();
    await bench.page.getByRole('heading', { name: 'Raúl Ibarra Paz' }).waitFor();
    expect(user(2)).toMatchObject({ name: 'Raúl Ibarra Paz', phone: '+54 11 4000-0000', version: 10 });
  });

  it('lets nobody change his own level, and switches an account on again', async () => {
    await bench.enter('/users/1');
    await open();
    expect(await dialog().getByLabel('Nivel').isDisabled()).toBe(true);
    await bench.page.goto(`${bench.url}/users/12`);
    await open();
    await dialog().getByLabel('Volver a activar la cuenta').check();
    await save();
    await dialog().waitFor({ state: 'detached' });
    expect(user(12).active).toBe(true);
  });

  it('says nothing of it any more to whoever comes after signing out', async () => {
    await bench.enter('/users/2');
    await open();
    await dialog().getByLabel('Teléfono').fill('+54 11 4000-0000');
    await save();
    await bench.page.getByText('Datos de Raúl Ibarra guardados').waitFor();
    await bench.page.getByRole('button', { name: /Cuenta de/ }).click();
    await bench.page.getByRole('button', { name: 'Cerrar sesión' }).click();
    await bench.page.getByRole('heading', { name: 'GAD' }).waitFor();
    expect(await bench.page.getByText('Datos de Raúl Ibarra guardados').count()).toBe(0);
  });

  it('gives everything that is kept about somebody as a file', async () => {
    await bench.enter('/users/2');
    const file = bench.page.waitForEvent('download');
    await bench.page.getByRole('button', { name: 'Descargar sus datos' }).click();
    expect((await file).suggestedFilename()).toBe('user-2.json');
    await bench.page.getByText(/^user-2\.json descargado/).waitFor();
    bench.mock.fault = ({ path }) =>
      path.endsWith('/data-export')
        ? { status: 403, body: { code: 'forbidden', detail: 'No puedes.' } }
        : null;
    await bench.page.getByRole('button', { name: 'Descargar sus datos' }).click();
    await bench.page.getByRole('alert').getByText('No puedes.').waitFor();
  });
});
