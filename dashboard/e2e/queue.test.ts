// Late and at-risk first, and the queue of those who owe an answer.
import { describe, expect, it } from 'vitest';
import { Bench, PATIENCE_MS } from './bench.ts';
import { missing } from './browser.ts';

const iso = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

describe.skipIf(missing !== null)('what needs eyes', () => {
  const bench = new Bench();
  const rows = () => bench.page.locator('[data-silence]');

  it('stands first in its column: emergencies, late, nearly late', async () => {
    bench.mock.world.change(102, 'task_updated', { planned_end: iso(-15) });
    bench.mock.world.change(103, 'task_updated', { planned_end: iso(5) });
    bench.mock.world.change(100, 'task_updated', { planned_end: iso(300), kind: 'emergencia' });
    await bench.enter();
    const column = bench.page.getByRole('region', { name: 'En curso' }).locator('[data-row]');
    await column.nth(3).waitFor();
    expect((await column.locator('.code').allTextContents()).map((code) => code.trim())).toEqual([
      'PAT-2026-0031',
      'VIG-2026-0033',
      'INV-2026-0034',
      'INT-2026-0032',
    ]);
    await column.nth(2).getByText('por atrasarse').waitFor();
    expect(await bench.page.getByText('por atrasarse').count()).toBe(1);
  });

  it('counts in its figure exactly the rows of the queue it opens', async () => {
    await bench.enter();
    const figure = bench.page
      .getByRole('navigation', { name: 'Cifras del momento' })
      .getByText('sin respuesta');
    await bench.page.locator('[data-row]').first().waitFor();
    await figure.click();
    await rows().first().waitFor();
    const open = [...bench.mock.world.tasks.values()].filter(
      ({ status }) => status !== 'completed' && status !== 'cancelled',
    );
    const owed = open.flatMap((task) => task.assignments.filter(({ state }) => state === 'offered'));
    expect(await rows().count()).toBe(owed.length);
    bench.quiet();
  });

  it('has those past their deadline first, and lets one go who answers', async () => {
    const task = bench.mock.world.task(105);
    const [person, ...others] = task.assignments;
    if (!person) throw new Error('the mock has nobody on 105');
    const silent = { ...person, state: 'offered' as const, rings: 2, escalated_at: iso(-1) };
    bench.mock.world.change(105, 'task_assigned', { assignments: [silent, ...others] });
    await bench.enter('/unanswered');
    await rows().first().waitFor();
    expect(await rows().first().textContent()).toMatch(new RegExp(`${person.name}.*se insistió 2 veces`));
    const answered = { ...silent, state: 'acknowledged' as const };
    bench.mock.world.change(105, 'assignment_changed', { assignments: [answered, ...others] });
    await bench.page.locator('[data-silence=escalated]').waitFor({ state: 'detached', timeout: PATIENCE_MS });
    bench.quiet();
  });

  it('shows at once what its reader is told, with the way to the task', async () => {
    await bench.enter();
    await bench.page.locator('[data-row]').first().waitFor();
    bench.mock.world.emit('notification', 'notifications', { user_id: 1, kind: 'no_answer', task_id: 104 });
    await bench.page.getByText('PAT-2026-0035: Alguien no responde').waitFor({ timeout: PATIENCE_MS });
    await bench.page.getByRole('button', { name: 'Ver la tarea' }).click();
    await bench.page.waitForURL(/\/tasks\/104$/);
    bench.quiet();
  });

  it('says who asks for help in a broadcast, that it is a drill, with the way there', async () => {
    bench.mock.world.broadcasts.send({ audience: { kind: 'all' }, text: 'Reportarse', drill: true });
    await bench.enter('/agents');
    let looks = 0;
    bench.mock.fault = ({ path }) => {
      if (path.startsWith('/broadcasts')) looks += 1;
      return null;
    };
    const cry = (by_user: number, by_name: string) =>
      bench.mock.world.emit('notification', 'notifications', {
        user_id: 1,
        kind: 'help',
        broadcast_id: 1,
        by_user,
        by_name,
        drill: true,
      });
    cry(2, 'Marta Gómez');
    cry(3, 'Pablo Medina');
    cry(2, 'Marta Gómez');
    const log = bench.page.getByRole('log');
    const told = 'SIMULACRO · Alguien pide ayuda · Marta Gómez, Pablo Medina';
    await log.getByText(told, { exact: true }).waitFor({ timeout: PATIENCE_MS });
    expect([await log.getByText('Alguien pide ayuda').count(), looks]).toEqual([1, 0]);
    cry(4, 'Ana Sosa');
    cry(5, 'Luis Ferro');
    await log.getByText('Ana Sosa +1').waitFor({ timeout: PATIENCE_MS });
    bench.mock.fault = () => null;
    await bench.page.getByRole('button', { name: 'Ver la difusión' }).click();
    await bench.page.waitForURL(/\/broadcasts\/1$/);
    bench.quiet();
  });

  it('says whom to call while nobody in command can be told', async () => {
    const task = bench.mock.world.task(105);
    const [person, ...others] = task.assignments;
    if (!person) throw new Error('the mock has nobody on 105');
    const alone = { ...person, state: 'offered' as const, rings: 2, unheard: true };
    bench.mock.world.change(105, 'task_updated', { assignments: [alone, ...others], unheard: true });
    await bench.enter();
    const line = bench.page.locator(`[data-unheard="${person.agent_id}"]`);
    await line.getByText('LLAMAR', { exact: true }).waitFor();
    await line.getByText(person.name, { exact: true }).waitFor();
    bench.quiet();
  });

  it('replaces somebody who stays silent', async () => {
    await bench.enter('/unanswered');
    const before = await rows().first().getByRole('link').first().textContent();
    await rows().first().getByRole('button', { name: 'Cambiar' }).click();
    const dialog = bench.page.getByRole('dialog');
    await dialog.getByRole('checkbox', { name: 'Ana Sosa' }).check();
    await dialog.getByRole('button', { name: 'Guardar' }).click();
    await bench.page.getByText(/asignación guardada/).waitFor();
    const code = before?.trim().split(' ')[0] ?? '';
    await rows().filter({ hasText: code }).filter({ hasText: 'Ana Sosa' }).waitFor();
  });
});
