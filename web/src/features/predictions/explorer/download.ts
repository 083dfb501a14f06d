import { currentSession } from '../../../lib/session';
import { failureOf, NotSent } from './sending';

export type FileForm = 'csv' | 'parquet';

/** Save the rows of a window, all of them whatever else is looked for, as a file. */
export async function download(versionId: string, form: FileForm, from: string | null, to: string | null): Promise<void> {
  const asked = new URLSearchParams({ format: form });
  if (from !== null) asked.set('from', from);
  if (to !== null) asked.set('to', to);
  const session = currentSession();
  let content: Blob;
  try {
    const response = await fetch(`/v1/versions/${encodeURIComponent(versionId)}/predictions?${asked.toString()}`, {
      headers: session === null ? {} : { authorization: `Bearer ${session.accessToken}` },
    });
    if (!response.ok) throw failureOf(response.status, await response.text());
    content = await response.blob();
  } catch (error) {
    throw error instanceof NotSent ? error : new NotSent('The file broke off. The server may be restarting, or the network is down.', true);
  }
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = `predictions.${form}`;
  link.click();
  URL.revokeObjectURL(address);
}
