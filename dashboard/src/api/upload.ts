// Sends a form and tells how far it is: `fetch` cannot, so this one call is an XMLHttpRequest.
export type Progress = {
  /** From 0 to 1: how much of the form the network has taken. */
  sent(share: number): void;
  signal: AbortSignal;
};

/** Nothing moved and nothing came for so long: the connection is taken for dead. */
const STALLED_MS = 30_000;

export function upload(
  url: string,
  form: FormData,
  headers: Record<string, string>,
  progress: Progress,
): Promise<Response> {
  const { signal } = progress;
  return new Promise((answered, failed) => {
    const request = new XMLHttpRequest();
    let stalled: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), STALLED_MS);
    };
    request.open('POST', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => {
      alive();
      progress.sent(total > 0 ? loaded / total : 0);
    };
    request.onload = () => answered(responseOf(request));
    request.onerror = () => failed(new TypeError('the network failed'));
    request.onabort = () => failed(signal.aborted ? signal.reason : new TypeError('the network stalled'));
    request.onloadend = () => {
      clearTimeout(stalled);
      signal.removeEventListener('abort', stop);
    };
    const stop = () => request.abort();
    signal.throwIfAborted();
    signal.addEventListener('abort', stop);
    alive();
    request.send(form);
  });
}

function responseOf(request: XMLHttpRequest): Response {
  const headers = new Headers();
  for (const name of ['Content-Type', 'Date', 'Retry-After']) {
    const value = request.getResponseHeader(name);
    if (value !== null) headers.set(name, value);
  }
  return new Response(request.responseText, { status: request.status, headers });
}
