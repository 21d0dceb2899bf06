// A roll-call as a file has its times as people there read them, and a number for a number.
import { expect, it } from 'vitest';
import { anEmergency, anOffer, aRecipient } from '../mock/samples';
import { ledgerRows, rollRows } from '../src/pages/rollCsv';

const ZONE = 'America/Argentina/Buenos_Aires';

it('says of an emergency who is there since when, in which ring and from how far', () => {
  const there = anOffer({
    agent_id: 1,
    name: 'Inés Quiroga',
    state: 'taken',
    at: '2026-11-23T18:29:28.175785Z',
    sent_at: '2026-11-23T18:28:20.193574Z',
    answered_at: '2026-11-23T18:29:28.175785Z',
    on_site_at: '2026-11-23T18:31:00Z',
    distance_m: 3012.4,
  });
  const [head, row] = rollRows(anEmergency({ id: 1, offers: [there] }), ZONE);
  expect(row?.slice(0, 8)).toEqual([
    'Inés Quiroga',
    'En el lugar',
    '1',
    '2026-11-23 15:29',
    '2026-11-23 15:28',
    '2026-11-23 15:29',
    '2026-11-23 15:31',
    '3012',
  ]);
  expect(head).toHaveLength(row?.length ?? 0);
});

it('leaves empty what is not known', () => {
  const silent = anOffer({ agent_id: 2, name: 'Gisela Ortiz', offered_at: '2026-11-23T03:00:00Z' });
  const row = rollRows(anEmergency({ id: 1, offers: [silent] }), ZONE)[1];
  expect(row?.slice(1, 8)).toEqual(['Sin respuesta', '1', '2026-11-23 00:00', '', '', '', '']);
});

it('has the times of a broadcast by the same clocks', () => {
  const person = aRecipient({ user_id: 1, name: 'Ana Sosa', at: '2026-11-23T01:05:00Z' });
  const [head, row] = ledgerRows([person], ZONE);
  expect(row).toEqual(['Ana Sosa', 'Sin respuesta', '2026-11-22 22:05', '', '', '']);
  expect(head).toHaveLength(6);
});
