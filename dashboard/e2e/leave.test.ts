// Leave registered on the board: for whom, which days, what stands against it, and where it is decided.
import { describe, expect, it } from 'vitest';
import { dayOf } from '../mock/duty.ts';
import { Bench } from './bench.ts';
import { missing } from './browser.ts';

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

describe.skipIf(missing !== null)('leave on the board', () => {
  const bench = new Bench();
  const dialog = () => bench.page.getByRole('dialog');
  const open = () => bench.page.getByRole('button', { name: 'Registrar licencia' }).click();
  const send = () => dialog().getByRole('button', { name: 'Registrar licencia' }).click();
  /** Whoever is typed is known once the suggestions have come. */
  async function choose(name: string) {
    await send();
    await dialog().getByText('Elige a una persona de la lista.').waitFor();
    await dialog().getByLabel('Efectivo').fill(name);
    await dialog().getByText('Elige a una persona de la lista.').waitFor({ state: 'detached' });
  }
  const leaves = () => bench.mock.world.duty.leaves;
  const focused = () => bench.page.evaluate(() => document.activeElement?.getAttribute('name') ?? null);

  it('is registered for somebody else, sick days also afterwards, and stands in the list', async () => {
    await bench.enter('/leaves');
    await open();
    await expect.poll(focused).toBe('agent');
    await dialog().getByLabel('Último día').focus();
    await send();
    await expect.poll(focused).toBe('agent');
    await choose('Ana Sosa');
    await dialog().getByLabel('Primer día').fill(dayOf(-2));
    await dialog()
      .getByText(/^Ese día ya pasó/)
      .waitFor();
    expect(leaves()).toEqual([]);
    await dialog().getByRole('checkbox', { name: 'Por enfermedad' }).check();
    await dialog()
      .getByText(/^Ese día ya pasó/)
      .waitFor({ state: 'detached' });
    await dialog().getByRole('textbox', { name: 'Motivo' }).fill('Gripe');
    await send();
    await bench.page.getByText('Licencia de Ana Sosa registrada').waitFor();
    expect(bench.sent(/^\/leaves$/)).toMatchObject({ agent_id: 3, sick: true, reason: 'Gripe' });
    await bench.page.locator('[data-leave]', { hasText: '«Gripe»' }).waitFor();
    expect(bench.keys(/^\/leaves$/).every((key) => key !== undefined)).toBe(true);
    bench.quiet();
  });

  it('says that some of the days were asked for before, and keeps what was typed', async () => {
    bench.mock.world.duty.ask(3);
    await bench.enter('/leaves');
    await open();
    await choose('Ana Sosa');
    await dialog().getByRole('textbox', { name: 'Motivo' }).fill('Trámite');
    await send();
    await dialog().getByRole('alert').getByText('Ana Sosa ya pidió licencia para esos días.').waitFor();
    expect(await dialog().getByRole('textbox', { name: 'Motivo' }).inputValue()).toBe('Trámite');
    expect(leaves()).toHaveLength(1);
  });

  it('stays with whom one chose when an older search answers late, and says why nobody is found', async () => {
    await bench.enter('/leaves');
    await open();
    await choose('Ana Sosa');
    let answer = () => {};
    const late = new Promise<void>((done) => (answer = done));
    bench.mock.fault = async ({ path }) => {
      if (path !== '/agents') return null;
      await late;
      return { status: 200, body: { items: [], next_cursor: null } };
    };
    const asked = bench.page.waitForRequest(/\/agents\?.*q=Ana&|\/agents\?.*q=Ana$/);
    const answered = bench.page.waitForResponse(/\/agents\?/);
    await dialog().getByLabel('Efectivo').fill('Ana');
    await asked;
    await dialog().getByLabel('Efectivo').fill('Ana Sosa');
    answer();
    await answered;
    await send();
    await bench.page.getByText('Licencia de Ana Sosa registrada').waitFor();
    bench.mock.fault = ({ path }) =>
      path === '/agents' ? { status: 403, body: { code: 'forbidden', detail: 'No puedes.' } } : null;
    await open();
    await dialog().getByText('No puedes.').waitFor();
  });

  it('is registered on the page of the person, on a phone too', async () => {
    await bench.enter('/users/5', PHONE);
    await open();
    await dialog().getByText('Ana Sosa').waitFor();
    expect(await dialog().getByLabel('Efectivo').count()).toBe(0);
    await expect.poll(focused).toBe('from');
    expect(await bench.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await send();
    await bench.page.getByText('Licencia de Ana Sosa registrada').waitFor();
    expect(leaves().map((one) => one.agent_id)).toEqual([3]);
    await bench.page.getByRole('button', { name: 'Ver licencias' }).click();
    await bench.page.locator('[data-leave]', { hasText: 'Ana Sosa' }).waitFor();
  });
});
