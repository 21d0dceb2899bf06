// What this person is told because somebody has to act: a message on every page, with the way to the task.
import * as api from '../api/broadcasts';
import { known, t } from '../i18n/words.svelte';
import { link } from '../live/link.svelte';
import type { LiveEvent } from '../live/socket';
import { router } from '../router.svelte';
import { session } from './session.svelte';
import { tasks } from './tasks.svelte';
import { toasts } from './toasts.svelte';

const TOAST_MS = 30_000;

function show({ event_type, data }: LiveEvent) {
  if (event_type !== 'notification') return;
  // Who commands is told by name of whoever does not say that he is well.
  if (data.kind === 'silent' && session.level >= 2) return;
  const what = known(`notice.${String(data.kind)}`);
  if (what === null) return;
  if (typeof data.broadcast_id === 'number')
    return void showIn(data.broadcast_id, what, data.kind === 'help');
  const id = typeof data.task_id === 'number' ? data.task_id : null;
  const code = id === null ? undefined : tasks.byId.get(id)?.code;
  const see =
    id === null ? undefined : { label: t('notice.open'), run: () => void router.go(`/tasks/${id}`) };
  toasts.show(code === undefined ? what : `${code}: ${what}`, 'bad', see, TOAST_MS);
}

/** About a broadcast: with `help` who asked for it last, whether it is a drill, and the way to it. */
async function showIn(id: number, what: string, help: boolean) {
  const broadcast = await api.one(id, { state: 'needs_help' }).catch(() => null);
  if (session.state !== 'in') return;
  const wanting = broadcast?.recipients?.items ?? [];
  const last = help ? wanting.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))[0] : undefined;
  const parts = [broadcast?.drill && t('task.drill'), what, last?.name];
  const see = { label: t('notice.open.broadcast'), run: () => void router.go(`/broadcasts/${id}`) };
  toasts.show(parts.filter(Boolean).join(' · '), 'bad', see, TOAST_MS);
}

link.listen({ event: show });
/** Whoever comes next is not told of what was meant for who left. */
session.onLeave(() => toasts.clear());
