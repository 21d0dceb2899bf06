// Reads a file as it comes, telling how much of it is there.

/** The bytes so far; the whole file when it ends. A file that is cut off throws. */
export async function gathered(response: Response, received: (bytes: number) => void): Promise<Blob> {
  const type = response.headers.get('Content-Type') ?? 'application/octet-stream';
  const reader = response.body?.getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  received(bytes);
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    parts.push(part.value);
    received((bytes += part.value.byteLength));
  }
  return new Blob(parts, { type });
}

/** What `Content-Disposition` calls the file. */
export const fileName = (header: string | null, otherwise: string): string =>
  /filename="([^"/\\]+)"/.exec(header ?? '')?.[1] ?? otherwise;
