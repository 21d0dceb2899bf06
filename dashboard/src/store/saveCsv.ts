// Hands rows to the person as a CSV file.
import { save } from './download.svelte';
import { csvOf } from './ledger';

export const saveCsv = (name: string, rows: string[][]) =>
  save(new Blob([csvOf(rows)], { type: 'text/csv' }), name);
