// What this person is told because somebody has to act: a message on every page, with the way to the task.
import { known, t } from '../i18n/words.svelte';
import { link } from '../live/link.svelte';
import type { LiveEvent } from '../live/socket';
import { router } from '../router.svelte';
import { session } from './session.svelte';
import { tasks } from './tasks.svelte';
import { toasts } from './toasts.svelte';

const TOAST_MS = 30_000;
/** So many are named. */
const NAMED = 3;
/** Who asks for help, by what the message about it is about. */
const asking = new Map<string, Map<number, string>>();

function show({ event_type, data }: LiveEvent) {
  if (event_type !== 'notification') return;
  // Who commands is told by name of whoever does not say that he is well.
  if (data.kind === 'silent' && session.level >= 2) return;
  const what = known(`notice.${String(data.kind)}`);
  if (what === null) return;
  if (typeof data.broadcast_id === 'number') return showIn(data.broadcast_id, what, data);
  const id = typeof data.task_id === 'number' ? data.task_id : null;
  const code = id === null ? undefined : tasks.byId.get(id)?.code;
  const see =
    id === null ? undefined : { label: t('notice.open'), run: () => void router.go(`/tasks/${id}`) };
  toasts.show(code === undefined ? what : `${code}: ${what}`, 'bad', see, TOAST_MS);
}

/** About a broadcast: whether it is a drill, who asks for help, all of them in one message, and the way to it. */
function showIn(id: number, what: string, data: LiveEvent['data']) {
  const about = `broadcast ${id} ${String(data.kind)}`;
  const parts = [data.drill === true && t('task.drill'), what, named(about, data)];
  const see = { label: t('notice.open.broadcast'), run: () => void router.go(`/broadcasts/${id}`) };
  toasts.tell(about, parts.filter(Boolean).join(' · '), 'bad', see, TOAST_MS);
}

/** Those who have asked since the message about it stands, this one too; nobody where it is not known who. */
function named(about: string, { by_user: user, by_name: name }: LiveEvent['data']): string {
  if (!toasts.tells(about)) asking.delete(about);
  const names = asking.get(about) ?? new Map<number, string>();
  if (typeof user === 'number' && typeof name === 'string') names.set(user, name);
  asking.set(about, names);
  const others = names.size - NAMED;
  return [...names.values()].slice(0, NAMED).join(', ') + (others > 0 ? ` +${others}` : '');
}

link.listen({ event: show });
/** Whoever comes next is not told of what was meant for who left. */
session.onLeave(() => toasts.clear());
