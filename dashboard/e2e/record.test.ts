// The record and the catalogue: found by keyboard and on a phone, narrowed by what stands in a row, and changed by admins.
import { describe, expect, it } from 'vitest';
import { aMe } from '../mock/samples.ts';
import { Bench } from './bench.ts';
import { missing } from './browser.ts';

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

describe.skipIf(missing !== null)('the record', () => {
  const bench = new Bench();
  const rows = () => bench.page.getByRole('list', { name: 'Registro de auditoría' }).locator('article');
  const fits = () => bench.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

  it('says who did what and why, and is narrowed to one person and one thing', async () => {
    await bench.enter('/');
    await bench.page.getByRole('button', { name: 'Cuenta de Elena Duarte' }).press('Enter');
    await bench.page.getByRole('link', { name: 'Registro de auditoría' }).press('Enter');
    await rows().first().waitFor();
    expect(await rows().count()).toBe(5);
    await rows().getByText('Motivo: Cubre a un compañero').waitFor();
    await rows().getByText('Todavía fuera de la cadena').waitFor();
    await rows().getByRole('link', { name: 'Marta Ruiz: solo lo suyo' }).first().press('Enter');
    await expect.poll(() => rows().count()).toBe(2);
    await bench.page.getByRole('button', { name: 'De Marta Ruiz' }).waitFor();
    await bench.page.getByRole('button', { name: 'Quitar filtros' }).press('Enter');
    await expect.poll(() => rows().count()).toBe(5);
    await bench.page.getByRole('combobox', { name: 'Sobre qué' }).selectOption('login');
    await expect.poll(() => rows().count()).toBe(1);
    await bench.page.getByRole('combobox', { name: 'Sobre qué' }).selectOption('drill');
    await bench.page.getByText('Nada registrado').waitFor();
    bench.quiet();
  });

  it('is proved on a phone', async () => {
    await bench.enter('/audit', PHONE);
    await rows().first().waitFor();
    await bench.page.getByRole('button', { name: 'Comprobar la cadena' }).click();
    await bench.page.getByText('La cadena está entera: 4 entradas.').waitFor();
    await bench.page.getByText('4:8f14e45fceea167a').waitFor();
    expect(await fits()).toBe(true);
    bench.quiet();
  });

  it('is closed to whoever has no permission', async () => {
    bench.mock.fault = ({ path }) => (path === '/auth/me' ? { status: 200, body: aMe() } : null);
    await bench.enter('/audit');
    await bench.page.getByText('Para leerlo hace falta el permiso de auditoría.').waitFor();
    expect(bench.mock.requests.some((one) => one.includes('/audit'))).toBe(false);
  });
});

describe.skipIf(missing !== null)('the catalogue', () => {
  const bench = new Bench();
  const kinds = () => bench.page.getByRole('region', { name: 'Tipos de tarea' });
  const dialog = () => bench.page.getByRole('dialog');

  it('shows what is usual for each kind and the protocols, and admins change a kind on a phone', async () => {
    await bench.enter('/catalogue', PHONE);
    await kinds().getByText('Al terminar se controla: Asegurar el lugar').waitFor();
    await bench.page.getByRole('region', { name: 'Protocolos' }).getByRole('listitem').first().waitFor();
    expect(await bench.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await bench.page.getByRole('button', { name: 'Cambiar Vigilancia' }).click();
    await dialog().getByRole('textbox', { name: 'Nombre' }).fill('Vigilancia fija');
    await dialog().getByRole('checkbox', { name: 'En uso' }).uncheck();
    await dialog().getByRole('button', { name: 'Guardar' }).click();
    await kinds().getByText('Vigilancia fija').waitFor();
    await kinds().getByText('Fuera de uso').waitFor();
    const sent = bench.sent(/^\/task-kinds\/3$/);
    expect(sent).toMatchObject({ label: 'Vigilancia fija', active: false });
    expect(Object.keys(sent as object)).not.toContain('code');
    bench.quiet();
  });

  it('gets a new kind, and says beside the field what is missing', async () => {
    await bench.enter('/catalogue');
    await bench.page.getByRole('button', { name: 'Nuevo tipo' }).click();
    await dialog().getByRole('textbox', { name: 'Código' }).fill('relevamiento');
    await dialog().getByRole('textbox', { name: 'Prefijo' }).fill('REL');
    await dialog().getByRole('button', { name: 'Guardar' }).click();
    await expect
      .poll(() => dialog().getByRole('textbox', { name: 'Nombre' }).getAttribute('aria-invalid'))
      .toBe('true');
    await dialog().getByRole('textbox', { name: 'Nombre' }).fill('Relevamiento');
    await dialog().getByRole('button', { name: 'Guardar' }).click();
    await kinds().getByText('Relevamiento').waitFor();
    expect(bench.sent(/^\/task-kinds$/)).toMatchObject({ code: 'relevamiento', prefix: 'REL' });
    bench.quiet();
  });

  it('is only read by supervisors', async () => {
    bench.mock.fault = ({ path }) => (path === '/auth/me' ? { status: 200, body: aMe({ level: 2 }) } : null);
    await bench.enter('/catalogue');
    await kinds().getByText('Vigilancia').waitFor();
    expect(await bench.page.getByRole('button', { name: /^Cambiar|Nuevo tipo/ }).count()).toBe(0);
  });
});
