// The bytes of a form, read back by somebody else's parser.
import { expect, it } from 'vitest';
import { multipart } from '../src/api/multipart';

const read = (form: Blob) =>
  new Response(form.stream(), { headers: { 'Content-Type': form.type } }).formData();

it('arrives as it was sent', async () => {
  const file = new File([new Uint8Array([0, 13, 10, 45, 45, 255])], 'informe "final" ñ.pdf', {
    type: 'application/pdf',
  });
  const form = await read(multipart({ text: 'Sin novedad\r\n--x\r\nñandú', lat: undefined, file }, 'x-1'));
  expect([...form.keys()]).toEqual(['text', 'file']);
  expect(form.get('text')).toBe('Sin novedad\r\n--x\r\nñandú');
  const arrived = form.get('file') as File;
  expect([arrived.type, arrived.name.replaceAll('%22', '"')]).toEqual([file.type, file.name]);
  expect(new Uint8Array(await arrived.arrayBuffer())).toEqual(new Uint8Array(await file.arrayBuffer()));
});

it('is the same to the last byte when it is sent again', async () => {
  const fields = { text: 'a', file: new File(['b'], 'b.txt') };
  const [one, two] = await Promise.all([1, 2].map(() => multipart(fields, 'k').text()));
  expect(one).toBe(two);
});
