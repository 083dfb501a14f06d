import type { Role } from '../../gql/graphql';

export interface RoleWords {
  word: string;
  /** With its article, within a sentence. */
  one: string;
  may: string;
}

/** The roles as people read them, from everything to reading. */
export const ROLES: Record<Role, RoleWords> = {
  OWNER: { word: 'Owner', one: 'an owner', may: 'everything, and alone makes owners and deletes the organization' },
  ADMIN: { word: 'Admin', one: 'an admin', may: 'manages members, projects, keys and settings, and all that members do' },
  MEMBER: { word: 'Member', one: 'a member', may: 'works with models and data, and reads the audit trail' },
  VIEWER: { word: 'Viewer', one: 'a viewer', may: 'reads models and their records' },
  AUDITOR: { word: 'Auditor', one: 'an auditor', may: 'reads everything, audit and exports included, and changes nothing' },
};

/** Choices for a field; `roles` as the server says that they can be given. */
export function roleOptions(roles: readonly Role[]): { value: Role; label: string }[] {
  return roles.map((role) => ({ value: role, label: ROLES[role].word }));
}
