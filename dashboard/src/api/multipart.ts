// A form as the bytes it is sent as. Its boundary is given, so that a repetition is the same to the last byte.
const escaped = (name: string) => name.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');

function part(boundary: string, name: string, value: string | File): BlobPart[] {
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name)}"`;
  if (typeof value === 'string') return [`${head}\r\n\r\n${value}\r\n`];
  const type = value.type || 'application/octet-stream';
  return [`${head}; filename="${escaped(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`, value, '\r\n'];
}

export function multipart(fields: Record<string, string | File | undefined>, boundary: string): Blob {
  const parts = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : part(boundary, name, value),
  );
  return new Blob([...parts, `--${boundary}--\r\n`], { type: `multipart/form-data; boundary=${boundary}` });
}
