// Whom to call by phone while Telegram is away: for every running emergency and every broadcast, who has not answered.
import * as api from '../api/broadcasts';
import * as emergencyApi from '../api/emergencies';
import { asApiError, type ApiError } from '../api/problem';
import type { Broadcast, Contact, Emergency, Recipient } from '../api/types';
import { emergencies } from './emergencies.svelte';
import { isSilent, LEDGER, RUNNING, seesBroadcasts, silentFirst } from './ledger';
import { session } from './session.svelte';

/** Of each kind; who is to be called first stands first. */
const MOST = 5;
const MOST_PEOPLE = 20;

export type EmergencyCall = { emergency: Emergency; phones: Contact[] };
export type BroadcastCall = { broadcast: Broadcast; silent: Recipient[] };

export const maySeePhones = (): boolean => session.level >= 2 || seesBroadcasts(session.me);

export class Calls {
  emergencies = $state.raw<EmergencyCall[]>([]);
  broadcasts = $state.raw<BroadcastCall[]>([]);
  error = $state.raw<ApiError | null>(null);

  load = async () => {
    if (!maySeePhones()) return;
    try {
      const running = emergencies.running.slice(0, MOST);
      this.emergencies = await Promise.all(
        running.map(async (emergency) => ({
          emergency,
          phones: (await emergencyApi.phones(emergency.id)).items,
        })),
      );
      const { items } = await api.list({ status: RUNNING, limit: MOST });
      this.broadcasts = await Promise.all(
        items.map(async (broadcast) => ({ broadcast, silent: await this.#silent(broadcast) })),
      );
      this.error = null;
    } catch (raised) {
      this.error = asApiError(raised);
    }
  };

  async #silent({ id, counts }: Broadcast): Promise<Recipient[]> {
    const found: Recipient[] = [];
    for (const state of LEDGER.filter(isSilent)) {
      if (counts[state] === 0 || found.length >= MOST_PEOPLE) continue;
      found.push(...((await api.one(id, { state, limit: MOST_PEOPLE })).recipients?.items ?? []));
    }
    return silentFirst(found).slice(0, MOST_PEOPLE);
  }
}
