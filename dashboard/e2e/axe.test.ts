// Every page, its forms and its dialogs, as axe sees them: in light and dark, wide and on a phone.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOnly } from 'axe-core';
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { missing } from './browser.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WIDTHS = {
  wide: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};
const SCHEMES: ['light' | 'dark', RunOnly][] = [
  ['light', { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] }],
  ['dark', { type: 'rule', values: ['color-contrast'] }],
];
/** Dozens of looks at whole pages. */
const LONG_MS = 240_000;
const PAGES = [
  '/',
  '/?view=list',
  '/tasks/101',
  '/tasks/new',
  '/tasks/104/edit',
  '/agents',
  '/agents?view=text',
  '/emergencies',
  '/emergencies/1',
  '/emergencies/99',
  '/broadcasts',
  '/broadcasts?which=ended',
  '/broadcasts/new',
  '/broadcasts/1',
  '/broadcasts/2',
  '/broadcasts/99',
  '/drills',
  '/drills/new',
  '/unanswered',
  '/shifts',
  '/leaves',
  '/swaps',
  '/map',
  '/users',
  '/users/2',
  '/groups',
  '/account',
  '/catalogue',
  '/audit',
  '/numbers',
  '/numbers?unit=2',
  '/numbers/tasks?figure=completed',
  '/numbers/answers',
  '/numbers/estimates',
  '/numbers/suggestions?status=accepted',
  '/numbers/reports',
  '/tasks/9999',
  '/nowhere',
];

/** Colours that change do so over some frames: what is between them is nobody's fault. */
async function painted() {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  await frame();
  await frame();
  const changes = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.allSettled(changes.map(({ finished }) => finished));
}

describe.skipIf(missing !== null)('axe finds no fault', () => {
  const bench = new Bench();

  async function faults(only: RunOnly): Promise<string[]> {
    const { violations } = await bench.page.evaluate(
      (runOnly) =>
        (globalThis as unknown as { axe: { run(on: Document, how: object): Promise<AxeResults> } }).axe.run(
          document,
          { runOnly, resultTypes: ['violations'] },
        ),
      only,
    );
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).slice(0, 3)}`,
    );
  }

  /** Judges what is on the screen: everything in light, and in dark what differs there. */
  async function judge(what: string) {
    await bench.page.waitForLoadState('networkidle');
    await bench.page.evaluate(AXE);
    for (const [colorScheme, only] of SCHEMES) {
      await bench.page.emulateMedia({ colorScheme });
      await bench.page.evaluate(painted);
      expect([what, colorScheme, await faults(only)]).toEqual([what, colorScheme, []]);
    }
  }

  const open = (path: string) => bench.page.goto(bench.url + path);
  const press = (name: string | RegExp) => bench.page.getByRole('button', { name }).first().click();
  const dialog = () => bench.page.getByRole('dialog').waitFor();

  describe.each(Object.entries(WIDTHS))('%s', (_, width) => {
    const options = { ...width, reducedMotion: 'reduce' as const, bypassCSP: true };

    it('on any page', { timeout: LONG_MS }, async () => {
      await bench.open(options);
      await open('/login');
      await judge('/login');
      await bench.enter('/', options);
      bench.mock.world.emergencies.raise({ lat: -34.6, lon: -58.4, text: 'Ayuda', drill: true });
      bench.mock.world.emergencies.says(1, 1, 'taken');
      bench.mock.world.emergencies.widen(1);
      bench.mock.world.duty.ask(6, { reason: 'Cirugía' });
      bench.mock.world.duty.propose();
      bench.mock.world.broadcasts.send({ audience: { kind: 'all' }, text: 'Reportarse', drill: true });
      bench.mock.world.broadcasts.says(1, 2, 'needs_help');
      bench.mock.world.broadcasts.says(1, 3, 'acknowledged', true);
      bench.mock.world.broadcasts.says(1, 4, 'unreachable');
      bench.mock.world.broadcasts.draft({ source: 'defensa,CAP-7', created_by: 9 });
      bench.mock.world.broadcasts.end(
        bench.mock.world.broadcasts.send({ audience: { kind: 'all' } }).id,
        'closed',
      );
      bench.mock.checks.telegram = 'degraded';
      for (const path of PAGES) {
        await open(path);
        await judge(path);
      }
    });

    it('in any form or dialog', { timeout: LONG_MS }, async () => {
      await bench.enter('/tasks/101', options);
      await press('Agregar novedad');
      await press('Marcar lugar');
      await press('Enviar novedad');
      await judge('report');
      await press('Asignar');
      await dialog();
      await judge('assign');
      await open('/tasks/101');
      await press('Cancelar tarea');
      await dialog();
      await judge('reason');
      await open('/users');
      await press('Nuevo usuario');
      await dialog();
      await judge('user');
      await open('/users');
      await press('Importar personas');
      await bench.page.getByLabel(/pega las líneas/).fill('name;units\nRita Vega;Brigada Nrote\n;');
      await press('Ver quiénes son');
      await bench.page.getByText('Línea 3').waitFor();
      await judge('people');
      await open('/users');
      await press('Invitar');
      await bench.page.getByRole('img', { name: 'Código QR de la invitación' }).waitFor();
      await judge('invite');
      await open('/users/2');
      await press('Borrar sus datos');
      await press('Borrar para siempre');
      await judge('erase');
      await open('/users/5');
      await press('Cambiar datos');
      await dialog();
      await judge('account');
      await open('/leaves');
      await press('Registrar licencia');
      await dialog();
      await bench.page.getByRole('dialog').getByRole('button', { name: 'Registrar licencia' }).click();
      await judge('leave');
      await open('/tasks/new');
      await press('Crear tarea');
      await judge('faults');
      await open('/shifts');
      await press('Patrón semanal');
      await press('Ver qué se planifica');
      await judge('pattern');
      await open('/shifts');
      await press(/: turno/);
      await dialog();
      await judge('shift');
      await open('/shifts');
      await press('Importar CSV');
      await bench.page.getByLabel(/pega las líneas/).fill('badge;date;start;end\nX;2026-12-01;06:00;14:00');
      await press('Ver qué se planifica');
      await bench.page.getByText('Línea 2').waitFor();
      await judge('import');
      await open('/agents');
      await press('SOS, pedir ayuda');
      await dialog();
      await judge('sos');
      await press('Pedir ayuda sin lugar');
      await bench.page.getByRole('button', { name: 'Ver quién viene' }).waitFor();
      await judge('raised');
      await open('/broadcasts/new');
      await press('Ver a quiénes llega');
      await judge('broadcast faults');
      await bench.page.getByText('Cerca de un lugar', { exact: true }).click();
      await bench.page.getByText('Una cantidad', { exact: true }).click();
      await judge('broadcast near a place');
      await bench.page.getByText('Dentro de un área', { exact: true }).click();
      await bench.page
        .getByLabel('Esquinas del área')
        .fill('-34.60, -58.38\n-34.60, -58.37\n-34.61, -58.37\nesquina');
      await bench.page.getByText('Enviar también el lugar', { exact: true }).click();
      await press('Ver a quiénes llega');
      await judge('broadcast within an area');
      await bench.page.getByText('Enviar también el lugar', { exact: true }).click();
      await bench.page.getByText('Código Rojo', { exact: true }).click();
      await bench.page.getByText('Todos', { exact: true }).click();
      await press('Ver a quiénes llega');
      await bench.page.getByLabel(/Para enviarla/).waitFor();
      await judge('broadcast word');
      bench.mock.world.broadcasts.send({ audience: { kind: 'all' }, text: 'Reportarse' });
      await open('/broadcasts/1');
      await press('Cerrar difusión');
      await dialog();
      await judge('close');
      await open('/agents');
      await press('¿A quién le llegaría?');
      await dialog();
      await press('Ver quiénes');
      await judge('who now');
      await open('/agents');
      await press(/Cuenta de/);
      await judge('menu');
      bench.mock.fault = () => ({ status: 429, body: { status: 429 }, headers: { 'Retry-After': '100' } });
      await bench.page.evaluate(() => sessionStorage.clear());
      await open('/');
      await bench.page.getByRole('heading', { name: 'Demasiados pedidos seguidos' }).waitFor();
      await judge('busy');
    });
  });
});
