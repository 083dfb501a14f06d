import { graphql } from '../../gql';
import { words } from '../../lib/format';
import { actorName } from '../../lib/sentences';

/** One entry of the audit trail, whole. */
export const EntryFigures = graphql(`
  fragment EntryFigures on AuditEntry {
    position
    recordedAt
    at
    actor {
      kind
      id
      name
    }
    action
    subjectKind
    subjectId
    subjectName
    changes {
      field
      old
      new
    }
    commandId
    causedBy
    mayRedact
  }
`);

interface Told {
  actor?: { kind: string; name?: string | null } | null;
  action: string;
  subjectKind: string;
  subjectName?: string | null;
}

/** What an action of one word is about, by its context. */
const SUBJECTS: Partial<Record<string, string>> = {
  alerts: 'Alert', evaluations: 'Evaluation', notifications: 'Delivery', registry: 'Model', trust: 'Trust',
};

/** `registry.VersionAdded` as "Version added", `evaluations.Completed` as "Evaluation completed". */
export function actionWords(action: string): string {
  const [context = '', name = action] = action.split('.');
  const text = words(name);
  const subject = SUBJECTS[context];
  return text.includes(' ') || subject === undefined ? text : `${subject} ${text.toLowerCase()}`;
}

export function entrySentence(entry: Told): string {
  const subject = entry.subjectName ? `: ${entry.subjectName}` : '';
  return `${actionWords(entry.action)}${subject}, by ${actorName(entry.actor)}`;
}

const REDACTED = '"[redacted]"';

/** Whether what somebody wrote in it is gone. */
export function isRedacted(entry: { changes: readonly { new: string | null }[] }): boolean {
  return entry.changes.some((change) => change.new === REDACTED);
}

/** JSON text as a person reads it: text without quotes, objects indented; nothing as null, to be shown as missing. */
export function readableJson(text: string | null | undefined): string | null {
  if (text === null || text === undefined || text === 'null') return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  } catch {
    return text;
  }
}
