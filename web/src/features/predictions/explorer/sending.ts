import { currentSession } from '../../../lib/session';
import { count, plural } from '../../../lib/format';
import type { Form } from '../../../lib/forms';
import type { RowKind } from './roles';

/** A bad row, counted from 0 in the file's rows. */
export interface Rejection {
  row: number;
  column: string | null;
  reason: string;
}

export interface Receipt {
  accepted: number;
  duplicates: number;
  corrected: number;
  waiting: number;
  /** Taken in with cells that are missing, since the model's policy says so. */
  marked?: number;
  /** Whether the policy has rejected all of it for one row. */
  batchRejected?: boolean;
  rejected: readonly Rejection[];
  rejectedCount: number;
}

export interface Preview {
  rows: number;
  good: number;
  rejected: readonly Rejection[];
  rejectedCount: number;
  /** How many the model's policy would take in. */
  accepted: number;
  /** Of these, without the cells that are wrong. */
  marked?: number;
  batchRejected?: boolean;
}

export interface Target {
  versionId: string;
  kind: RowKind;
  form: Form;
  columns: Record<string, string | null> | undefined;
}

/** Why nothing was taken in, in the API's words. */
export class NotSent extends Error {
  /** Whether the same may be sent again in a moment. */
  readonly isPassing: boolean;

  constructor(sentence: string, isPassing: boolean) {
    super(sentence);
    this.isPassing = isPassing;
  }
}

const UNREACHED = 'The connection broke off. What was sent is not known to be stored; send the same file again, which stores nothing twice.';

const STOPPED_LATE = 'You stopped it after the file had left: its rows may be stored. Sending it again stores nothing twice.';

function addressOf({ versionId, kind, columns }: Target, isPreview: boolean): string {
  const asked = new URLSearchParams();
  if (isPreview) asked.set('preview', 'true');
  if (columns !== undefined) asked.set('columns', JSON.stringify(columns));
  const text = asked.toString();
  return `/v1/versions/${encodeURIComponent(versionId)}/${kind}${text === '' ? '' : `?${text}`}`;
}

function headersOf({ form }: Target): Record<string, string> {
  const session = currentSession();
  return {
    'content-type': form.contentType,
    ...(form.encoding === null ? {} : { 'content-encoding': form.encoding }),
    ...(session === null ? {} : { authorization: `Bearer ${session.accessToken}` }),
  };
}

/** What an answer that is none of rows says. */
export function failureOf(status: number, text: string): NotSent {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === 'string') return new NotSent(message, status === 503 || status === 429);
  } catch {
    // answered by something between
  }
  return new NotSent(`The server answered ${status}.`, status >= 500);
}

/** What would become of the rows; nothing is stored. */
export async function preview(target: Target, rows: string): Promise<Preview> {
  let response: Response;
  try {
    response = await fetch(addressOf(target, true), { method: 'POST', headers: headersOf(target), body: new Blob([rows]) });
  } catch {
    throw new NotSent('The server did not answer. It may be starting, or the network is down.', true);
  }
  const text = await response.text();
  if (!response.ok) throw failureOf(response.status, text);
  return JSON.parse(text) as Preview;
}

/** What becomes of the rows if one goes on although some don't fit, by the model's policy. */
export function becomes({ accepted, marked = 0, batchRejected = false }: Preview): string {
  if (batchRejected) return "none is taken in, since the model's policy rejects a whole file for one row that doesn't fit.";
  if (marked === 0) return 'the rows that fit are taken in.';
  return `${plural(accepted, 'row')} ${accepted === 1 ? 'is' : 'are'} taken in, ${count(marked)} of them marked and without the cells that are wrong.`;
}

/** The same for a file and how it is read: a file that is sent again, after a break or twice, is stored once. */
export function keyOf(file: File, target: Target): string {
  const text = JSON.stringify([target.versionId, target.kind, file.name, file.size, file.lastModified, target.columns ?? null]);
  let [one, two] = [0xdeadbeef, 0x41c6ce57];
  for (const sign of text) {
    const code = sign.codePointAt(0) ?? 0;
    one = Math.imul(one ^ code, 2_654_435_761);
    two = Math.imul(two ^ code, 1_597_334_677);
  }
  return `file-${(one >>> 0).toString(16).padStart(8, '0')}${(two >>> 0).toString(16).padStart(8, '0')}`;
}

/** Send a file; `onProgress` is told the share that has left, up to 1. An aborted one leaves nothing behind. */
export function send(file: File, target: Target, onProgress: (share: number) => void, signal: AbortSignal): Promise<Receipt> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch tells nothing of what has left
    request.open('POST', addressOf(target, false));
    for (const [name, value] of Object.entries(headersOf(target))) request.setRequestHeader(name, value);
    request.setRequestHeader('idempotency-key', keyOf(file, target));
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0));
    let hasLeft = false;
    request.upload.addEventListener('load', () => {
      hasLeft = true;
      onProgress(1);
    });
    request.addEventListener('load', () => {
      if (request.status === 200) resolve(JSON.parse(request.responseText) as Receipt);
      else reject(failureOf(request.status, request.responseText));
    });
    request.addEventListener('error', () => reject(new NotSent(UNREACHED, true)));
    request.addEventListener('abort', () => reject(new NotSent(hasLeft ? STOPPED_LATE : 'You stopped it. Nothing of the file was stored.', true)));
    signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}
