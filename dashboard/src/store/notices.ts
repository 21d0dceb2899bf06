// What this person is told because somebody has to act: a message on every page, with the way to the task.
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
  const id = typeof data.task_id === 'number' ? data.task_id : null;
  const code = id === null ? undefined : tasks.byId.get(id)?.code;
  const see =
    id === null ? undefined : { label: t('notice.open'), run: () => void router.go(`/tasks/${id}`) };
  toasts.show(code === undefined ? what : `${code}: ${what}`, 'bad', see, TOAST_MS);
}

link.listen({ event: show });
/** Whoever comes next is not told of what was meant for who left. */
session.onLeave(() => toasts.clear());
