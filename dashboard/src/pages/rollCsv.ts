// The roll-call of an emergency as rows for a file, the silent first, with why each was asked.
import type { Emergency } from '../api/types';
import { t } from '../i18n/words.svelte';
import { askedOf, rollCall } from '../store/rollcall';
import { reasonText } from './reasons';

export function rollRows({ offers }: Emergency): string[][] {
  const head = [
    t('ledger.csv.name'),
    t('ledger.csv.state'),
    t('ledger.csv.at'),
    t('ledger.csv.sent'),
    t('ledger.csv.answered'),
    t('rollcall.why'),
  ];
  const rows = rollCall(offers).map((one) => [
    one.name,
    t(`rollcall.${askedOf(one)}`),
    one.at,
    one.sent_at ?? '',
    one.answered_at ?? '',
    reasonText(one),
  ]);
  return [head, ...rows];
}
