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
  }
`);

interface Told {
  actor?: { kind: string; name?: string | null } | null;
  action: string;
  subjectKind: string;
  subjectName?: string | null;
}

/** `registry.VersionAdded` as "Version added". */
export function actionWords(action: string): string {
  return words(action.slice(action.lastIndexOf('.') + 1));
}

export function entrySentence(entry: Told): string {
  const subject = entry.subjectName ? `: ${entry.subjectName}` : '';
  return `${actionWords(entry.action)}${subject}, by ${actorName(entry.actor)}`;
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
