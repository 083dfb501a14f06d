import type { Form } from '../../lib/forms';
import { currentSession } from '../../lib/session';

export interface Uploaded {
  rows: number;
  rejected: readonly { row: number; column: string | null; reason: string }[];
  rejectedCount: number;
}

const UNREACHED = 'The connection broke off. Send the same file again: where it was the baseline already, nothing happens.';

/** Make a file's rows the baseline; a sentence where that was refused. */
export async function uploadBaseline(versionId: string, file: File, form: Form): Promise<Uploaded | string> {
  const session = currentSession();
  let response: Response;
  try {
    response = await fetch(`/v1/versions/${encodeURIComponent(versionId)}/baseline`, {
      method: 'POST',
      headers: {
        'content-type': form.contentType,
        ...(form.encoding === null ? {} : { 'content-encoding': form.encoding }),
        ...(session === null ? {} : { authorization: `Bearer ${session.accessToken}` }),
      },
      body: file,
    });
  } catch {
    return UNREACHED;
  }
  const answer = (await response.json().catch(() => ({}))) as Uploaded & { message?: string };
  if (response.ok) return answer;
  return answer.message ?? `The server answered ${response.status}.`;
}

/** What became of the rows that are not in it; null where all are. */
export function leftOut({ rejected, rejectedCount }: Uploaded): string | null {
  const [first] = rejected;
  if (rejectedCount === 0 || !first) return null;
  const where = first.column === null ? `row ${first.row}` : `row ${first.row}, ${first.column}`;
  return `${rejectedCount} of the file's rows are not in it. The first is ${where}: ${first.reason}.`;
}
