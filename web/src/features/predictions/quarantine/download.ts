import { currentSession } from '../../../lib/session';

export type FileForm = 'ndjson' | 'csv';

/** Reads the rejected rows of a version as a file, and lets the browser keep it; what went wrong, or null. */
export async function download(versionId: string, form: FileForm): Promise<string | null> {
  const session = currentSession();
  try {
    const answer = await fetch(`/v1/versions/${encodeURIComponent(versionId)}/quarantine?format=${form}`, {
      headers: session === null ? {} : { authorization: `Bearer ${session.accessToken}` },
    });
    if (!answer.ok) return ((await answer.json()) as { message: string }).message;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await answer.blob());
    link.download = `rejected.${form}`;
    link.click();
    URL.revokeObjectURL(link.href);
    return null;
  } catch {
    return 'The file could not be read. Try again.';
  }
}
