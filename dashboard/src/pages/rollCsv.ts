// Roll-calls as rows for a file, the silent first: each time as the clocks of the zone had it, each number alone.
import type { Emergency, Recipient } from '../api/types';
import { t } from '../i18n/words.svelte';
import { anewAt } from '../store/ledger';
import { askedOf, rollCall } from '../store/rollcall';
import { sheetTime } from '../time/words';
import { reasonText } from './reasons';

/** Of an emergency, with why each was asked. */
export function rollRows({ offers }: Emergency, zone: string): string[][] {
  const head = [
    t('ledger.csv.name'),
    t('ledger.csv.state'),
    t('rollcall.csv.ring'),
    t('ledger.csv.at'),
    t('ledger.csv.sent'),
    t('ledger.csv.answered'),
    t('rollcall.csv.there'),
    t('rollcall.csv.distance'),
    t('rollcall.why'),
  ];
  const rows = rollCall(offers).map((one) => [
    one.name,
    t(`rollcall.${askedOf(one)}`),
    one.ring == null ? '' : String(one.ring + 1),
    sheetTime(one.at, zone),
    sheetTime(one.sent_at, zone),
    sheetTime(one.answered_at, zone),
    sheetTime(one.on_site_at, zone),
    one.distance_m == null ? '' : String(Math.round(one.distance_m)),
    reasonText(one),
  ]);
  return [head, ...rows];
}

/** Of a broadcast. */
export function ledgerRows(people: Recipient[], zone: string): string[][] {
  const head = [
    t('ledger.csv.name'),
    t('ledger.csv.state'),
    t('ledger.csv.at'),
    t('ledger.csv.sent'),
    t('ledger.csv.answered'),
    t('ledger.csv.escalated'),
  ];
  const rows = people.map((one) => [
    one.name,
    anewAt(one) === null ? t(`ledger.${one.state}`) : t('ledger.anew'),
    sheetTime(one.at, zone),
    sheetTime(one.sent_at, zone),
    sheetTime(one.answered_at, zone),
    sheetTime(one.escalated_at, zone),
  ]);
  return [head, ...rows];
}
