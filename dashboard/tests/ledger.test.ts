// Who stands where in a broadcast's roll-call, its words, and its people as a file.
import { describe, expect, it } from 'vitest';
import { aBroadcast, aMe, aRecipient, countsOf } from '../mock/samples';
import type { Recipient, RecipientState } from '../src/api/types';
import {
  anewAt,
  answeredOf,
  csvOf,
  filled,
  isRunning,
  isUnderWay,
  lastAnew,
  LEDGER,
  peopleOf,
  quorumOf,
  reachPrint,
  sameWord,
  seesBroadcasts,
  silentFirst,
} from '../src/store/ledger';

const at = (minute: number) => `2026-11-22T15:${String(minute).padStart(2, '0')}:00Z`;
const person = (user_id: number, state: RecipientState, minute = 0): Recipient =>
  aRecipient({ user_id, name: `P${user_id}`, state, at: at(30), sent_at: at(minute) });

describe('the roll-call of a broadcast', () => {
  it('has the silent first, those silent the longest before the others', () => {
    const people = [
      person(1, 'acknowledged'),
      person(2, 'sent', 5),
      person(3, 'needs_help'),
      person(4, 'sent', 1),
      person(5, 'unreachable'),
      person(6, 'queued'),
      person(7, 'on_the_way'),
      person(8, 'declined'),
    ];
    expect(silentFirst(people).map((one) => one.user_id)).toEqual([4, 2, 6, 5, 3, 8, 7, 1]);
    expect(people[0]?.user_id).toBe(1);
  });

  it('counts everybody once; the escalated are some of the silent', () => {
    const people = [
      ...LEDGER.map((state, i) => person(i, state)),
      { ...person(9, 'sent'), escalated_at: at(9) },
      { ...person(10, 'on_the_way'), escalated_at: at(9) },
    ];
    const broadcast = aBroadcast({ id: 1, counts: countsOf(people) });
    expect(peopleOf(broadcast)).toBe(LEDGER.length + 2);
    expect([answeredOf(broadcast), broadcast.counts.escalated]).toEqual([5, 1]);
  });

  it('tells whoever is asked again from whoever never answered', () => {
    const silent = person(1, 'sent');
    const anew = { ...person(2, 'sent'), answered_at: at(10) };
    const later = { ...anew, at: at(40) };
    const answered = { ...person(3, 'acknowledged'), answered_at: at(50) };
    expect([silent, anew, answered].map(anewAt)).toEqual([null, at(30), null]);
    expect(lastAnew([silent, anew, later, anew, answered])).toBe(at(40));
    expect(lastAnew([silent, answered])).toBeNull();
  });

  it.each([
    ['first', 1, true],
    ['first', 0, false],
    ['quorum:2', 2, true],
    ['quorum:2', 1, false],
    ['all', 9, false],
  ])('of %s with %s on the way is under way: %s', (ack_mode, n, under) => {
    const counts = { ...countsOf([]), acknowledged: 5, on_the_way: n };
    expect(isUnderWay(aBroadcast({ id: 1, ack_mode, counts }))).toBe(under);
  });

  it.each([
    ['active', true],
    ['acknowledged', true],
    ['draft', false],
    ['closed', false],
    ['expired', false],
    ['cancelled', false],
  ] as const)('%s runs: %s', (status, runs) => expect(isRunning(status)).toBe(runs));

  it('is seen by whoever may send, and by admins', () => {
    expect(seesBroadcasts(aMe({ level: 1, permissions: ['broadcast'] }))).toBe(true);
    expect(seesBroadcasts(aMe({ level: 3 }))).toBe(true);
    expect(seesBroadcasts(aMe({ level: 2 }))).toBe(false);
    expect(seesBroadcasts(null)).toBe(false);
  });
});

describe('what is sent', () => {
  it.each([
    ['ATENCIÓN. {text}', ' Plaza ', 'ATENCIÓN. Plaza'],
    ['ATENCIÓN. {text}', '', 'ATENCIÓN.'],
    ['Salgan', 'ya', 'Salgan\nya'],
    ['{text} $& {text}', "$'", "$' $& $'"],
  ])('%s with %s says %s', (template, text, says) => expect(filled(template, text)).toBe(says));

  it.each([
    ['código rojo', 'CODIGO ROJO', true],
    [' CODIGO ROJO ', 'CODIGO ROJO', true],
    ['CODIGO', 'CODIGO ROJO', false],
    ['', 'CODIGO ROJO', false],
  ])('%s is the word %s: %s', (typed, wanted, same) => expect(sameWord(typed, wanted)).toBe(same));

  it.each([
    ['all', null],
    ['first', null],
    ['quorum:12', 12],
    ['quorum:', null],
  ])('%s wants %s answers', (mode, n) => expect(quorumOf(mode)).toBe(n));

  it('has its reach asked again only for other people or another protocol', () => {
    const one = { audience: { kind: 'all' as const }, text: 'a' };
    expect(reachPrint({ ...one, text: 'b', drill: true })).toBe(reachPrint(one));
    expect(reachPrint({ ...one, protocol: 'x' })).not.toBe(reachPrint(one));
    expect(reachPrint({ audience: { kind: 'unit', unit_id: 1 } })).not.toBe(
      reachPrint({ audience: { kind: 'unit', unit_id: 2 } }),
    );
  });
});

describe('the file', () => {
  it('keeps quotes, commas and line breaks in their cells', () => {
    expect(csvOf([['a"b', 'c,d', 'e\nf']])).toBe('\uFEFF"a""b","c,d","e\nf"\r\n');
  });

  it.each(['=1+1', '+54', '-1', '@x', '\t=1', ' =HYPERLINK("x")', '\r=1', '＝1'.normalize('NFKC')])(
    '%j is no formula',
    (text) => expect(csvOf([[text]])).toBe(`\uFEFF"'${text.replaceAll('"', '""')}"\r\n`),
  );

  it('leaves names and times as they are', () => {
    expect(csvOf([['Ana-María Núñez', '2026-11-22T15:00:00Z', '']])).toBe(
      '\uFEFF"Ana-María Núñez","2026-11-22T15:00:00Z",""\r\n',
    );
  });
});
